"""What decays and moving averages are compared on. Runs under Python 3.7 too.

In: TensorFlow 1.15 or jitgraph. Out: rates at some steps; averages after some updates.
"""

import numpy as np

STEPS = (0, 1, 5, 10, 13, 20, 25, 49, 50, 75, 1000)
DECAYS = (
    "exponential_decay(0.1, n, 10, 0.9)",
    "exponential_decay(0.1, n, 10, 0.9, staircase=True)",
    "exponential_decay(np.float64(0.1), n, 10, 0.9)",
    "natural_exp_decay(0.1, n, 10, 0.9)",
    "natural_exp_decay(0.1, n, 10, 0.9, staircase=True)",
    "inverse_time_decay(0.1, n, 10, 0.9)",
    "inverse_time_decay(0.1, n, 10, 0.9, staircase=True)",
    "polynomial_decay(0.1, n, 20)",
    "polynomial_decay(0.1, n, 20, 0.01, power=0.5)",
    "polynomial_decay(0.1, n, 20, 0.01, power=2.0, cycle=True)",
    "piecewise_constant(n, [10, 20], [0.1, 0.2, 0.3])",
    "piecewise_constant(n, [50], [1, 2])",
    "piecewise_constant_decay(n, [5, 13, 25], [1.0, 0.5, 0.2, 0.1])",
    "cosine_decay(0.1, n, 20)",
    "cosine_decay(0.1, n, 20, alpha=0.1)",
    "cosine_decay_restarts(0.1, n, 20)",
    "cosine_decay_restarts(0.1, n, 20, t_mul=1.5, m_mul=0.5, alpha=0.1)",
    "cosine_decay_restarts(0.1, n, 20, t_mul=1.0, m_mul=0.5)",
    "linear_cosine_decay(0.1, n, 20)",
    "linear_cosine_decay(0.1, n, 20, num_periods=2.0, alpha=0.1, beta=0.01)",
    "noisy_linear_cosine_decay(0.1, n, 20)",
    "noisy_linear_cosine_decay(0.1, n, 20, 0.5, 0.3, num_periods=2.0, alpha=0.1, beta=0.01)",
)
AVERAGES = (
    ("ExponentialMovingAverage(0.9)", "[v, x]"),
    ("ExponentialMovingAverage(0.9, num_updates=n)", "[v]"),
    ("ExponentialMovingAverage(0.5, zero_debias=True)", "[v, x]"),
    ("ExponentialMovingAverage(0.9, num_updates=n, zero_debias=True)", "[x]"),
)


def rates(tf, code):
    """Returns the rate at each of STEPS."""
    with tf.Graph().as_default():
        tf.set_random_seed(5)
        n = tf.train.create_global_step()
        rate = eval("tf.train." + code, {"tf": tf, "n": n, "np": np})
        step = tf.placeholder(tf.int64, [])
        move = n.assign(step)
        with tf.Session() as session:
            found = []
            for number in STEPS:
                session.run(move, {step: number})
                found.append(float(session.run(rate)))
            return found


def averages(tf, code, items):
    """Returns {name: elements} of the averages after four updates."""
    with tf.Graph().as_default():
        n = tf.train.create_global_step()
        v = tf.Variable(np.array([1.0, 2.0], np.float32), name="v")
        x = tf.placeholder(tf.float32, [2], name="x")
        scope = {"tf": tf, "n": n, "v": v, "x": x}
        ema = eval("tf.train." + code, scope)
        items = eval(items, scope)
        update = ema.apply(items)
        changes = tf.group(v.assign_add([1.0, 0.5]), n.assign_add(1))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for number in range(4):
                session.run(changes)
                session.run(update, {x: [number, 1.0]})
            means = [ema.average(item) for item in items]
            return {m.name: [float(a) for a in session.run(m)] for m in means}
