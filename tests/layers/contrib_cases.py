"""Calls of tf.contrib's layers: run by TensorFlow 1.15 to record what they make, and by the tests.

Each takes `tf` and gives tensors to run, or texts that are to be equal.
"""


def image(tf, *sizes):
    return tf.placeholder(tf.float32, sizes, name="x")


def ramp(tf):
    return tf.random_uniform_initializer(-1.0, 1.0, seed=3)


def fully_connected(tf):
    layers = tf.contrib.layers
    x = image(tf, 2, 3)
    y = layers.fully_connected(x, 4, weights_initializer=ramp(tf))
    z = layers.fully_connected(
        y,
        2,
        activation_fn=None,
        weights_regularizer=layers.l2_regularizer(0.1),
        scope="out",
        weights_initializer=ramp(tf),
        variables_collections=["mine"],
        outputs_collections="out",
    )
    names = [v.name for v in tf.get_collection("mine") + tf.get_collection("model_variables")]
    points = tf.contrib.slim.utils.convert_collection_to_dict("out")
    return [y, z, names, [(alias, tensor.name) for alias, tensor in points.items()], z.aliases]


def fully_connected_shared(tf):
    x = image(tf, 2, 3)
    a = tf.contrib.layers.fully_connected(x, 2, scope="a", biases_initializer=None)
    b = tf.contrib.layers.fully_connected(x, 2, scope="a", biases_initializer=None, reuse=True)
    return [a.name, b.name, len(tf.contrib.framework.get_variables("a"))]


def fully_connected_by_activation(tf):
    layers, x = tf.contrib.layers, image(tf, 2, 3)
    kinds = layers.linear, layers.relu, layers.relu6, layers.elu
    return [kind(x, 2, weights_initializer=ramp(tf)) for kind in kinds]


def fully_connected_normalized(tf):
    layers = tf.contrib.layers
    return layers.fully_connected(
        image(tf, 4, 3),
        2,
        normalizer_fn=layers.batch_norm,
        weights_initializer=ramp(tf),
        normalizer_params={"is_training": True, "scale": True},
    )


def fully_connected_of_a_float(tf):
    tf.contrib.layers.fully_connected(image(tf, 2, 3), 2.5)


def convolutions(tf):
    layers = tf.contrib.layers
    x = image(tf, 2, 6, 6, 3)
    y = layers.conv2d(x, 4, 3, weights_initializer=ramp(tf))
    y = layers.conv2d(y, 4, [3, 3], stride=2, padding="VALID", scope="c", normalizer_fn=None)
    z = layers.conv2d(x, 2, 3, rate=2, activation_fn=None, weights_initializer=ramp(tf))
    up = layers.conv2d_transpose(y, 2, 2, 2, weights_initializer=ramp(tf))
    return [z, y.name, up.name, up.shape.as_list()]


def separable_convolutions(tf):
    layers = tf.contrib.layers
    x = image(tf, 2, 6, 6, 3)
    y = layers.separable_conv2d(x, 4, 3, weights_initializer=ramp(tf))
    z = layers.separable_conv2d(y, None, [3, 3], 2, stride=2, weights_initializer=ramp(tf))
    bn = {"is_training": False}
    return [
        z,
        layers.separable_conv2d(
            x,
            None,
            3,
            normalizer_fn=layers.batch_norm,
            normalizer_params=bn,
            scope="mobile",
        ).name,
    ]


def pools(tf):
    layers = tf.contrib.layers
    x = image(tf, 2, 6, 6, 3)
    return [
        layers.max_pool2d(x, 2),
        layers.max_pool2d(x, [3, 3], 1, "SAME", scope="p"),
        layers.avg_pool2d(x, [2, 2], scope="q"),
        layers.flatten(x),
        layers.flatten(x, scope="f"),
    ]


def small_things(tf):
    layers = tf.contrib.layers
    x = image(tf, 2, 3)
    return [
        layers.softmax(x),
        layers.one_hot_encoding(tf.constant([1, 0]), 3),
        layers.dropout(x, 0.5, is_training=False),
        layers.dropout(x, 0.5, seed=1, scope="d"),
    ]


def embedded_sequences(tf):
    ids = tf.constant([[1, 0, 2], [4, 4, 1]])
    y = tf.contrib.layers.embed_sequence(ids, 5, 2, initializer=ramp(tf), scope="e")
    return [y, tf.contrib.layers.embed_sequence(ids, scope="e", reuse=True).name]


def embedded_without_a_shape(tf):
    tf.contrib.layers.embed_sequence(tf.constant([[1, 0]]), 5)


def batch_norm(tf):
    layers = tf.contrib.layers
    x = image(tf, 2, 4, 4, 3)
    y = layers.batch_norm(x, is_training=False)
    z = layers.batch_norm(x, decay=0.9, scale=True, activation_fn=tf.nn.relu, scope="bn")
    return [y, z, tf.get_collection(tf.GraphKeys.UPDATE_OPS)]


def batch_norm_of_rows(tf):
    layers = tf.contrib.layers
    x = image(tf, 4, 3)
    y = layers.batch_norm(x)
    z = layers.batch_norm(x, updates_collections=None, center=False, scale=True, scope="now")
    return [y, z, tf.get_collection(tf.GraphKeys.UPDATE_OPS)]


def batch_norm_when_fed(tf):
    training = tf.placeholder_with_default(True, [], "t")
    layers = tf.contrib.layers
    x = image(tf, 4, 3)
    y = layers.batch_norm(x, is_training=training)
    z = layers.batch_norm(x, is_training=training, updates_collections=None)
    return [y, z]


def layer_norm(tf):
    layers = tf.contrib.layers
    return [layers.layer_norm(image(tf, 4, 3)), layers.layer_norm(image(tf, 2, 3, 4), scale=False)]


def arg_scopes(tf):
    slim = tf.contrib.slim
    x = image(tf, 2, 6, 6, 3)
    both = [slim.conv2d, slim.fully_connected]
    reg = slim.l2_regularizer(0.01)
    with slim.arg_scope(both, weights_regularizer=reg, activation_fn=tf.nn.elu) as outer:
        with slim.arg_scope([slim.conv2d], padding="VALID", stride=2):
            a = slim.conv2d(x, 2, 3, scope="a")
            b = slim.fully_connected(slim.flatten(a), 2, activation_fn=None)
        with slim.arg_scope(outer):
            c = slim.conv2d(x, 2, 3)
    return [a.name, b.name, c.name, c.shape.as_list()]


def repeated(tf):
    slim = tf.contrib.slim
    x = image(tf, 2, 6, 6, 3)
    y = slim.repeat(x, 2, slim.conv2d, 4, [3, 3], scope="conv1")
    z = slim.stack(slim.flatten(y), slim.fully_connected, [5, 2])
    return [y.name, z.name, [v.name for v in slim.get_model_variables()]]


def an_op_without_scope(tf):
    try:
        with tf.contrib.slim.arg_scope([tf.nn.relu], name="x"):
            pass
    except ValueError as error:
        return error.args[0]


def variables(tf):
    framework = tf.contrib.framework
    with tf.variable_scope("s"):
        framework.model_variable("a", [2], initializer=tf.zeros_initializer())
        framework.variable("b", [1], initializer=tf.ones_initializer())
        framework.local_variable(1.0, name="c")
    found = [
        framework.get_variables(),
        framework.get_model_variables("s"),
        framework.get_variables_by_name("b"),
        framework.get_variables_by_suffix("a"),
    ]
    return [[v.name for v in each] for each in found]


CASES = {
    name: case
    for name, case in list(globals().items())
    if callable(case) and getattr(case, "__code__", None) and case.__code__.co_argcount == 1
    and case.__code__.co_varnames[0] == "tf" and name != "ramp"
}  # fmt: skip
