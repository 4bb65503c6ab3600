"""Layers of tf.contrib.slim with arg_scope, regularizers and the collection of losses."""
from __future__ import print_function

import numpy as np
import tensorflow as tf
import tensorflow.contrib.slim as slim
from tensorflow.contrib.layers import xavier_initializer

tf.set_random_seed(5)
rng = np.random.RandomState(1)
data = rng.rand(64, 10).astype(np.float32)
target = np.eye(3, dtype=np.float32)[(data.sum(1) * 3 / 10).astype(int) % 3]


def network(inputs, is_training):
    with slim.arg_scope([slim.fully_connected], activation_fn=tf.nn.relu,
                        weights_initializer=xavier_initializer(seed=1),
                        weights_regularizer=slim.l2_regularizer(0.001)):
        net = slim.stack(inputs, slim.fully_connected, [16, 8], scope="fc")
        net = slim.dropout(net, 0.8, is_training=is_training, scope="dropout")
        return slim.fully_connected(net, 3, activation_fn=None, scope="logits")


logits = network(tf.constant(data), False)
tf.losses.softmax_cross_entropy(onehot_labels=target, logits=logits)
total_loss = tf.losses.get_total_loss()
train = tf.train.RMSPropOptimizer(0.01).minimize(total_loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(41):
        _, value = sess.run([train, total_loss])
        if step % 10 == 0:
            print("loss %.4f" % value)
for variable in slim.get_variables():
    print(variable.name)
