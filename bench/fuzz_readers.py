"""What reads data from outside, with data that it reads: the subjects of bench.input_fuzz."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import jitgraph as tf
from jitgraph.checkpoint.checksum import checksum_function, masked

Prepared = tuple[list[bytes], Callable[[bytes], object]]
"""Samples that are read without an error, and the function that reads."""


@dataclass(frozen=True)
class Reader:
    """A reader: its name, what makes it ready in a folder, the errors that it may raise."""

    name: str
    prepared: Callable[[Path], AbstractContextManager[Prepared]]
    errors: tuple[type[Exception], ...] = (tf.errors.OpError,)


def _example() -> bytes:
    found = tf.train.Example()
    feature = found.features.feature
    feature["x"].float_list.value.extend([1.5, -2.0])
    feature["n"].int64_list.value.extend([1, -7, 1 << 40])
    feature["s"].bytes_list.value.extend([b"one", b"\xff\x00"])
    return bytes(found.SerializeToString())


def _sequence_example() -> bytes:
    found = tf.train.SequenceExample()
    found.context.feature["n"].int64_list.value.append(-7)
    lists = found.feature_lists.feature_list
    for number in range(3):
        lists["words"].feature.add().bytes_list.value.append(b"a" * number)
        lists["ragged"].feature.add().int64_list.value.extend(range(number))
        lists["pairs"].feature.add().float_list.value.extend([number, 0.5])
    return bytes(found.SerializeToString())


def _parse_example(text: tf.Tensor) -> Any:
    wanted = {
        "x": tf.FixedLenFeature([2], tf.float32),
        "n": tf.VarLenFeature(tf.int64),
        "s": tf.VarLenFeature(tf.string),
        "l": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
    }
    return tf.parse_example(tf.stack([text, text]), wanted)


def _parse_single(text: tf.Tensor) -> Any:
    wanted = {"x": tf.FixedLenFeature([2], tf.float32), "s": tf.VarLenFeature(tf.string)}
    return tf.parse_single_example(text, wanted)


def _parse_sequence(text: tf.Tensor) -> Any:
    listed = {
        "words": tf.FixedLenSequenceFeature([], tf.string),
        "ragged": tf.VarLenFeature(tf.int64),
        "pairs": tf.FixedLenSequenceFeature([2], tf.float32),
    }
    context = {"n": tf.FixedLenFeature([], tf.int64)}
    return tf.parse_single_sequence_example(text, context, listed)


def _pixels() -> np.ndarray:
    return (np.arange(24 * 20 * 3) % 251).reshape(24, 20, 3).astype(np.uint8)


def _pictures() -> list[bytes]:
    """The same picture as JPEG, PNG, GIF and BMP."""
    from io import BytesIO

    from PIL import Image

    picture, found = Image.fromarray(_pixels()), []
    for kind in ("JPEG", "PNG", "GIF", "BMP"):
        picture.save(file := BytesIO(), kind)
        found.append(file.getvalue())
    picture.save(file := BytesIO(), "JPEG", progressive=True)
    picture.convert("L").save(gray := BytesIO(), "PNG")
    return [*found, file.getvalue(), gray.getvalue()]


def _jpegs() -> list[bytes]:
    return [each for each in _pictures() if each.startswith(b"\xff\xd8")]


def _pngs() -> list[bytes]:
    return [each for each in _pictures() if each.startswith(b"\x89PNG")]


def _op(name: str, build: Callable[[tf.Tensor], Any], samples: Callable[[], list[bytes]]) -> Reader:
    """A reader that is an op: it is given a string."""

    @contextmanager
    def prepared(folder: Path) -> Iterator[Prepared]:
        with tf.Graph().as_default(), tf.Session() as session:
            text = tf.placeholder(tf.string, [])
            call = session.make_callable(build(text), [text])
            yield samples(), lambda content: call(np.array(content, object))

    return Reader(name, prepared)


def _record_files(folder: Path, compression: str) -> bytes:
    path = folder / "records"
    with tf.python_io.TFRecordWriter(str(path), compression) as writer:
        for number in (0, 5, 300, 1):
            writer.write(bytes(number))
    return path.read_bytes()


def _records(compression: str) -> Reader:
    @contextmanager
    def prepared(folder: Path) -> Iterator[Prepared]:
        path = folder / "records"

        def read(content: bytes) -> object:
            path.write_bytes(content)
            return list(tf.python_io.tf_record_iterator(str(path), compression))

        yield [_record_files(folder, compression)], read

    return Reader(f"records {compression}".strip(), prepared)


@contextmanager
def _lengths(folder: Path) -> Iterator[Prepared]:
    """Records whose lengths say anything, with checksums that are right for them."""
    path = folder / "records"

    def read(content: bytes) -> object:
        head = content[:8].ljust(8, b"\0")
        path.write_bytes(head + masked_crc32c(head) + content[8:])
        with gzip.open(f"{path}.gz", "wb") as file:
            file.write(path.read_bytes())
        errors = []
        for name, compression in ((str(path), ""), (f"{path}.gz", "GZIP")):
            try:
                list(tf.python_io.tf_record_iterator(name, compression))
            except tf.errors.DataLossError as error:
                errors.append(error)
        if errors:
            raise errors[-1]
        return None

    record = b"0123456789"
    yield [len(record).to_bytes(8, "little") + record + masked_crc32c(record)], read


def masked_crc32c(content: bytes) -> bytes:
    return masked(checksum_function()(content)).to_bytes(4, "little")


@contextmanager
def _checkpoint(folder: Path) -> Iterator[Prepared]:
    """The index of a checkpoint; its tensors are read too."""
    with tf.Graph().as_default(), tf.Session() as session:
        for name in ("layer/bias", "layer/kernel", "step"):
            tf.get_variable(name, initializer=np.arange(6, dtype=np.float32).reshape(2, 3))
        tf.get_variable("words", initializer=np.array(["one", "two"]))
        session.run(tf.global_variables_initializer())
        prefix = tf.train.Saver().save(session, str(folder / "model"), write_meta_graph=False)
    path = Path(f"{prefix}.index")

    def read(content: bytes) -> object:
        path.write_bytes(content)
        reader = tf.train.load_checkpoint(prefix)
        return [reader.get_tensor(name) for name in reader.get_variable_to_shape_map()]

    yield [path.read_bytes()], read


def _some_graph() -> Any:
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.layers.dense(tf.reshape(x, [-1, 3]), 2, tf.nn.relu)
        tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])
        tf.concat([y, y], 1)[:, 1:]
    return graph.as_graph_def()


def _imported(graph_def: Any) -> object:
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
    return graph


@contextmanager
def _graph_def(folder: Path) -> Iterator[Prepared]:
    yield (
        [_some_graph().SerializeToString()],
        lambda content: _imported(tf.GraphDef.FromString(content)),
    )


@contextmanager
def _nodes(folder: Path) -> Iterator[Prepared]:
    """A graph whose nodes have what other nodes should have: what, the bytes say."""
    whole, unchanged = _some_graph(), b"nothing is changed"

    def read(content: bytes) -> object:
        rng, graph_def = random.Random(content), tf.GraphDef()
        graph_def.CopyFrom(whole)
        for _ in range(rng.choice((1, 1, 2, 3)) if content != unchanged else 0):
            _exchange(rng.choice(graph_def.node), rng.choice(graph_def.node), rng)
        return _imported(graph_def)

    yield [unchanged], read


def _exchange(node: Any, other: Any, rng: random.Random) -> None:
    """A node gets something of another node."""
    what = rng.choice(("op", "name", "input", "no input", "attr", "attr", "attr", "no attr"))
    if what in ("op", "name"):
        setattr(node, what, getattr(other, what))
    elif what == "input":
        node.input.insert(rng.randrange(len(node.input) + 1), other.name)
    elif what == "no input" and node.input:
        del node.input[rng.randrange(len(node.input))]
    elif what == "attr" and node.attr and other.attr:
        node.attr[rng.choice(sorted(node.attr))].CopyFrom(
            other.attr[rng.choice(sorted(other.attr))]
        )
    elif what == "no attr" and node.attr:
        del node.attr[rng.choice(sorted(node.attr))]


def _decode_errors() -> tuple[type[Exception], ...]:
    from google.protobuf.message import DecodeError

    return tf.errors.OpError, ValueError, TypeError, DecodeError


def _decode_csv(text: tf.Tensor) -> Any:
    return tf.decode_csv(text, [[1], [0.5], ["s"], [2]], select_cols=[0, 1, 2, 4])


READERS = (
    _op("parse_example", _parse_example, lambda: [_example()]),
    _op("parse_single_example", _parse_single, lambda: [_example()]),
    _op("parse_single_sequence_example", _parse_sequence, lambda: [_sequence_example()]),
    _records(""),
    _records("GZIP"),
    _records("ZLIB"),
    Reader("records' lengths", _lengths),
    _op("decode_csv", _decode_csv, lambda: [b'1,2.5,"a ""b""",x,7', b"3,1e9,c,,-7"]),
    _op("decode_base64", tf.decode_base64, lambda: [b"aGVsbG8td29ybGRf", b"YQ=="]),
    _op("decode_raw", lambda text: tf.decode_raw(text, tf.int16), lambda: [b"01234567"]),
    _op("string_to_number", tf.string_to_number, lambda: [b"-1.5e-3", b"nan", b"0x1f"]),
    _op("decode_image", tf.image.decode_image, _pictures),
    _op("decode_jpeg", lambda text: tf.image.decode_jpeg(text, 3), _jpegs),
    _op("decode_and_crop_jpeg",
        lambda text: tf.image.decode_and_crop_jpeg(text, [2, 3, 8, 9]),
        _jpegs),
    _op("extract_jpeg_shape", tf.image.extract_jpeg_shape, _jpegs),
    _op("decode_png 16", lambda text: tf.image.decode_png(text, dtype=tf.uint16), _pngs),
    Reader("checkpoint", _checkpoint),
    Reader("GraphDef", _graph_def, _decode_errors()),
    Reader("GraphDef's nodes", _nodes, _decode_errors()),
)  # fmt: skip
