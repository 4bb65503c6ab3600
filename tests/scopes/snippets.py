"""Snippets of TensorFlow code: run by TensorFlow 1.15 to record what they make, and by the tests.

Each takes `tf` and gives what is to be equal, besides all operations and collections.
"""


def nested_and_reused(tf):
    with tf.variable_scope("a"):
        v = tf.get_variable("v", [2])
        x = tf.constant(1.0)
        with tf.variable_scope("b") as inner:
            tf.get_variable("w", [1], tf.int32)
    with tf.variable_scope("a", reuse=True):
        again = tf.get_variable("v", [2])
        y = tf.constant(1.0)
    with tf.variable_scope(inner):
        z = tf.constant(2.0)
    return v is again, inner.name, inner.original_name_scope, x.name, y.name, z.name


def default_names(tf):
    found = []
    for _ in range(3):
        with tf.variable_scope(None, "d") as scope:
            found.append((scope.name, scope.original_name_scope))
            tf.get_variable("v", initializer=1.0)
    with tf.name_scope("q"):
        for reuse in (None, tf.AUTO_REUSE):
            with tf.variable_scope("e", reuse=reuse) as scope:
                found.append((scope.name, scope.original_name_scope))
                tf.get_variable("v" if reuse is None else "n", [])
    return found


def made_twice(tf):
    tf.get_variable("v", [1])
    tf.get_variable("v", [1])


def not_there(tf):
    with tf.variable_scope("a", reuse=True):
        tf.get_variable("v", [1])


def another_shape(tf):
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
        tf.get_variable("v", [1])
        tf.get_variable("v", [2])


def another_dtype(tf):
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
        tf.get_variable("v", [1])
        tf.get_variable("v", [1], tf.int32)


def shape_and_value(tf):
    tf.get_variable("v", [2], initializer=tf.constant([1.0, 2.0]))


def no_shape(tf):
    tf.get_variable("v")


def defaults(tf):
    def total(w):
        return tf.reduce_sum(w)

    start = tf.constant_initializer(3.0)
    with tf.variable_scope("r", regularizer=total, initializer=start, dtype=tf.float64):
        tf.get_variable("v", [2])
        tf.get_variable("t", [2], trainable=False)
        tf.get_local_variable("l", [1])


def custom_getters(tf):
    calls = []

    def outer(getter, name, *args, **kwargs):
        calls.append(("outer", name, sorted(kwargs)))
        return getter(name, *args, **kwargs)

    def inner(getter, name, *args, **kwargs):
        calls.append(("inner", name, sorted(kwargs)))
        return getter(name + "_renamed", *args, **kwargs)

    with tf.variable_scope("o", custom_getter=outer), tf.variable_scope("p", custom_getter=inner):
        tf.get_variable("v", [2])
    return calls


def partitions(tf):
    with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(2)):
        v = tf.get_variable("v", [5, 2])
        shapes = [part.get_shape().as_list() for part in v]
        return type(v).__name__, tf.convert_to_tensor(v).name, shapes


def reuse_from_here_on(tf):
    with tf.variable_scope("a"):
        with tf.variable_scope(tf.get_variable_scope(), reuse=False):
            tf.get_variable("x", [1])
        tf.get_variable_scope().reuse_variables()
        tf.get_variable("x", [1])
        return tf.get_variable_scope().reuse


def without_names(tf):
    with tf.variable_scope("a", auxiliary_name_scope=False):
        tf.get_variable("x", [1])
        return tf.constant(1).name


def the_root(tf):
    with tf.variable_scope(tf.get_variable_scope(), reuse=None):
        tf.get_variable("x", [1])
        return tf.constant(1).name


def with_slashes(tf):
    with tf.variable_scope("a/b"):
        tf.get_variable("x", [1])
    with tf.variable_scope("a"), tf.variable_scope("b", reuse=True):
        tf.get_variable("x")
        return tf.constant(1).name


def values_as_initializers(tf):
    tf.get_variable("x", initializer=tf.constant([1.0, 2.0]))
    tf.get_variable("y", initializer=[1, 2])
    tf.get_variable("z", [2], initializer=tf.zeros_initializer)


def templates(tf):
    def scale(x, name):
        return x * tf.get_variable(name, [], initializer=tf.ones_initializer())

    shared = tf.make_template("scale", scale, name="w")
    other = tf.make_template("scale", scale, create_scope_now_=True, name="w")
    found = [shared(1.0).name, shared(2.0).name, other(3.0).name, other(4.0).name]
    names = [v.name for v in shared.trainable_variables + other.variables]
    return found, names, shared.variable_scope_name, other.variable_scope_name


def a_template_that_makes_more(tf):
    grows = tf.make_template("g", lambda: tf.Variable(1.0))
    grows()
    grows()


def no_name(tf):
    tf.variable_scope(None)


def a_number_as_name(tf):
    tf.variable_scope(3).__enter__()


def reuse_of_another_kind(tf):
    tf.variable_scope("a", reuse=5)


def complex_without_initializer(tf):
    tf.get_variable("s", [1], tf.complex64)


def described(tf, snippet):
    """What a snippet makes, as lists of texts."""
    with tf.Graph().as_default() as graph:
        try:
            result = snippet(tf)
        except Exception as error:
            text = str(error).split("\n")[0].split("Originally")[0].strip()
            result = type(error).__name__ + ": " + text
        collections = {
            key: [item.name for item in tf.get_collection(key)]
            for key in ("variables", "trainable_variables", "local_variables", "losses")
        }
        collections["losses"] = [x.name for x in tf.get_collection("regularization_losses")]
        ops = [
            " ".join([op.name, op.type, *(tensor.name for tensor in op.inputs)])
            for op in graph.get_operations()
        ]
    return {"result": repr(result), "operations": ops, "collections": collections}


SNIPPETS = [
    nested_and_reused, default_names, made_twice, not_there, another_shape, another_dtype,
    shape_and_value, no_shape, defaults, custom_getters, partitions, reuse_from_here_on,
    without_names, the_root, with_slashes, values_as_initializers, templates,
    a_template_that_makes_more, no_name, a_number_as_name, reuse_of_another_kind,
    complex_without_initializer,
]  # fmt: skip
