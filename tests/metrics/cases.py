"""Calls of tf.metrics: run by TensorFlow 1.15 to record what they give, and by the tests."""

import numpy as np

RNG = np.random.RandomState(3)
P = RNG.rand(2, 8).astype(np.float32)
Y = (RNG.rand(2, 8) > 0.5).astype(np.float32)
CLASSES = RNG.randint(0, 3, (2, 8))
FOUND = RNG.randint(0, 3, (2, 8))
W = RNG.rand(2, 8).astype(np.float32)
SMALL = (0.25, 0.5)


def _calls(m, y, p, c, f, w):
    yield "mean", lambda: m.mean(p)
    yield "mean, weighted", lambda: m.mean(p, weights=w)
    yield "mean_tensor", lambda: m.mean_tensor(p, weights=w)
    yield "accuracy", lambda: m.accuracy(c, f)
    yield "accuracy, weighted", lambda: m.accuracy(c, f, weights=w, name="own")
    for name in "mean_absolute_error mean_squared_error root_mean_squared_error".split():
        yield name, lambda name=name: getattr(m, name)(y, p, weights=w)
    yield "mean_relative_error", lambda: m.mean_relative_error(y, p, p + 1)
    yield "percentage_below", lambda: m.percentage_below(p, 0.5)
    for name in "true_positives true_negatives false_positives false_negatives".split():
        yield name, lambda name=name: getattr(m, name)(y, f)
        yield name + ", weighted", lambda name=name: getattr(m, name)(y, f, weights=w)
        yield (
            name + "_at_thresholds",
            lambda name=name: getattr(m, name + "_at_thresholds")(y, p, SMALL),
        )
    for name in "precision recall".split():
        yield name, lambda name=name: getattr(m, name)(y, f, weights=w)
        yield (
            name + "_at_thresholds",
            lambda name=name: getattr(m, name + "_at_thresholds")(y, p, SMALL, weights=w),
        )
    for curve in ("ROC", "PR"):
        for method in "trapezoidal careful_interpolation minoring majoring".split():
            yield (
                "auc " + curve + " " + method,
                lambda curve=curve, method=method: m.auc(
                    y, p, curve=curve, num_thresholds=20, summation_method=method
                ),
            )
    yield "sensitivity", lambda: m.sensitivity_at_specificity(y, p, 0.6, num_thresholds=9)
    yield "specificity", lambda: m.specificity_at_sensitivity(y, p, 0.6, num_thresholds=9)
    yield "mean_per_class_accuracy", lambda: m.mean_per_class_accuracy(c, f, 3)
    yield "mean_iou", lambda: m.mean_iou(c, f, 3)


NAMES = [name for name, _ in _calls(None, *[None] * 5)]


def described(tf, wanted):
    """What a metric makes; what its updates and values are over three runs."""
    arrays = (Y, P, CLASSES, FOUND, W)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        inputs = [tf.placeholder(each.dtype, [8]) for each in arrays]
        call = dict(_calls(tf.metrics, *inputs))[wanted]
        value, update = call()
        session.run(tf.local_variables_initializer())
        results = []
        for row in (0, 1, 0):
            feed = {inputs[k]: arrays[k][row] for k in range(len(arrays))}
            found = [session.run(update, feed), session.run(value)]
            results.append([np.asarray(item, np.float64).ravel().tolist() for item in found])
        ops = [op.name + " " + op.type for op in graph.get_operations()]
        names = [v.name for v in tf.local_variables()]
    return {"results": results, "operations": ops, "variables": names}
