"""Calls of tf.losses: run by TensorFlow 1.15 to record what they give, and by the tests."""

import numpy as np

RNG = np.random.RandomState(0)
P = RNG.rand(4, 3).astype(np.float32)
Y = RNG.rand(4, 3).astype(np.float32)
ONE_HOT = np.eye(3, dtype=np.float32)[[0, 2, 1, 1]]
WEIGHTS = np.array([[1.0], [0.0], [2.0], [0.5]], np.float32)


def _plain():
    for name in (
        "absolute_difference mean_squared_error huber_loss log_loss mean_pairwise_squared_error"
    ).split():
        yield name, lambda losses, tf, name=name: getattr(losses, name)(Y, P)
        yield (
            name + ", weighted",
            lambda losses, tf, name=name: getattr(losses, name)(Y, P, weights=WEIGHTS),
        )


def _classes():
    yield "cosine_distance", lambda losses, tf: losses.cosine_distance(Y, P, axis=1)
    yield "hinge_loss", lambda losses, tf: losses.hinge_loss(ONE_HOT, P)
    yield (
        "sigmoid",
        lambda losses, tf: losses.sigmoid_cross_entropy(ONE_HOT, P, label_smoothing=0.1),
    )
    yield (
        "softmax",
        lambda losses, tf: losses.softmax_cross_entropy(ONE_HOT, P, label_smoothing=0.1),
    )
    yield (
        "softmax, weighted",
        lambda losses, tf: losses.softmax_cross_entropy(ONE_HOT, P, weights=[1.0, 0.0, 1.0, 2.0]),
    )
    yield (
        "sparse",
        lambda losses, tf: losses.sparse_softmax_cross_entropy(np.array([0, 1, 2, 1]), P),
    )
    yield (
        "sparse, of a column",
        lambda losses, tf: losses.sparse_softmax_cross_entropy(np.array([[0], [1], [2], [1]]), P),
    )


def _reductions():
    for kind in (
        "none weighted_sum weighted_mean weighted_sum_over_batch_size "
        "weighted_sum_by_nonzero_weights"
    ).split():
        yield (
            kind,
            lambda losses, tf, kind=kind: losses.mean_squared_error(
                Y, P, weights=0.5, reduction=kind
            ),
        )
        yield (
            kind + ", weighted",
            lambda losses, tf, kind=kind: losses.mean_squared_error(
                Y, P, weights=WEIGHTS, reduction=kind
            ),
        )


def _total(losses, tf):
    losses.mean_squared_error(Y, P)
    losses.absolute_difference(Y, P)
    start = tf.ones_initializer()
    tf.get_variable("v", [1], regularizer=lambda w: tf.reduce_sum(w), initializer=start)
    return losses.get_total_loss(add_regularization_losses=False)


def _bad():
    yield "no labels", lambda losses, tf: losses.mean_squared_error(None, P)
    yield "no predictions", lambda losses, tf: losses.hinge_loss(Y, None)
    yield "no axis", lambda losses, tf: losses.cosine_distance(Y, P)
    yield (
        "weights of another size",
        lambda losses, tf: losses.mean_squared_error(Y, P, weights=np.ones((2, 1), np.float32)),
    )
    yield (
        "weights of another rank",
        lambda losses, tf: losses.mean_squared_error(Y, P, weights=np.ones(4, np.float32)),
    )
    yield "other shapes", lambda losses, tf: losses.mean_squared_error(Y, P[:2])
    yield "unknown reduction", lambda losses, tf: losses.mean_squared_error(Y, P, reduction="x")
    yield "no losses", lambda losses, tf: losses.get_total_loss()


CASES = dict([*_plain(), *_classes(), *_reductions(), ("total", _total), *_bad()])


def described(tf, case):
    """What a case gives and makes."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        try:
            found = np.asarray(session.run(case(tf.losses, tf)), np.float64)
            result = [float(format(value, ".6g")) for value in found.ravel()]
        except Exception as error:
            result = type(error).__name__ + ": " + str(error).split("\n")[0]
        ops = [op.name + " " + op.type for op in graph.get_operations()]
        names = [loss.name for loss in tf.losses.get_losses()]
    return {"result": result, "operations": ops, "losses": names}
