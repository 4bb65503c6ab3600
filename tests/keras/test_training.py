"""Keras models: numbers, names and summaries of TensorFlow 1.15; weights in files; bad input."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf
from tests.keras.training_cases import CASES, run

HERE = Path(__file__).parent
RECORDED = json.loads((HERE / "recorded_trainings.json").read_text(encoding="utf-8"))
layers = tf.keras.layers
X, Y = np.linspace(0, 1, 40).reshape(10, 4), np.arange(10) % 3


@pytest.mark.parametrize("case", sorted(CASES))
def test_trainings_are_tensorflows(case: str) -> None:
    found, wanted = run(tf, case), RECORDED[case]
    for key in ("summary", "variables", "metrics_names"):
        assert found[key] == wanted[key]
    for ours, theirs in zip(found["histories"], wanted["histories"], strict=True):
        assert set(ours) == set(theirs)
        for name, values in theirs.items():
            assert ours[name] == pytest.approx(values, rel=1e-4, abs=1e-6), name


def small(**kwargs: Any) -> Any:
    model = tf.keras.Sequential(
        [layers.Dense(5, activation="relu", input_shape=(4,)), layers.Dense(3, **kwargs)]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["acc"])
    return model


@pytest.fixture(autouse=True)
def own_graph() -> Any:
    with tf.Graph().as_default(), tf.Session():
        yield


def test_weights_in_tensorflows_format(tmp_path: Path) -> None:
    model, other = small(), small()
    model.save_weights(tmp_path / "weights")
    other.load_weights(tmp_path / "weights")
    assert other.predict(X).tolist() == model.predict(X).tolist()
    assert tf.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "weights")
    with pytest.raises(tf.errors.NotFoundError, match="absent"):
        other.load_weights(tmp_path / "absent")


def test_weights_that_tensorflow_wrote(tmp_path: Path) -> None:
    model = tf.keras.Sequential([layers.Dense(2, input_shape=(3,)), layers.BatchNormalization()])
    model.load_weights(HERE / "weights" / "dense")
    found = [each.ravel().tolist() for each in model.get_weights()]
    assert found == [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9], [1, 2], [3, 4], [5, 6]]
    model.save_weights(tmp_path / "again")
    ours, theirs = (
        tf.train.load_checkpoint(str(path / name))
        for path, name in ((tmp_path, "again"), (HERE / "weights", "dense"))
    )
    assert set(ours.get_variable_to_shape_map()) <= set(theirs.get_variable_to_shape_map())
    graph = ours.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH")
    key = b"layer_with_weights-1/moving_mean/.ATTRIBUTES/VARIABLE_VALUE"
    assert b"layer_with_weights-0" in graph
    assert b"\n\x0eVARIABLE_VALUE\x12\x1fbatch_normalization/moving_mean\x1a;" + key in graph


def test_architecture_as_text() -> None:
    model = small(activation="softmax", kernel_regularizer=tf.keras.regularizers.l2(0.1))
    same = tf.keras.models.model_from_json(model.to_json())
    same.set_weights(model.get_weights())
    assert same.predict(X).tolist() == model.predict(X).tolist()
    x = tf.keras.Input((4,))
    joined = layers.add([layers.Dense(2)(x), layers.Dense(2, use_bias=False)(x)])
    branched = tf.keras.models.clone_model(tf.keras.Model(x, joined))
    assert [each.get_shape().as_list() for each in branched.weights] == [[4, 2], [2], [4, 2]]


def test_model_of_a_class() -> None:
    class Net(tf.keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.hidden = layers.Dense(5, activation="relu")
            self.rows = [layers.Dense(3, activation="softmax")]

        def call(self, inputs: Any) -> Any:
            return self.rows[0](self.hidden(inputs))

    model = Net()
    model.compile("adam", "sparse_categorical_crossentropy")
    history = model.fit(X, Y, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    assert [len(w) for w in model.get_weights()] == [4, 5, 5, 3]


def test_progress_text(capsys: pytest.CaptureFixture[str]) -> None:
    model = small(activation="softmax")
    model.fit(X, Y, epochs=2, batch_size=4, verbose=1, validation_split=0.2)
    text = re.sub(r"[\d.]+(e-\d+)?", "#", capsys.readouterr().out)
    assert text.startswith("Train on # samples, validate on # samples\nEpoch #/#\n")
    last = "loss: # - acc: # - val_loss: # - val_acc: #"
    assert text.count(last) == 2
    assert re.search(r"\n#/# \[=+\] - #s #.s/sample - loss", text)


def test_callbacks_write_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    callbacks = tf.keras.callbacks
    model = small(activation="softmax")
    seen: list[int] = []
    model.fit(
        X,
        Y,
        epochs=2,
        verbose=0,
        callbacks=[
            callbacks.CSVLogger(tmp_path / "log.csv"),
            callbacks.ModelCheckpoint(
                str(tmp_path / "w-{epoch:02d}"), "loss", 1, save_weights_only=True
            ),
            callbacks.LambdaCallback(on_batch_end=lambda batch, logs: seen.append(batch)),
            callbacks.TensorBoard(str(tmp_path / "logs")),
            callbacks.ReduceLROnPlateau("loss", patience=0),
        ],
    )
    assert (tmp_path / "log.csv").read_text().splitlines()[0] == "epoch,acc,loss"
    assert (tmp_path / "w-02.index").exists()
    assert "Epoch 00002: saving model to" in capsys.readouterr().out
    assert seen == [0, 0]
    assert list((tmp_path / "logs").iterdir())


def test_batches_of_a_generator() -> None:
    class Batches(tf.keras.utils.Sequence):
        def __len__(self) -> int:
            return 5

        def __getitem__(self, index: int) -> Any:
            return X[2 * index : 2 * index + 2], Y[2 * index : 2 * index + 2]

    model = small(activation="softmax")
    history = model.fit_generator(Batches(), epochs=2, verbose=0, validation_data=(X, Y))
    assert set(history.history) == {"loss", "acc", "val_loss", "val_acc"}
    assert model.evaluate_generator(Batches()) == pytest.approx(model.evaluate(X, Y, verbose=0))


def test_batches_of_a_dataset() -> None:
    data = tf.data.Dataset.from_tensor_slices((X.astype("float32"), Y)).batch(5)
    model = small(activation="softmax")
    history = model.fit(data, steps_per_epoch=2, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    found = model.evaluate(data, steps=2)
    assert found == pytest.approx(model.evaluate(X, Y, verbose=0), rel=1e-5)


def _fit(**kwargs: Any) -> Callable[[], Any]:
    return lambda: small().fit(**{"x": X, "y": Y, "verbose": 0, **kwargs})


@pytest.mark.parametrize(
    ("act", "error", "text"),
    [
        (_fit(x=X[:, :3]), ValueError, r"expected dense_input to have shape \(4,\) but got array"),
        (_fit(x=X[:9]), ValueError, "Found 9 input samples and 10 target samples"),
        (_fit(y=np.zeros((10, 2))), ValueError, r"to have shape \(1,\) but got array .* \(2,\)"),
        (_fit(x=[X, X]), ValueError, r"Expected to see 1 array\(s\), but instead got .* 2 arrays"),
        (lambda: small().compile("adam", "mean"), ValueError, "Unknown loss function: ?mean"),
        (lambda: small().compile("addam", "mse"), ValueError, "Unknown optimizer: addam"),
        (
            lambda: tf.keras.Sequential([layers.Dense(1, input_shape=(4,))]).fit(X, Y),
            RuntimeError,
            "You must compile your model",
        ),
        (lambda: tf.keras.Sequential([layers.Dense(1)]).summary(), ValueError, "not yet been bu"),
        (lambda: tf.keras.Sequential([3]), TypeError, "must be an instance of class Layer"),
        (
            lambda: tf.keras.Model(tf.keras.Input((2,)), layers.Dense(1)(tf.keras.Input((2,)))),
            ValueError,
            "Graph disconnected",
        ),
        (lambda: tf.keras.datasets.mnist.load_data("/no/file"), tf.errors.NotFoundError, "/no/fi"),
    ],
)
def test_bad_input(act: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        act()
