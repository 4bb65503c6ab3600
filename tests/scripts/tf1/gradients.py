"""Gradients, clipping, decays and moving averages by hand."""
from __future__ import print_function

import tensorflow as tf

tf.set_random_seed(6)
w = tf.get_variable("w", [3, 2], initializer=tf.glorot_uniform_initializer(seed=1))
x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
y = tf.nn.softplus(tf.matmul(x, w))
loss = tf.reduce_mean(tf.squared_difference(y, 1.0)) + 1e-3 * tf.nn.l2_loss(w)
print([g.name for g in tf.gradients(loss, [w, x])])
global_step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(0.5, global_step, 5, 0.9, staircase=True)
optimizer = tf.train.MomentumOptimizer(rate, 0.9)
tvars = tf.trainable_variables()
grads, norm = tf.clip_by_global_norm(tf.gradients(loss, tvars), 0.5)
train = optimizer.apply_gradients(zip(grads, tvars), global_step=global_step)
ema = tf.train.ExponentialMovingAverage(0.9, global_step)
with tf.control_dependencies([train]):
    average = ema.apply(tvars)
second = tf.gradients(tf.gradients(tf.reduce_sum(w ** 3), w)[0], w)[0]
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(12):
        _, l, n, r = sess.run([average, loss, norm, rate])
    print("loss %.5f norm %.5f rate %.5f" % (l, n, r))
    print(sess.run(ema.average(w)))
    print(sess.run(second / w))
print(ema.average_name(w), optimizer.get_slot_names(), optimizer.get_slot(w, "momentum").name)
