"""SequenceExamples and what is wanted of them: run by TensorFlow 1.15, and by the tests."""

import cases


def sequence(tf, context, lists):
    """A serialized SequenceExample; each feature is (kind, values), each list a list of those."""
    found = tf.train.SequenceExample()
    for key in sorted(context):
        kind, values = context[key]
        getattr(found.context.feature[key], kind + "_list").value.extend(values)
    for key in sorted(lists):
        features = found.feature_lists.feature_list[key].feature
        for each in lists[key]:
            feature = features.add()
            if each:
                getattr(feature, each[0] + "_list").value.extend(each[1])
    return found.SerializeToString()


def plain(tf):
    context = {
        "n": ("int64", [-7]),
        "x": ("float", [1.5, -2.0]),
        "s": ("bytes", [b"a", b"\xff"]),
    }
    lists = {
        "words": [("bytes", [b"a"]), ("bytes", [b"bc"]), ("bytes", [b""])],
        "pairs": [("float", [1.0, 2.0]), ("float", [3.0, 4.0])],
        "ragged": [("int64", [1]), ("int64", []), ("int64", [2, 3])],
        "gap": [("int64", [1]), None, ("int64", [2])],
        "empty": [],
    }
    return sequence(tf, context, lists)


def wanted(tf):
    """For each case, what is wanted of the context and of the lists."""
    one, many, listed = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature
    return {
        "context": ({"n": one([], tf.int64), "x": one([2], tf.float32)}, None),
        "default": ({"none": one([2], tf.int64, [4, 5])}, None),
        "sparse context": ({"s": many(tf.string), "none": many(tf.float32)}, None),
        "lists": (None, {"words": listed([], tf.string), "pairs": listed([2], tf.float32)}),
        "both": ({"n": one([], tf.int64)}, {"pairs": listed([2], tf.float32)}),
        "sparse lists": (None, {"ragged": many(tf.int64), "none": many(tf.string)}),
        "a list with a gap": (None, {"gap": many(tf.int64)}),
        "a list with a gap, dense": (None, {"gap": listed([], tf.int64)}),
        "no list": (None, {"none": listed([3], tf.int64, True)}),
        "empty": (None, {"empty": listed([], tf.int64, True)}),
        "missing": ({"none": one([], tf.float32)}, None),
        "missing list": (None, {"none": listed([], tf.float32)}),
        "other type": ({"x": one([2], tf.int64)}, None),
        "other type, sparse": ({"n": many(tf.string)}, None),
        "other type, list": (None, {"words": listed([], tf.int64)}),
        "other type, sparse list": (None, {"words": many(tf.int64)}),
        "other size": ({"x": one([3], tf.float32)}, None),
        "other size, list": (None, {"pairs": listed([3], tf.float32)}),
    }


def refused(tf):
    """For each case, what raises before there is a graph to run."""
    one, many, listed = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature
    return {
        "nothing": (None, None),
        "a list of the context": ({"x": listed([], tf.float32)}, None),
        "one thing in lists": (None, {"x": one([], tf.float32)}),
        "no type": ({"x": many(None)}, None),
        "no shape": (None, {"x": listed(None, tf.float32)}),
        "a default in lists": (None, {"x": listed([], tf.float32, True, 1.0)}),
        "no feature": ({"x": 3}, None),
    }


def outcome(tf, session, parts):
    merged = {str(n) + key: value for n, part in enumerate(parts) for key, value in part.items()}
    return cases.outcome(tf, session, merged)


def outcomes(tf):
    found = {}
    for name, features in wanted(tf).items():
        with tf.Graph().as_default() as graph, tf.Session() as session:
            text = tf.constant(plain(tf))
            one = tf.parse_single_sequence_example(text, *features)
            found["single: " + name] = outcome(tf, session, one)
            named = tf.parse_single_sequence_example(text, *features, example_name="one")
            found["named: " + name] = outcome(tf, session, named)
            found["names: " + name] = [op.name + " " + op.type for op in graph.get_operations()]
            shapes = {key: str(each.shape) for part in one for key, each in part.items()}
            found["shapes: " + name] = shapes
    for name, features in refused(tf).items():
        with tf.Graph().as_default():
            try:
                tf.parse_single_sequence_example(b"", *features)
            except Exception as error:
                found["refused: " + name] = [type(error).__name__, str(error)]
    return found
