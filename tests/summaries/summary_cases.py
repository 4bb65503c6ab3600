"""What is summarised, by TensorFlow 1.15.5 (to record) and by jitgraph (to compare).

In: a module with TensorFlow's API. Out: for each title the summary, as text of base 64.
"""

import base64

import numpy as np


def summaries(tf):
    """{title: serialized summaries, in base 64}."""
    found = {}
    for title, build in sorted(_CASES.items()):
        with tf.Graph().as_default(), tf.Session() as session:
            found[title] = base64.b64encode(session.run(build(tf))).decode()
    return found


def _numbers(kind, count=200):
    random = np.random.RandomState(7)
    return (np.sign(random.randn(count)) * 10 ** random.uniform(-14, 22, count)).astype(kind)


def _histogram_of(values):
    return lambda tf: tf.summary.histogram("numbers", values)


def _merged(tf):
    parts = [tf.summary.scalar(name, number) for name, number in (("a", 1.5), ("b", -2))]
    return tf.summary.merge([*parts, tf.summary.text("note", tf.constant([b"x", b"y"]))])


def _table(tf):
    return tf.summary.tensor_summary("table", [[1, 2]], "numbers", display_name="a table")


def _picture(values):
    return lambda tf: tf.summary.image("picture", values)


_SHAPE = (2, 3, 4, 3)
_SOFT = np.random.RandomState(3).randn(*_SHAPE)
_HOLED = np.where(_SOFT > 1.2, np.nan, np.where(_SOFT < -1.2, np.inf, np.abs(_SOFT)))

_CASES = {
    "scalar": lambda tf: tf.summary.scalar("loss", np.float64(1 / 3)),
    "scalar of a family": lambda tf: tf.summary.scalar("loss", np.int64(3), family="f"),
    "histogram of float32": _histogram_of(_numbers("float32")),
    "histogram of float64": _histogram_of(_numbers("float64")),
    "histogram of float16": _histogram_of(np.linspace(-4, 4, 99).astype("float16")),
    "histogram of int64": _histogram_of(np.arange(-50, 50) ** 3),
    "histogram of nothing": _histogram_of(np.zeros(0, "float32")),
    "histogram of zeros": _histogram_of(np.zeros((3, 3), "float32")),
    "histogram on the limits": _histogram_of(1e-12 * 1.1 ** np.arange(40)),
    "audio": lambda tf: tf.summary.audio("a", _SOFT[0].astype("float32"), 8000.5),
    "audio of one": lambda tf: tf.summary.audio("a", _SOFT[0, 0].astype("float32"), 44100, 1),
    "merged": _merged,
    "table": _table,
    "picture of bytes": _picture((_SOFT * 40 + 128).astype("uint8")),
    "picture of floats of both signs": _picture(_SOFT.astype("float32")),
    "picture of positive floats": _picture(np.abs(_SOFT).astype("float32")),
    "picture with holes": _picture(_HOLED.astype("float32")),
    "picture of doubles": _picture(_SOFT[..., :1]),
    "picture of halves": _picture(_SOFT.astype("float16")),
    "dark picture": _picture(np.full((1, 2, 2, 4), 1e-7, "float32")),
}
