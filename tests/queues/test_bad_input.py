"""Files, pictures, records and elements that are not as they should be: TensorFlow 1.15's error
classes, with the op and the file named; all threads end."""

from __future__ import annotations

import re
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf

E = tf.errors
Build = Callable[[Path], Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures and records, good and bad."""
    path = tmp_path_factory.mktemp("files")
    pixels = (np.arange(90 * 70 * 3) % 251).reshape(90, 70, 3).astype(np.uint8)
    with tf.Graph().as_default(), tf.Session() as session:
        encoded = [tf.image.encode_jpeg(pixels), tf.image.encode_png(pixels)]
        jpeg, png, small = session.run([*encoded, tf.image.encode_jpeg(pixels[:30, :40])])
    for name, content in {
        "large.jpg": jpeg, "small.jpg": small, "cut.jpg": jpeg[: len(jpeg) // 2],
        "cut.png": png[: len(png) // 2], "text.jpg": b"Dear reader", "empty.jpg": b"",
        "bomb.png": _bomb(), "no.records": b"hello world, this is no file of records",
    }.items():  # fmt: skip
        (path / name).write_bytes(content)
    whole = path / "whole.records"
    with tf.python_io.TFRecordWriter(str(whole)) as writer:
        for number in range(10):
            value = tf.train.Feature(int64_list=tf.train.Int64List(value=[number]))
            features = tf.train.Features(feature={"k": value})
            writer.write(tf.train.Example(features=features).SerializeToString())
    content = whole.read_bytes()
    damaged = bytearray(content)
    damaged[len(content) // 10 * 4 + 14] ^= 1
    (path / "damaged.records").write_bytes(bytes(damaged))
    (path / "cut.records").write_bytes(content[: len(content) // 10 * 3 + 20])
    return path


def _bomb() -> bytes:
    """A small file that claims to be a picture of 60000 by 60000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + sum_

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 999))


def pictures(*names: str, shape: Any = (None, None, 3), small: bool = True) -> Build:
    def build(folder: Path) -> Any:
        paths = [str(folder / name) for name in names]
        queue = tf.train.string_input_producer(paths, num_epochs=1, shuffle=False)
        _, contents = tf.WholeFileReader().read(queue)
        pixels = tf.image.decode_jpeg(contents, channels=3)
        if small:
            pixels = tf.image.resize_images(pixels, [8, 8])
        pixels.set_shape((8, 8, 3) if small else shape)
        return tf.train.batch([pixels], 2)

    return build


def records(name: str) -> Build:
    def build(folder: Path) -> Any:
        queue = tf.train.string_input_producer([str(folder / name)], num_epochs=1)
        _, record = tf.TFRecordReader().read(queue)
        return tf.parse_single_example(record, {"k": tf.FixedLenFeature([], tf.int64)})["k"]

    return build


def elements(make: Callable[[Path], Any]) -> Build:
    return lambda folder: tf.data.make_one_shot_iterator(make(folder)).get_next()


def mapped(feature: Any) -> Build:
    def make(folder: Path) -> Any:
        data = tf.data.TFRecordDataset(str(folder / "whole.records"))
        return data.map(lambda record: tf.parse_single_example(record, feature))

    return elements(make)


def generated(items: Callable[[], Iterator[Any]], *kinds: Any) -> Build:
    return elements(lambda folder: tf.data.Dataset.from_generator(items, *kinds))


def failing(folder: Path) -> Any:
    def third(number: int) -> np.float32:
        if number == 3:
            raise ValueError("the third")
        return np.float32(number)

    number = tf.train.range_input_producer(10, shuffle=False).dequeue()
    made = tf.py_func(third, [number], tf.float32)
    made.set_shape([])
    return tf.train.batch([made], 2, num_threads=2)


def sick() -> Iterator[int]:
    yield 1
    raise RuntimeError("sick")


def no_match(folder: Path) -> Any:
    names = tf.train.match_filenames_once(str(folder / "*.xyz"))
    return tf.train.string_input_producer(names).dequeue()


def text_lines(folder: Path) -> Any:
    return tf.data.TextLineDataset([str(folder)])


def uneven(folder: Path) -> Any:
    rows = [np.zeros(2), np.zeros(3)]
    return tf.data.Dataset.from_generator(lambda: iter(rows), tf.float64).batch(2)


Data = tf.data.Dataset
CASES: dict[str, tuple[Build, type[Exception], str]] = {
    "no file": (lambda f: tf.read_file(str(f / "none")), E.NotFoundError, "none.*ReadFile"),
    "a folder": (
        lambda f: tf.read_file(str(f)), E.FailedPreconditionError, "Is a directory.*ReadFile"
    ),
    "no picture": (pictures("large.jpg", "none"), E.NotFoundError, "none; No such.*ReaderRead"),
    "a folder among pictures": (
        pictures("large.jpg", "."), E.FailedPreconditionError, "Is a directory.*ReaderRead"
    ),
    "nothing matches": (no_match, E.InvalidArgumentError, "requires a non-null input tensor"),
    "a text": (pictures("text.jpg"), E.InvalidArgumentError, "unknown format.*'Dear.*DecodeJpeg"),
    "nothing in it": (pictures("empty.jpg"), E.InvalidArgumentError, "got empty file.*DecodeJpeg"),
    "a cut JPEG": (pictures("cut.jpg"), E.InvalidArgumentError, "Invalid JPEG data.*DecodeJpeg"),
    "a cut PNG": (pictures("cut.png"), E.InvalidArgumentError, "Invalid PNG data.*DecodeJpeg"),
    "a bomb": (pictures("bomb.png"), E.InvalidArgumentError, "60000×60000.*JITGRAPH_MAX_PIXELS"),
    "sizes that differ": (
        pictures("large.jpg", "small.jpg", shape=(90, 70, 3), small=False),
        E.InvalidArgumentError, r"Expected \[90,70,3\], got \[30,40,3\].*batch/fifo_queue",
    ),
    "a damaged record": (
        records("damaged.records"), E.DataLossError, "corrupted record at 132 of .*damaged.records"
    ),
    "a cut record": (records("cut.records"), E.DataLossError, "truncated record at 90 of .*cut"),
    "no records": (records("no.records"), E.DataLossError, "corrupted record at 0 of .*no.records"),
    "a failing producer": (failing, E.InvalidArgumentError, "the third.*PyFunc"),
    "a folder of lines": (elements(text_lines), E.FailedPreconditionError, "Is a directory"),
    "elements that differ": (elements(uneven), E.InvalidArgumentError, "different shapes"),
    "a sick generator": (generated(sick, tf.int32), E.UnknownError, "RuntimeError: sick"),
    "a generator's dtype": (
        generated(lambda: iter(["a"]), tf.int32), E.InvalidArgumentError, "expected type was int32"
    ),
    "a generator's shape": (
        generated(lambda: iter([[1, 2, 3]]), tf.int32, [2]),
        E.InvalidArgumentError, r"shape \(3,\) where an element of shape \(2,\)",
    ),
    "not begun": (
        lambda f: tf.data.make_initializable_iterator(Data.range(3)).get_next(),
        E.FailedPreconditionError, "has not been initialized",
    ),
    "another dtype": (
        mapped({"k": tf.FixedLenFeature([], tf.float32)}),
        E.InvalidArgumentError, "Key: k.  Data types don't match.*ParseSingleExample",
    ),
    "a missing feature": (
        mapped({"z": tf.FixedLenFeature([], tf.int64)}),
        E.InvalidArgumentError, r"Feature: z \(data type: int64\) is required.*ParseSingleExample",
    ),
    "no number": (
        lambda f: tf.decode_csv(tf.constant("1,x"), [[1], [2]]),
        E.InvalidArgumentError, "Field 1 in record 0 is not a valid int32: x.*DecodeCSV",
    ),
    "too few": (
        lambda f: tf.decode_csv(tf.constant("1"), [[1], [2]]),
        E.InvalidArgumentError, "Expect 2 fields but have 1 in record 0.*DecodeCSV",
    ),
    "no base64": (
        lambda f: tf.decode_base64(tf.constant("a$b")), E.InvalidArgumentError, "DecodeBase64"
    ),
    "no float": (
        lambda f: tf.string_to_number(tf.constant("abc")), E.InvalidArgumentError, "StringToNumber"
    ),
    "half a number": (
        lambda f: tf.decode_raw(tf.constant("abc"), tf.int16), E.InvalidArgumentError, "multiple of"
    ),
    "too large a crop": (
        lambda f: tf.random_crop(tf.zeros([4, 4, 3]), [5, 5, 3]),
        E.InvalidArgumentError, "Need value.shape >= size.*random_crop/Assert",
    ),
    "no batch": (
        elements(lambda f: Data.range(3).batch(0)), E.InvalidArgumentError, "greater than zero"
    ),
    "a length that does not fit": (
        elements(lambda f: tf.data.FixedLengthRecordDataset(str(f / "large.jpg"), 1000)),
        E.InvalidArgumentError, r"large.jpg.*not an exact multiple of the record length",
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", CASES)
def test_it_is_refused_and_all_threads_end(title: str, folder: Path) -> None:
    build, kind, text = CASES[title]
    before = set(threading.enumerate())
    with tf.Graph().as_default():
        wanted = build(folder)
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            with pytest.raises(E.OpError) as caught:
                _run_often(session, wanted)
            error = caught.value
            if isinstance(error, E.OutOfRangeError) and threads:
                with pytest.raises(E.OpError) as caught:
                    coordinator.join(threads)
                error = caught.value
            coordinator.request_stop()
            for thread in threads:
                thread.join(10)
    assert type(error) is kind
    _assert_in_one_line(text, str(error))
    assert {each for each in threading.enumerate() if each.name.startswith("QueueRunner")} <= before


def _run_often(session: tf.Session, wanted: Any) -> None:
    for _ in range(50):
        session.run(wanted)


def _assert_in_one_line(text: str, message: str) -> None:
    assert re.search(text, message.replace("\n", " ")), message
