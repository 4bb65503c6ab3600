"""A linear support vector machine by hinge loss, on two classes of flowers' sizes."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(3)
x_vals = np.concatenate([rng.normal([5.0, 0.25], [0.35, 0.1], (50, 2)),
                         rng.normal([6.2, 1.6], [0.6, 0.4], (100, 2))])
y_vals = np.array([1] * 50 + [-1] * 100)
batch_size = 50
x_data = tf.placeholder(shape=[None, 2], dtype=tf.float32)
y_target = tf.placeholder(shape=[None, 1], dtype=tf.float32)
A = tf.Variable(tf.random_normal(shape=[2, 1], seed=1))
b = tf.Variable(tf.random_normal(shape=[1, 1], seed=2))
model_output = tf.subtract(tf.matmul(x_data, A), b)
l2_norm = tf.reduce_sum(tf.square(A))
alpha = tf.constant([0.01])
classification_term = tf.reduce_mean(
    tf.maximum(0., tf.subtract(1., tf.multiply(model_output, y_target))))
loss = tf.add(classification_term, tf.multiply(alpha, l2_norm))
prediction = tf.sign(model_output)
accuracy = tf.reduce_mean(tf.cast(tf.equal(prediction, y_target), tf.float32))
train_step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(200):
        rand_index = rng.choice(len(x_vals), size=batch_size)
        feed = {x_data: x_vals[rand_index], y_target: np.transpose([y_vals[rand_index]])}
        sess.run(train_step, feed_dict=feed)
        if (i + 1) % 100 == 0:
            print("Step", i + 1, "A =", sess.run(A).ravel(), "b =", sess.run(b).ravel())
            print("Loss =", sess.run(loss, feed_dict=feed))
    feed = {x_data: x_vals, y_target: np.transpose([y_vals])}
    print("accuracy %.2f" % sess.run(accuracy, feed_dict=feed))
