"""Calls of tf.assert_*: run by TensorFlow 1.15 to record what they do, and by the tests."""

import numpy as np


def fed(tf, *values):
    return tf.placeholder_with_default(np.array(values, np.float32), [None])


def of_unknown_rank(tf):
    return tf.placeholder_with_default(np.ones((2, 3), np.float32), None)


def _comparisons():
    for kind in "equal none_equal less less_equal greater greater_equal".split():
        name = "assert_" + kind
        yield (
            name,
            lambda tf, name=name: getattr(tf, name)(fed(tf, 1, 2), fed(tf, 1, 3), message="told"),
        )
        yield name + " known", lambda tf, name=name: getattr(tf, name)([1, 2], [3, 4])
        yield (
            name + " data",
            lambda tf, name=name: getattr(tf, name)(
                fed(tf, 1, 2), [1.0, 2.0], data=["x"], summarize=2
            ),
        )


def _signs():
    for kind in "negative positive non_negative non_positive".split():
        name = "assert_" + kind
        yield name, lambda tf, name=name: getattr(tf, name)(fed(tf, 1, 2))
        yield (
            name + " below",
            lambda tf, name=name: getattr(tf, name)(fed(tf, -1, 0), message="told"),
        )
        yield name + " known", lambda tf, name=name: getattr(tf, name)([3])


def _others():
    yield "near", lambda tf: tf.assert_near(fed(tf, 1, 2), fed(tf, 1, 2.00000001))
    yield "rank", lambda tf: tf.assert_rank(fed(tf, 1), 1)
    yield "another rank", lambda tf: tf.assert_rank(fed(tf, 1), 2)
    yield "rank in a run", lambda tf: tf.assert_rank(of_unknown_rank(tf), 2)
    yield "another rank in a run", lambda tf: tf.assert_rank(of_unknown_rank(tf), 1)
    yield "rank at least", lambda tf: tf.assert_rank_at_least(of_unknown_rank(tf), 3)
    yield "rank too small", lambda tf: tf.assert_rank_at_least(fed(tf, 1), 2)
    yield "rank in", lambda tf: tf.assert_rank_in(of_unknown_rank(tf), (0, 1))
    yield "type", lambda tf: tf.assert_type(fed(tf, 1), tf.float32)
    yield "another type", lambda tf: tf.assert_type(fed(tf, 1), tf.int32)
    yield "not whole", lambda tf: tf.assert_integer(fed(tf, 1))
    yield "no scalar", lambda tf: tf.assert_scalar(fed(tf, 1))
    yield "non decreasing", lambda tf: tf.is_non_decreasing(fed(tf, 1, 2, 2))
    yield "increasing", lambda tf: tf.is_strictly_increasing(fed(tf, 1, 2, 2))
    yield "increasing, short", lambda tf: tf.is_strictly_increasing(fed(tf, 1))


CASES = dict([*_comparisons(), *_signs(), *_others()])


def described(tf, case):
    """What a case makes, and what a run of it gives or says."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        try:
            check = case(tf)
            if isinstance(check, tf.Tensor):
                result = np.asarray(session.run(check)).tolist()
            else:
                with tf.control_dependencies([check]):
                    result = float(session.run(tf.constant(1.0)))
        except Exception as error:
            result = type(error).__name__ + ": " + str(error).split("\n\t")[0].strip()
        ops = [
            " ".join([op.name, op.type] + [tensor.name for tensor in op.inputs])
            for op in graph.get_operations()
        ]
    return {"result": result, "operations": ops}
