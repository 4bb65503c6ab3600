"""A convolutional network by tf.layers, with batch normalisation and its update ops."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(0)
rng = np.random.RandomState(0)
images = rng.rand(32, 12, 12, 1).astype(np.float32)
labels = (images[:, :6].mean((1, 2, 3)) > images[:, 6:].mean((1, 2, 3))).astype(np.int32)


def model(x, is_training, reuse=None):
    with tf.variable_scope("ConvNet", reuse=reuse):
        conv1 = tf.layers.conv2d(x, 8, 3, activation=tf.nn.relu, name="conv1")
        norm1 = tf.layers.batch_normalization(conv1, training=is_training)
        pool1 = tf.layers.max_pooling2d(norm1, 2, 2)
        conv2 = tf.layers.conv2d(pool1, 16, 3, activation=tf.nn.relu)
        flat = tf.layers.flatten(conv2)
        fc1 = tf.layers.dense(flat, 32, activation=tf.nn.elu)
        fc1 = tf.layers.dropout(fc1, rate=0.25, training=is_training, seed=7)
        return tf.layers.dense(fc1, 2)


x = tf.placeholder(tf.float32, [None, 12, 12, 1])
y = tf.placeholder(tf.int32, [None])
logits_train = model(x, True)
logits_test = model(x, False, reuse=True)
loss_op = tf.reduce_mean(
    tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits_train, labels=y))
global_step = tf.train.get_or_create_global_step()
update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
with tf.control_dependencies(update_ops):
    train_op = tf.train.AdamOptimizer(0.01).minimize(loss_op, global_step=global_step)
accuracy = tf.reduce_mean(
    tf.cast(tf.equal(tf.cast(tf.argmax(logits_test, 1), tf.int32), y), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(12):
        _, value = sess.run([train_op, loss_op], {x: images, y: labels})
        if step % 4 == 0:
            print(step, "loss", round(float(value), 4))
    moving = [v for v in tf.global_variables() if "moving_mean" in v.name][0]
    print("moving mean", sess.run(moving))
    print("global step", sess.run(global_step))
for v in tf.global_variables():
    print(v.name, v.shape.as_list())
