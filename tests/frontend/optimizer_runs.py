"""What optimizers are compared on: 20 steps on a small network and on rows of a table.

In: TensorFlow 1.15 or jitgraph. Out: for each optimizer the variables it leaves, in short. Runs
under Python 3.7 too.
"""

import numpy as np

STEPS = 20
PROBES = 3

GLOBAL_STEP = "tf.train.get_or_create_global_step()"
OPTIMIZERS = (
    "tf.train.GradientDescentOptimizer(0.1)",
    "tf.train.MomentumOptimizer(0.05, 0.9)",
    "tf.train.MomentumOptimizer(0.05, 0.9, use_nesterov=True)",
    "tf.train.AdagradOptimizer(0.1)",
    f"tf.train.AdagradDAOptimizer(0.1, {GLOBAL_STEP})",
    f"tf.train.AdagradDAOptimizer(0.1, {GLOBAL_STEP}, 0.2, 0.001, 0.01)",
    "tf.train.AdadeltaOptimizer(1.0)",
    "tf.train.AdadeltaOptimizer(0.5, rho=0.9, epsilon=1e-6)",
    "tf.train.RMSPropOptimizer(0.01)",
    "tf.train.RMSPropOptimizer(0.01, decay=0.8, momentum=0.5)",
    "tf.train.RMSPropOptimizer(0.01, momentum=0.5, centered=True)",
    "tf.train.AdamOptimizer(0.01)",
    "tf.train.AdamOptimizer(0.01, beta1=0.8, beta2=0.95, epsilon=1e-3)",
    "tf.train.FtrlOptimizer(0.1)",
    "tf.train.FtrlOptimizer(0.1, -0.4, 0.2, 0.001, 0.01)",
    "tf.train.FtrlOptimizer(0.1, l2_shrinkage_regularization_strength=0.01)",
    "tf.train.ProximalGradientDescentOptimizer(0.1)",
    "tf.train.ProximalGradientDescentOptimizer(0.1, 0.001, 0.01)",
    "tf.train.ProximalAdagradOptimizer(0.1)",
    "tf.train.ProximalAdagradOptimizer(0.1, 0.1, 0.001, 0.01)",
    "tf.contrib.opt.LazyAdamOptimizer(0.01)",
    "tf.contrib.opt.NadamOptimizer(0.01)",
    "tf.contrib.opt.AdaMaxOptimizer(0.01)",
)


def run(tf, code):
    """Returns {name of a variable: [sum, norm, some elements]} after all steps."""
    random = np.random.RandomState(7)
    with tf.Graph().as_default():
        loss, feeds = _model(tf, random)
        optimizer = eval(code, {"tf": tf})
        step = optimizer.minimize(loss, global_step=tf.train.get_or_create_global_step())
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(STEPS):
                session.run(step, feeds(random))
            variables = tf.global_variables()
            return {v.name: _short(session.run(v)) for v in variables}


def _model(tf, random):
    """Words by a table, two layers, cross entropy of three classes."""
    words = tf.placeholder(tf.int32, [None, 4], name="words")
    classes = tf.placeholder(tf.int32, [None], name="classes")
    table = tf.Variable(_drawn(random, 20, 5), name="table")
    x = tf.reshape(tf.gather(table, words), [-1, 20])
    w1 = tf.Variable(_drawn(random, 20, 16), name="w1")
    b1 = tf.Variable(np.zeros(16, np.float32), name="b1")
    w2 = tf.Variable(_drawn(random, 16, 3), name="w2")
    scores = tf.matmul(tf.nn.tanh(tf.matmul(x, w1) + b1), w2)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=scores)

    def feeds(random):
        return {words: random.randint(0, 20, (8, 4)), classes: random.randint(0, 3, 8)}

    return tf.reduce_mean(each), feeds


def _drawn(random, *shape):
    return (0.5 * random.randn(*shape)).astype(np.float32)


def _short(array):
    values = np.asarray(array, np.float64).ravel()
    places = np.linspace(0, values.size - 1, PROBES).astype(int)
    return [float(x) for x in (values.sum(), np.sqrt((values**2).sum()), *values[places])]
