"""Graphs with datasets that call functions, for TensorFlow and for jitgraph."""


def mapped(tf):
    limit, offset = tf.placeholder(tf.int64, [], name="limit"), tf.constant([1.0, 2.0])
    numbers = tf.data.Dataset.range(limit)
    pairs = numbers.map(lambda x: {"a": tf.cast(x, tf.float32) * 2 + offset, "b": tf.as_string(x)})
    chosen = pairs.filter(lambda pair: pair["a"][0] > 1)
    again = chosen.flat_map(
        lambda pair: tf.data.Dataset.from_tensors(pair).map(lambda each: (each["a"] + 1, each["b"]))
    )
    iterator = again.repeat(2).batch(3).make_initializable_iterator()
    first, second = iterator.get_next()
    tf.identity(first, name="y"), tf.identity(second, name="z")
    return iterator.initializer.name, {"limit:0": 4}, ["y:0", "z:0"]


def one_shot(tf):
    numbers = tf.data.Dataset.range(5)
    sums = numbers.apply(
        tf.data.experimental.scan(tf.constant(0, tf.int64), lambda total, x: (total + x, total * x))
    )
    mixed = sums.interleave(tf.data.Dataset.range, cycle_length=2)
    tf.identity(mixed.make_one_shot_iterator().get_next(), name="y")
    return None, {}, ["y:0"]


def grouped(tf):
    numbers = tf.data.Dataset.range(9)
    groups = numbers.apply(
        tf.data.experimental.group_by_window(lambda x: x % 2, lambda key, rows: rows.batch(3), 3)
    )
    padded = groups.map(lambda rows: tf.pad(rows, [[0, 3 - tf.shape(rows)[0]]]))
    iterator = padded.make_initializable_iterator()
    tf.identity(iterator.get_next(), name="y")
    return iterator.initializer.name, {}, ["y:0"]


def with_control_flow(tf):
    numbers = tf.data.Dataset.from_tensor_slices([1.0, 2.0, 3.0])

    def grown(x):
        more = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), [0, x])[1]
        return tf.cond(x > 1.5, lambda: more, lambda: -x)

    iterator = numbers.map(grown, num_parallel_calls=2).make_initializable_iterator()
    tf.identity(iterator.get_next(), name="y")
    return iterator.initializer.name, {}, ["y:0"]


GRAPHS = {each.__name__: each for each in (mapped, one_shot, grouped, with_control_flow)}


def outputs(tf, starts, feeds, fetches):
    """What three runs of the default graph give, as lists."""

    def plain(value):
        value = value.tolist()
        is_text = isinstance(value, list) and isinstance(value[0], bytes)
        return [each.decode() for each in value] if is_text else value

    with tf.Session() as session:
        if starts is not None:
            session.run(starts, feeds)
        return [[plain(value) for value in session.run(fetches)] for _ in range(2)]
