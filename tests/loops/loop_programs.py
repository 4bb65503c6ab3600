"""Programs with arrays and loops, written once for both libraries.

In: the module `tf` (jitgraph, or TensorFlow 1.15). Out: tensors to fetch and feeds. A case's
gradients are fetched, too.
"""

import numpy as np

ROWS = (np.arange(12.0).reshape(4, 3) / 10).astype(np.float32)
WEIGHTS = (np.eye(3) * 0.5 + 0.1).astype(np.float32)
POINT = np.array([0.1, 0.2, 0.3], np.float32)


def _point(tf):
    return tf.placeholder(tf.float32, [3], name="x")


def invariants(tf):
    x, w = _point(tf), tf.constant(WEIGHTS)
    y = tf.while_loop(lambda i, y: i < 4, lambda i, y: (i + 1, tf.tanh(y * w[0]) * x), [0, x])[1]
    return [y, *tf.gradients(y, [x, w])], {x: POINT}


def products(tf):
    rows, w, n = tf.constant(ROWS), tf.constant(WEIGHTS), tf.constant(4)
    step = lambda i, y: (i + 1, tf.tanh(tf.matmul(y, w)))  # noqa: E731
    y = tf.while_loop(lambda i, y: i < n, step, [0, rows])[1]
    return [y, *tf.gradients(y, [rows, w])], {}


def scanned(tf):
    rows = tf.constant(ROWS)
    y = tf.scan(lambda a, v: a * v + tf.reduce_sum(a), rows)
    return [y, *tf.gradients(y, rows)], {}


def mapped(tf):
    rows, x = tf.constant(ROWS), _point(tf)
    y = tf.map_fn(lambda v: tf.exp(v) * x, rows)
    return [y, *tf.gradients(y, [rows, x])], {x: POINT}


def nested(tf):
    x = _point(tf)

    def outer(i, y):
        inner = tf.while_loop(lambda j, z: j < 3, lambda j, z: (j + 1, tf.sin(z) * y), [0, y])
        return i + 1, inner[1]

    y = tf.while_loop(lambda i, y: i < 2, outer, [0, x])[1]
    return [y, *tf.gradients(y, x)], {x: POINT}


def branches(tf):
    x = _point(tf)

    def step(i, y):
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: y * x, lambda: tf.sin(y))

    y = tf.while_loop(lambda i, y: i < 4, step, [0, x])[1]
    return [y, *tf.gradients(y, x)], {x: POINT}


def limited(tf):
    x = _point(tf)
    step = lambda i, y, z: [i + 1, y + z * x, tf.cos(z)]  # noqa: E731
    y = tf.while_loop(lambda i, y, z: i < 4, step, [0, x, x], maximum_iterations=3)[1]
    return [y, *tf.gradients(y, x)], {x: POINT}


def folded(tf):
    rows = tf.constant(ROWS + 1)
    y = tf.foldl(lambda a, v: a * v, rows)
    z = tf.foldr(lambda a, v: a - v * v, rows, initializer=tf.zeros([3]))
    return [y, z, *tf.gradients([y, z], rows)], {}


def until(tf):
    x = _point(tf)
    step = lambda i, y: (i + 1, y * y + 1.0)  # noqa: E731
    y = tf.while_loop(lambda i, y: tf.reduce_sum(y) < 50.0, step, [0, x])[1]
    return [y, *tf.gradients(y, x)], {x: POINT}


def fed_rows(tf):
    d, w = tf.placeholder(tf.float32, [None, 3], name="d"), tf.constant(WEIGHTS)
    step = lambda i, y: (i + 1, tf.tanh(tf.matmul(y, w)) + d)  # noqa: E731
    y = tf.while_loop(lambda i, y: i < 3, step, [0, d], swap_memory=True)[1]
    return [y, *tf.gradients(y, [d, w])], {d: ROWS[:2]}


def fed_count(tf):
    x, n = _point(tf), tf.placeholder(tf.int32, [], name="n")
    y = tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.sin(y) + x), [0, x])[1]
    return [y, *tf.gradients(y, x)], {x: POINT, n: 5}


def cumulated(tf):
    d = tf.placeholder(tf.float32, [None, 3], name="d")
    n = tf.shape(d)[0]
    given = tf.TensorArray(tf.float32, size=n).unstack(d)
    made = tf.TensorArray(tf.float32, size=n)

    def step(i, sums, made):
        sums = sums * 0.5 + given.read(i)
        return i + 1, sums, made.write(i, tf.tanh(sums))

    _, sums, made = tf.while_loop(lambda i, *_: i < n, step, [0, tf.zeros([3]), made])
    y = made.stack()
    return [y, sums, *tf.gradients([y, sums], d)], {d: ROWS}


def grown(tf):
    x = _point(tf)
    made = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    step = lambda i, a: (i + 1, a.write(i, tf.cast(i, tf.float32) * x))  # noqa: E731
    _, made = tf.while_loop(lambda i, a: i < 5, step, [0, made])
    y = made.stack()
    return [y, made.size(), *tf.gradients(y * y, x)], {x: POINT}


def gathered(tf):
    d = tf.placeholder(tf.float32, [None, 3], name="d")
    array = tf.TensorArray(tf.float32, size=4, clear_after_read=False).unstack(d)
    y = array.gather([3, 1, 1]) * 2.0
    z = tf.TensorArray(tf.float32, size=5).scatter([4, 0, 2, 1, 3], tf.concat([d, d[:1]], 0))
    return [y, z.stack(), array.read(2), *tf.gradients([y, z.read(4)], d)], {d: ROWS}


def pieces(tf):
    d = tf.placeholder(tf.float32, [4, 3], name="d")
    array = tf.TensorArray(tf.float32, size=2).split(d * d, [2, 2])
    y = tf.sin(array.concat())
    return [y, *tf.gradients(y, d)], {d: ROWS}


def chosen(tf):
    x = _point(tf)
    array = tf.TensorArray(tf.float32, size=2).write(0, x)
    big = tf.reduce_sum(x) > 0.5
    array = tf.cond(big, lambda: array.write(1, x * 2.0), lambda: array.write(1, x * 3.0))
    y = array.stack()
    return [y, *tf.gradients(y, x)], {x: POINT}


def looked_up(tf):
    table = tf.constant(ROWS)

    def step(i, y):
        return i + 1, y + tf.reduce_sum(tf.gather(table, [i, 0]) ** 2)

    y = tf.while_loop(lambda i, y: i < 3, step, [0, 0.0])[1]
    return [y, tf.convert_to_tensor(tf.gradients(y, table)[0])], {}


def nested_arrays(tf):
    rows = tf.constant(ROWS)
    y = tf.map_fn(lambda row: tf.scan(lambda a, v: a * 0.5 + v * v, row), rows)
    return [y, *tf.gradients(y, rows)], {}


def until_of_arrays(tf):
    x = _point(tf)
    made = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    step = lambda i, y, a: (i + 1, y * 1.5 + 0.1, a.write(i, tf.sin(y) * x))  # noqa: E731
    goes_on = lambda i, y, a: tf.reduce_sum(y) < 20.0  # noqa: E731
    i, y, made = tf.while_loop(goes_on, step, [0, x, made])
    rows = made.stack()
    return [i, y, rows, *tf.gradients([y, rows], x)], {x: POINT}


def until_after_another(tf):
    x, w = _point(tf), tf.constant(WEIGHTS)
    first = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.tanh(y * w[0])), [0, x])[1]
    goes_on = lambda y, n: tf.reduce_all(tf.less(n, 4.5))  # noqa: E731
    step = lambda y, n: (tf.sin(y) + first * x, n + tf.reduce_sum(x))  # noqa: E731
    y = tf.while_loop(goes_on, step, [first, tf.constant([0.0, 1.0])])[0]
    return [y, *tf.gradients(y, [x, w])], {x: POINT}


def until_at_once(tf):
    x = _point(tf)
    step = lambda i, y: (i + 1, y * y + 1.0)  # noqa: E731
    y = tf.while_loop(lambda i, y: tf.reduce_sum(y) > 50.0, step, [0, x])[1]
    return [y, *tf.gradients(y, x)], {x: POINT}


def until_read(tf):
    x, ends = _point(tf), tf.placeholder(tf.float32, [None], name="ends")
    given = tf.TensorArray(tf.float32, size=tf.shape(ends)[0], clear_after_read=False)
    given = given.unstack(ends)
    step = lambda i, y: (i + 1, tf.sin(y) + x)  # noqa: E731
    y = tf.while_loop(lambda i, y: given.read(i) < 0.5, step, [0, x])[1]
    return [y, *tf.gradients(y, x)], {x: POINT, ends: [0.1, 0.2, 0.3, 0.9, 0.1]}


def until_in_a_branch(tf):
    x = _point(tf)
    step = lambda i, y: (i + 1, y * y + 1.0)  # noqa: E731

    def grown_up():
        return tf.while_loop(lambda i, y: tf.reduce_sum(y) < 50.0, step, [0, x])[1]

    y = tf.cond(tf.reduce_sum(x) < 1.0, grown_up, lambda: x * 2.0)
    return [y, *tf.gradients(y, x)], {x: POINT}


def until_with_branches(tf):
    x = _point(tf)

    def step(i, y):
        more = tf.cond(tf.reduce_sum(y) < 5.0, lambda: y * x, lambda: tf.sin(y))
        return i + 1, y + more + 0.5

    y = tf.while_loop(lambda i, y: tf.reduce_sum(y) < 9.0, step, [0, x])[1]
    return [y, *tf.gradients(y, x)], {x: POINT}


PROGRAMS = {
    each.__name__: each
    for each in (
        invariants, products, scanned, mapped, nested, branches, limited, folded, until, fed_rows,
        fed_count, cumulated, grown, gathered, pieces, chosen, looked_up, nested_arrays,
        until_of_arrays, until_after_another, until_at_once, until_read, until_in_a_branch,
        until_with_branches,
    )
}  # fmt: skip


def described(tf, program):
    """What a program's graph consists of, and what it gives."""
    graph = tf.Graph()
    with graph.as_default():
        fetches, feeds = program(tf)
        ops = [
            [
                op.name,
                op.type,
                [t.name for t in op.inputs],
                sorted(c.name for c in op.control_inputs),
            ]
            for op in graph.get_operations()
        ]
        with tf.Session() as session:
            values = session.run(fetches, feeds)
    return ops, [np.asarray(value).tolist() for value in values]
