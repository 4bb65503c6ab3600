"""MNIST for tutorials: the batches that TensorFlow 1.15 gives for the same seeds."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.examples.tutorials.mnist import input_data

FILES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.RandomState(0)
    for name, count in zip(FILES, (60, 60, 20, 20), strict=True):
        if "images" in name:
            pixels = random.randint(0, 256, (count, 28, 28)).astype(np.uint8)
            content = struct.pack(">IIII", 2051, count, 28, 28) + pixels.tobytes()
        else:
            content = struct.pack(">II", 2049, count) + bytes(i % 10 for i in range(count))
        (tmp_path / f"{name}-ubyte.gz").write_bytes(gzip.compress(content))
    return tmp_path


def test_shapes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mnist = input_data.read_data_sets(str(folder) + "/", one_hot=True, validation_size=10, seed=1)
    assert capsys.readouterr().out.splitlines() == [
        f"Extracting {folder}/{name}-ubyte.gz" for name in FILES
    ]
    assert (mnist.train.num_examples, mnist.validation.num_examples) == (50, 10)
    images, labels = mnist.train.next_batch(8)
    assert (images.shape, images.dtype, labels.shape) == ((8, 784), np.float32, (8, 10))
    assert images.max() <= 1.0
    wide = input_data.read_data_sets(folder, reshape=False, dtype=tf.uint8, validation_size=0)
    assert wide.test.images.shape == (20, 28, 28, 1)
    assert wide.test.labels[3] == 3


def test_order_of_a_seed(folder: Path) -> None:
    """The labels of TensorFlow 1.15.5's batches, of the same files and seed."""
    mnist = input_data.read_data_sets(folder, validation_size=10, seed=7)
    first = mnist.train.next_batch(10)[1]
    assert first.tolist() == RECORDED[0]
    for _ in range(4):
        mnist.train.next_batch(9)
    assert mnist.train.next_batch(12)[1].tolist() == RECORDED[1]
    assert mnist.train.epochs_completed == 1
    assert mnist.test.next_batch(5, shuffle=False)[1].tolist() == [0, 1, 2, 3, 4]


RECORDED = [[3, 5, 2, 2, 0, 7, 1, 0, 0, 6], [3, 5, 4, 7, 1, 4, 1, 9, 8, 3, 0, 5]]


def test_missing_files_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="put these files there") as caught:
        input_data.read_data_sets(tmp_path / "none")
    assert "train-images-idx3-ubyte.gz is missing" in str(caught.value)


def test_another_folder(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JITGRAPH_MNIST_DIR", str(folder))
    assert input_data.read_data_sets("/nowhere", validation_size=5).test.num_examples == 20


def test_damaged_files(folder: Path) -> None:
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(b"not a label file")
    with pytest.raises(ValueError, match="Invalid magic number 1852797984 in MNIST label file"):
        input_data.read_data_sets(folder, validation_size=5)
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(struct.pack(">II", 2049, 20) + b"abc")
    with pytest.raises(ValueError, match="has 3 bytes of data where its head says 20"):
        input_data.read_data_sets(folder, validation_size=5)


def test_bad_arguments(folder: Path) -> None:
    with pytest.raises(ValueError, match="Validation size should be between 0 and 60"):
        input_data.read_data_sets(folder, validation_size=61)
    with pytest.raises(TypeError, match="Invalid image dtype"):
        input_data.read_data_sets(folder, validation_size=6, dtype=tf.float64)


def test_fake_data() -> None:
    images, labels = input_data.read_data_sets("", True, one_hot=True).train.next_batch(3, True)
    assert (np.shape(images), np.shape(labels)) == ((3, 784), (3, 10))


def test_the_tutorials_network() -> None:
    from jitgraph.examples.tutorials.mnist import mnist

    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(0)
        images, labels = tf.placeholder(tf.float32, [None, 784]), tf.placeholder(tf.int32, [None])
        logits = mnist.inference(images, 16, 8)
        loss = mnist.loss(logits, labels)
        train, right = mnist.training(loss, 0.1), mnist.evaluation(logits, labels)
        session.run(tf.global_variables_initializer())
        feed = {images: np.eye(10, 784), labels: np.arange(10)}
        before = session.run(loss, feed)
        for _ in range(200):
            session.run(train, feed)
        assert session.run(loss, feed) < before
        assert session.run(right, feed) > 5
        assert [v.name for v in tf.trainable_variables()] == [
            f"{layer}/{part}:0"
            for layer in ("hidden1", "hidden2", "softmax_linear")
            for part in ("weights", "biases")
        ]
        assert logits.name == "softmax_linear/add:0"
