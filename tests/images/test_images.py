"""Files of pictures: what TensorFlow 1.15 makes of all cases, its errors among them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import jitgraph as tf

HERE = Path(__file__).parent

NOT_TENSORFLOWS = {
    "tf.image.decode_and_crop_jpeg(P('420.jpg'), [5, 7, 11, 13])": "colours at the edges of the "
    "part are those of the whole picture; TensorFlow doesn't look beyond the part"
}


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"images_{name}", HERE / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


cases = module("cases")


def decoded(expression: str) -> np.ndarray:
    found = cases.outcome(tf, f"tf.image.{expression}")
    assert not isinstance(found, dict), found
    return np.asarray(found)


def test_pixels_are_tensorflows() -> None:
    recorded = np.load(HERE / "recorded_pixels.npz")
    for each in cases.PIXELS:
        found, expected = np.asarray(cases.outcome(tf, each)), recorded[each]
        assert found.dtype == expected.dtype, each
        if each in NOT_TENSORFLOWS:
            assert found.shape == expected.shape
        else:
            np.testing.assert_array_equal(found, expected, err_msg=each)


def test_other_results_and_errors_are_tensorflows() -> None:
    recorded = json.loads((HERE / "recorded.json").read_text())
    for each in cases.OTHERS:
        assert (each, cases.as_json(cases.outcome(tf, each))) == (each, recorded[each])


def test_a_picture_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JITGRAPH_MAX_PIXELS", "100")
    text = "too large: 51×37 pixels, where JITGRAPH_MAX_PIXELS allows 100"
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=text):
        session.run(tf.image.decode_jpeg(cases.contents("420.jpg"), name="bomb"))
    for name in ("rgb.png", "moving.gif"):
        assert "too large" in cases.outcome(tf, f"tf.image.decode_png(P({name!r}))")["message"]


def test_an_error_names_the_operation_and_the_line() -> None:
    decoding = tf.image.decode_jpeg(tf.constant(b"no picture"), name="mine")
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError) as caught:
        session.run(decoding)
    assert "node mine (defined at" in str(caught.value)
    assert "test_images.py" in str(caught.value)
    assert caught.value.op is decoding.op


def test_files_are_written_found_and_read(tmp_path: Path) -> None:
    with tf.Session() as session:
        for name in ("b.txt", "a.txt", "c.bin"):
            session.run(tf.write_file(str(tmp_path / "new" / name), name))
        found = session.run(tf.matching_files([str(tmp_path / "new/*.txt"), str(tmp_path / "*")]))
        assert [Path(each.decode()).name for each in found] == ["new", "a.txt", "b.txt"]
        assert session.run(tf.read_file(found[1])) == b"a.txt"
        name = tf.placeholder(tf.string, [])
        size = tf.strings.length(tf.read_file(name))
        assert session.run(size, {name: str(tmp_path / "new" / "c.bin")}) == 5


def test_a_file_that_changes_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "words"
    read = tf.read_file(str(path))
    with tf.Session() as session:
        for words in (b"one", b"two"):
            path.write_bytes(words)
            assert session.run(read) == words


def test_decoding_in_a_loop_and_behind_a_resize() -> None:
    names = [str(HERE / "pictures" / name) for name in ("444.jpg", "420.jpg")]

    def mean(name: tf.Tensor) -> tf.Tensor:
        pixels = tf.image.decode_jpeg(tf.read_file(name), channels=3)
        return tf.reduce_mean(tf.cast(pixels, tf.float32))

    means = tf.map_fn(mean, tf.constant(names), dtype=tf.float32)
    with tf.Session() as session:
        found = session.run(means)
    expected = [decoded(f"decode_jpeg(P('{Path(name).name}'))").mean() for name in names]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_sizes_that_cannot_be_are_refused_as_tensorflow_does() -> None:
    pictures = tf.placeholder(tf.float32, [1, None, 4, 3])
    size = tf.placeholder(tf.int32, [2])
    found = tf.image.resize_images(pictures, size)
    with tf.Session() as session:
        for rows, wanted, text in ((3, [0, 2], "must be positive"), (0, [2, 2], "non-zero size")):
            with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                session.run(found, {pictures: np.zeros([1, rows, 4, 3]), size: wanted})
        assert session.run(found, {pictures: np.ones([1, 3, 4, 3]), size: [2, 2]}).mean() == 1


def test_a_box_of_no_picture_is_refused() -> None:
    crops = tf.image.crop_and_resize(
        np.zeros([2, 4, 5, 1], np.float32), [[0.0, 0, 1, 1]], box_indices=[2], crop_size=[3, 3]
    )
    with tf.Session() as session, pytest.raises(tf.errors.OpError, match="box_index has values"):
        session.run(crops)
