"""Partial differential equations: waves on a square pond."""
import numpy as np
import tensorflow as tf


def make_kernel(a):
    a = np.asarray(a)
    a = a.reshape(list(a.shape) + [1, 1])
    return tf.constant(a, dtype=1)


def simple_conv(x, k):
    x = tf.expand_dims(tf.expand_dims(x, 0), -1)
    y = tf.nn.depthwise_conv2d(x, k, [1, 1, 1, 1], padding="SAME")
    return y[0, :, :, 0]


def laplace(x):
    return simple_conv(x, make_kernel([[0.5, 1.0, 0.5], [1.0, -6., 1.0], [0.5, 1.0, 0.5]]))


sess = tf.InteractiveSession()
N = 60
u_init = np.zeros([N, N], dtype=np.float32)
rng = np.random.RandomState(0)
for n in range(10):
    a, b = rng.randint(0, N, 2)
    u_init[a, b] = rng.uniform()
eps = tf.placeholder(tf.float32, shape=())
damping = tf.placeholder(tf.float32, shape=())
U = tf.Variable(u_init)
Ut = tf.Variable(np.zeros([N, N], dtype=np.float32))
U_ = U + eps * Ut
Ut_ = Ut + eps * (laplace(U) - damping * Ut)
with tf.control_dependencies([U_, Ut_]):
    step = tf.group(U.assign(U_), Ut.assign(Ut_))
tf.global_variables_initializer().run()
for i in range(50):
    step.run({eps: 0.03, damping: 0.04})
print("%.6f %.6f %.6f" % (U.eval().sum(), U.eval().max(), np.abs(Ut.eval()).sum()))
