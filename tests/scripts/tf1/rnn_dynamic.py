"""Sequences of different lengths through a GRU."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(13)
rng = np.random.RandomState(13)
lengths = rng.randint(3, 9, 40)
data = np.zeros((40, 8, 1), np.float32)
for row, length in enumerate(lengths):
    data[row, :length, 0] = rng.rand(length)
target = np.array([[d.sum() > n / 2.0] for d, n in zip(data, lengths)], np.float32)
x = tf.placeholder(tf.float32, [None, 8, 1])
n = tf.placeholder(tf.int32, [None])
y = tf.placeholder(tf.float32, [None, 1])
cell = tf.nn.rnn_cell.GRUCell(8)
outputs, state = tf.nn.dynamic_rnn(cell, x, sequence_length=n, dtype=tf.float32)
logits = tf.layers.dense(state, 1)
loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits))
train = tf.train.AdamOptimizer(0.02).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(31):
        _, value = sess.run([train, loss], {x: data, n: lengths, y: target})
        if step % 10 == 0:
            print("step %d loss %.4f" % (step, value))
    print(sess.run(outputs, {x: data, n: lengths})[0].shape)
