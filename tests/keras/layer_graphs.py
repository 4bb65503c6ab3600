"""Graphs of Keras layers, built by TensorFlow 1.15 and jitgraph alike."""

KINDS = {
    "VarHandleOp": "Variable",
    "VariableV2": "Variable",
    "AssignVariableOp": "Assign",
    "VarIsInitializedOp": "IsVariableInitialized",
    "ReadVariableOp": "Identity",
    "AssignSubVariableOp": "AssignSub",
    "RefSwitch": "Switch",
}


def images(tf):
    """Layers of images."""
    layers = tf.keras.layers
    x = layers.Input((8, 8, 3))
    y = layers.Conv2D(4, 3, activation="relu")(x)
    y = layers.MaxPooling2D()(y)
    y = layers.BatchNormalization()(y)
    y = layers.Dropout(0.3)(y)
    y = layers.ZeroPadding2D()(y)
    y = layers.UpSampling2D()(y)
    y = layers.SeparableConv2D(5, 2)(y)
    y = layers.Conv2DTranspose(3, 2)(y)
    y = layers.LeakyReLU()(y)
    y = layers.Concatenate()([y, y])
    y = layers.Add()([y, y])
    y = layers.GlobalAveragePooling2D()(y)
    y = layers.Reshape((2, 3))(y)
    y = layers.Flatten()(y)
    y = layers.BatchNormalization()(y)
    y = layers.Dense(7, kernel_regularizer=tf.keras.regularizers.l2(0.1))(y)
    y = layers.Dropout(0.3)(y)
    return layers.Activation("softmax")(y)


def signals(tf):
    """Layers of signals."""
    layers = tf.keras.layers
    x = layers.Input((9, 3), name="signal")
    y = layers.Conv1D(4, 3, kernel_initializer="he_normal", bias_initializer="ones")(x)
    y = layers.MaxPooling1D()(y)
    y = layers.Conv1D(4, 2, padding="causal", activation="tanh")(y)
    y = layers.Permute((2, 1))(y)
    y = layers.Cropping1D(1)(y)
    y = layers.GlobalMaxPooling1D()(y)
    y = layers.RepeatVector(3)(y)
    y = layers.Lambda(lambda t: t * 2.0)(y)
    y = layers.PReLU()(y)
    return layers.Dense(2)(y)


CASES = {"images": images, "signals": signals}


def operations(tf, case):
    """The names of a case's operations, and their types without what sets resources apart."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        CASES[case](tf)
        return [[op.name, KINDS.get(op.type, op.type)] for op in graph.get_operations()]
