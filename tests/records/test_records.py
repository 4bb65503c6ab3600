"""Records: TensorFlow's files, what it makes of Examples, damaged and strange input."""

from __future__ import annotations

import base64
import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import jitgraph as tf

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("record_cases", HERE / "cases.py")
cases = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(cases)
RECORDED = json.loads((HERE / "recorded.json").read_text())
RECORDS = [b"", b"one", bytes(range(256)) * 3]


@pytest.fixture(scope="module")
def outcomes():
    return cases.outcomes(tf)


@pytest.mark.parametrize("name", sorted(RECORDED["outcomes"]))
def test_examples_give_what_tensorflow_makes_of_them(name: str, outcomes) -> None:
    found, expected = outcomes[name], RECORDED["outcomes"][name]
    if isinstance(expected, list):
        assert found[0] == expected[0]
        assert found[1].startswith(expected[1])
    else:
        assert found == expected


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_files_of_tensorflow_are_read_and_ours_hold_the_same(tmp_path, compression) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.write_bytes(base64.b64decode(RECORDED["files"][compression]))
    options = tf.python_io.TFRecordOptions(compression)
    assert list(tf.python_io.tf_record_iterator(str(theirs), options)) == RECORDS
    with tf.python_io.TFRecordWriter(str(ours), options) as writer:
        for record in RECORDS:
            writer.write(record)
    assert list(tf.python_io.tf_record_iterator(str(ours), options)) == RECORDS
    if not compression:
        assert ours.read_bytes() == theirs.read_bytes()


def test_a_damaged_record_is_told_with_its_place(tmp_path) -> None:
    path = tmp_path / "records"
    content = bytearray(base64.b64decode(RECORDED["files"][""]))
    content[16 + 13] ^= 1
    path.write_bytes(content)
    found = tf.python_io.tf_record_iterator(str(path))
    assert next(found) == b""
    with pytest.raises(tf.errors.DataLossError, match=r"corrupted record at 28 of .*records"):
        next(found)
    path.write_bytes(content[:-5])
    with tf.Graph().as_default(), tf.Session() as session:
        queue = tf.FIFOQueue(9, tf.string, [[]])
        session.run(queue.enqueue(str(path)))
        key, record = tf.TFRecordReader().read(queue)
        assert session.run([key, record]) == [f"{path}:0".encode(), b""]
        with pytest.raises(tf.errors.DataLossError, match="corrupted record at 28 of "):
            session.run(record)


def test_bad_files_and_options(tmp_path) -> None:
    io = tf.python_io
    with pytest.raises(tf.errors.NotFoundError, match="nowhere"):
        next(io.tf_record_iterator(str(tmp_path / "nowhere")))
    with pytest.raises(tf.errors.FailedPreconditionError, match="Is a directory"):
        next(io.tf_record_iterator(str(tmp_path)))
    with pytest.raises(tf.errors.NotFoundError):
        io.TFRecordWriter(str(tmp_path / "no" / "folder"))
    with pytest.raises(ValueError, match='Not a valid compression_type: "LZ4"'):
        io.TFRecordOptions("LZ4")
    path = tmp_path / "plain"
    path.write_bytes(b"not compressed")
    for kind in (io.TFRecordCompressionType.GZIP, io.TFRecordCompressionType.ZLIB):
        with pytest.raises(tf.errors.DataLossError):
            list(io.tf_record_iterator(str(path), io.TFRecordOptions(kind)))
    writer = io.TFRecordWriter(str(path))
    writer.close()
    with pytest.raises(tf.errors.FailedPreconditionError, match="closed"):
        writer.write(b"a")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_files_give_records_or_data_loss(tmp_path_factory, data) -> None:
    compression = data.draw(st.sampled_from(["", "GZIP", "ZLIB"]))
    content = bytearray(base64.b64decode(RECORDED["files"][compression]))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    path = tmp_path_factory.mktemp("damaged") / "records"
    path.write_bytes(content[:cut])
    try:
        for record in tf.python_io.tf_record_iterator(str(path), compression):
            assert record in RECORDS
    except tf.errors.DataLossError:
        pass


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_damaged_examples_are_parsed_or_refused(data) -> None:
    from jitgraph.ops.example_definitions import PARSE_SINGLE_EXAMPLE

    text = bytearray(cases.plain(tf))
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    content = np.array(bytes(text[: data.draw(st.integers(0, len(text)))]), object)
    attrs = {
        "num_sparse": 1, "sparse_keys": ["s"], "dense_keys": ["x"], "sparse_types": (tf.string,),
        "dense_shapes": [tf.TensorShape([2])],
    }  # fmt: skip
    try:
        found = PARSE_SINGLE_EXAMPLE.reference(content, [np.zeros(0, np.float32)], **attrs)
        assert found[-1].shape == (2,)
    except tf.errors.InvalidArgumentError:
        pass


def test_wrong_features_are_refused() -> None:
    with tf.Graph().as_default():
        text = tf.placeholder(tf.string, [])
        for features, message in (
            ({}, "Missing features"),
            ({"a": tf.FixedLenFeature(None, tf.int64)}, "Missing shape for feature a"),
            ({"a": tf.FixedLenFeature([None], tf.int64)}, "First dimension of shape"),
            ({"a": tf.FixedLenFeature([2, None], tf.int64)}, "All dimensions of shape"),
            ({"a": tf.VarLenFeature(None)}, "Missing type for feature a"),
            ({"a": tf.FixedLenSequenceFeature([], tf.int64)}, "allow_missing to be True"),
            ({"a": 3}, "Invalid feature a:3"),
        ):
            with pytest.raises(ValueError, match=message):
                tf.parse_single_example(text, features)


def test_bytes_that_are_no_numbers() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.string, [None])
        numbers = tf.decode_raw(x, tf.int32)
        assert session.run(numbers, {x: [b"\1\0\0\0", b"\2\0\0\0"]}).tolist() == [[1], [2]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="has length 3 that is not"):
            session.run(numbers, {x: [b"abc"]})
        with pytest.raises(tf.errors.InvalidArgumentError, match="element 1 has size 8 != 4"):
            session.run(numbers, {x: [b"abcd", b"abcdefgh"]})
