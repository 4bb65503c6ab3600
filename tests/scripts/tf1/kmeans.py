"""K-means by graph operations."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(5)
num_points, k = 300, 4
vectors_set = np.concatenate(
    [rng.normal(loc, 0.5, (num_points // k, 2)) for loc in ((0, 0), (3, 1), (-2, 3), (4, -3))])
rng.shuffle(vectors_set)

vectors = tf.constant(vectors_set.astype(np.float32))
centroids = tf.Variable(tf.slice(vectors, [0, 0], [k, -1]))
expanded_vectors = tf.expand_dims(vectors, 0)
expanded_centroids = tf.expand_dims(centroids, 1)
distances = tf.reduce_sum(tf.square(tf.subtract(expanded_vectors, expanded_centroids)), 2)
assignments = tf.argmin(distances, 0)
means = tf.concat([
    tf.reduce_mean(
        tf.gather(vectors, tf.reshape(tf.where(tf.equal(assignments, c)), [1, -1])),
        reduction_indices=[1])
    for c in range(k)], 0)
update_centroids = tf.assign(centroids, means)

sess = tf.Session()
sess.run(tf.global_variables_initializer())
for step in range(20):
    _, centroid_values, assignment_values = sess.run([update_centroids, centroids, assignments])
print("centroids")
print(centroid_values)
print(np.bincount(assignment_values))
sess.close()
