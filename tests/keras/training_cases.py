"""Trainings of small Keras models, made by TensorFlow 1.15 and jitgraph alike."""

import numpy as np


def _data():
    np.random.seed(3)
    return np.random.rand(120, 8, 8, 1), np.random.randint(0, 4, 120)


def cnn(tf):
    """A chain with dropout and batch normalisation, samples held out."""
    layers = tf.keras.layers
    x, y = _data()
    model = tf.keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1)),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(8, activation="relu"),
            layers.Dropout(0.2),
            layers.BatchNormalization(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, [model.fit(x, y, batch_size=25, epochs=2, validation_split=0.25, verbose=0)]


def two_outputs(tf):
    """Two inputs, two outputs, every optimizer."""
    layers, optimizers = tf.keras.layers, tf.keras.optimizers
    start = tf.keras.initializers.glorot_uniform
    x, y = _data()
    first, second = tf.keras.Input((4,)), tf.keras.Input((3,))
    hidden = layers.Dense(3, activation="tanh", kernel_initializer=start(seed=1))(first)
    joined = layers.concatenate([hidden, second])
    answer = layers.Dense(1, activation="sigmoid", name="out", kernel_initializer=start(seed=2))
    pair = layers.Dense(2, name="two", kernel_regularizer="l2", kernel_initializer=start(seed=3))
    model = tf.keras.Model([first, second], [answer(joined), pair(joined)])
    inputs = [x[:, :4, 0, 0], x[:, :3, 1, 0]]
    targets = [y > 1, x[:, :2, 3, 0]]
    found = []
    for optimizer in (
        "sgd",
        "rmsprop",
        "adagrad",
        "adadelta",
        "adamax",
        optimizers.SGD(lr=0.1, momentum=0.9, nesterov=True, decay=0.01),
        optimizers.RMSprop(0.01, momentum=0.5, centered=True),
        optimizers.Adam(clipnorm=0.1, amsgrad=True),
        tf.train.MomentumOptimizer(0.1, 0.9),
    ):
        model.compile(
            optimizer,
            loss={"out": "binary_crossentropy", "two": "mse"},
            loss_weights=[1.0, 0.5],
            metrics={"out": ["accuracy"], "two": ["mae"]},
        )
        found.append(model.fit(inputs, targets, epochs=2, verbose=0, shuffle=False))
    return model, found


def weighted(tf):
    """Samples and classes with weights; one-hot rows; a loss of logits."""
    layers = tf.keras.layers
    x, y = _data()
    model = tf.keras.Sequential([layers.Flatten(input_shape=(8, 8, 1)), layers.Dense(4)])
    model.compile(
        "sgd",
        tf.keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        weighted_metrics=["mse"],
    )
    rows = tf.keras.utils.to_categorical(y)
    weights = np.linspace(0.5, 2.0, 120)
    classes = {0: 1.0, 1: 2.0, 2: 0.5, 3: 1.5}
    return model, [
        model.fit(x, rows, epochs=2, verbose=0, sample_weight=weights, batch_size=50),
        model.fit(x, rows, epochs=1, verbose=0, class_weight=classes, shuffle="batch"),
    ]


def watched(tf):
    """Callbacks that change the rate and end the training."""
    layers, callbacks = tf.keras.layers, tf.keras.callbacks
    x, y = _data()
    model = tf.keras.Sequential([layers.Flatten(), layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    history = model.fit(
        x,
        y,
        epochs=12,
        verbose=0,
        validation_data=(x[:30], y[:30]),
        callbacks=[
            callbacks.LearningRateScheduler(lambda epoch: 0.3 if epoch == 2 else 0.01),
            callbacks.EarlyStopping(patience=1, monitor="val_loss"),
        ],
    )
    return model, [history]


def lstm(tf):
    """Words through an LSTM."""
    layers = tf.keras.layers
    np.random.seed(3)
    x, y = np.random.randint(0, 12, (80, 7)), np.random.randint(0, 2, 80)
    model = tf.keras.Sequential(
        [layers.Embedding(12, 5), layers.LSTM(6), layers.Dense(1, activation="sigmoid")]
    )
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    return model, [model.fit(x, y, epochs=3, batch_size=16, verbose=0, validation_split=0.2)]


def recurrent(tf):
    """Masks, both directions, several layers."""
    layers = tf.keras.layers
    np.random.seed(3)
    x, y = np.random.randint(0, 12, (40, 7)), np.random.rand(40, 7, 2)
    words = tf.keras.Input((7,))
    made = layers.Embedding(12, 5, mask_zero=True)(words)
    made = layers.Bidirectional(layers.GRU(3, return_sequences=True))(made)
    made = layers.SimpleRNN(4, return_sequences=True, go_backwards=True)(made)
    model = tf.keras.Model(words, layers.TimeDistributed(layers.Dense(2))(made))
    model.compile(tf.keras.optimizers.Adam(0.01), "mse")
    return model, [model.fit(x, y, epochs=2, batch_size=20, verbose=0)]


CASES = {
    "lstm": lstm,
    "recurrent": recurrent,
    "cnn": cnn,
    "two_outputs": two_outputs,
    "watched": watched,
    "weighted": weighted,
}


def run(tf, case):
    """The histories of a case, its summary, its variables."""
    with tf.Graph().as_default(), tf.Session():
        tf.set_random_seed(7)
        model, histories = CASES[case](tf)
        lines = []
        model.summary(print_fn=lines.append)
        logs = [
            {name: [float(value) for value in values] for name, values in each.history.items()}
            for each in histories
        ]
        return {
            "histories": logs,
            "summary": lines,
            "variables": [weight.name for weight in model.weights],
            "metrics_names": model.metrics_names,
        }
