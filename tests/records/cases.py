"""Examples and what is wanted of them: run by TensorFlow 1.15 to record, and by the tests."""


def example(tf, **features):
    """A serialized Example; each feature is (kind, values)."""
    found = tf.train.Example()
    for key in sorted(features):
        kind, values = features[key]
        getattr(found.features.feature[key], kind + "_list").value.extend(values)
    return found.SerializeToString()


def plain(tf):
    return example(
        tf, x=("float", [1.5, -2.0]), n=("int64", [-7]), s=("bytes", [b"a", b"\xff\x00"])
    )


def wanted(tf):
    return {
        "two": {"x": tf.FixedLenFeature([2], tf.float32)},
        "one": {"n": tf.FixedLenFeature([], tf.int64)},
        "as matrix": {"x": tf.FixedLenFeature([1, 2], tf.float32)},
        "strings": {"s": tf.FixedLenFeature([2], tf.string)},
        "default": {"none": tf.FixedLenFeature([2], tf.int64, [4, 5])},
        "sparse": {"s": tf.VarLenFeature(tf.string), "none": tf.VarLenFeature(tf.float32)},
        "list": {"x": tf.FixedLenSequenceFeature([], tf.float32, True)},
        "pairs": {"s": tf.FixedLenSequenceFeature([2], tf.string, True)},
        "no list": {"none": tf.FixedLenSequenceFeature([3], tf.int64, True)},
        "missing": {"none": tf.FixedLenFeature([], tf.float32)},
        "other type": {"x": tf.FixedLenFeature([2], tf.int64)},
        "other type, sparse": {"n": tf.VarLenFeature(tf.string)},
        "other size": {"x": tf.FixedLenFeature([3], tf.float32)},
        "not a multiple": {"x": tf.FixedLenSequenceFeature([3], tf.float32, True)},
    }


def outcome(tf, session, tensors):
    """Values as lists, or the error's class and first line."""
    try:
        found = session.run(tensors)
    except tf.errors.OpError as error:
        return [type(error).__name__, error.message.split("\n")[0]]
    return {key: _listed(value) for key, value in sorted(found.items())}


def _listed(value):
    if hasattr(value, "dense_shape"):
        return [_listed(part) for part in (value.indices, value.values, value.dense_shape)]
    if value.dtype.kind in "OS":
        return [list(value.shape), [item.decode("latin-1") for item in value.ravel().tolist()]]
    return value.tolist()


def outcomes(tf):
    found = {}
    for name, features in wanted(tf).items():
        with tf.Graph().as_default(), tf.Session() as session:
            text = tf.constant(plain(tf))
            found["single: " + name] = outcome(tf, session, tf.parse_single_example(text, features))
            texts = tf.stack([text, text])
            found["batch: " + name] = outcome(tf, session, tf.parse_example(texts, features))
            named = tf.parse_example(texts, features, example_names=["one", "two"])
            found["named: " + name] = outcome(tf, session, named)
    return found
