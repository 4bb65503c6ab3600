"""Rows through queues: one thread fills what the training step empties."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(7)
np.random.seed(7)

points = np.random.rand(200, 3).astype(np.float32)
targets = points.dot([[1.0], [-2.0], [0.5]]).astype(np.float32) + 0.25

with tf.name_scope("input"):
    one_x, one_y = tf.train.slice_input_producer([points, targets], num_epochs=4, shuffle=False)
    x, y = tf.train.batch([one_x, one_y], batch_size=20, num_threads=1, capacity=60)

queue = tf.FIFOQueue(10, [tf.float32], shapes=[[]], name="losses")

w = tf.Variable(tf.zeros([3, 1]), name="w")
b = tf.Variable(0.0, name="b")
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y))
remember = queue.enqueue(loss)
with tf.control_dependencies([remember]):
    train = tf.train.GradientDescentOptimizer(0.3).minimize(loss)

init = tf.group(tf.global_variables_initializer(), tf.local_variables_initializer())

with tf.Session() as sess:
    sess.run(init)
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess=sess, coord=coord)
    steps = 0
    try:
        while not coord.should_stop():
            sess.run(train)
            steps += 1
            if steps % 10 == 0:
                kept = sess.run(queue.dequeue_many(10))
                print("step %d: mean loss %.5f, last %.5f" % (steps, kept.mean(), kept[-1]))
    except tf.errors.OutOfRangeError:
        print("epochs are over after %d steps" % steps)
    finally:
        coord.request_stop()
    coord.join(threads)
    print("w:", np.round(sess.run(w).ravel(), 3), "b: %.3f" % sess.run(b))

    shuffled = tf.RandomShuffleQueue(50, 0, [tf.int32], shapes=[[]], seed=3)
    sess.run(shuffled.enqueue_many([list(range(20))]))
    drawn = sess.run(shuffled.dequeue_many(20))
    print("all of them:", sorted(drawn) == list(range(20)), "size:", sess.run(shuffled.size()))
    sess.run(shuffled.close())
    try:
        sess.run(shuffled.dequeue())
    except tf.errors.OutOfRangeError:
        print("the queue is closed and empty")
