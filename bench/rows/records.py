"""Rows: Examples in record files: written, read one by one, read and parsed in batches."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

COUNT, WIDTH, BATCH = 20_000, 32, 1000


def _examples(tf: Any) -> list[bytes]:
    """32 floats, a number and a string each."""
    values = np.random.RandomState(0).rand(100, WIDTH).astype(np.float32)
    found = []
    for number in range(COUNT):
        example = tf.train.Example()
        feature = example.features.feature
        feature["x"].float_list.value.extend(values[number % 100])
        feature["label"].int64_list.value.append(number)
        feature["name"].bytes_list.value.append(b"example %d" % number)
        found.append(example.SerializeToString(deterministic=True))
    return found


def _write(tf: Any, path: str, records: list[bytes]) -> None:
    with tf.python_io.TFRecordWriter(path) as writer:
        for record in records:
            writer.write(record)


def _path() -> str:
    return str(Path(tempfile.mkdtemp(prefix="jitgraph-bench-")) / "records")


def _wanted(tf: Any) -> dict[str, Any]:
    return {
        "x": tf.FixedLenFeature([WIDTH], tf.float32),
        "label": tf.FixedLenFeature([], tf.int64),
        "name": tf.FixedLenFeature([], tf.string),
    }


def write(tf: Any) -> Work:
    """All of them by a TFRecordWriter."""
    path, records = _path(), _examples(tf)

    def result() -> list[Any]:
        _write(tf, path, records)
        return [np.frombuffer(Path(path).read_bytes()[:100_000], np.uint8)]

    return Work(lambda: _write(tf, path, records), result)


def iterate(tf: Any) -> Work:
    """All of them by tf_record_iterator."""
    path = _path()
    _write(tf, path, _examples(tf))

    def run() -> list[int]:
        return [len(record) for record in tf.python_io.tf_record_iterator(path)]

    return Work(run, lambda: [run()])


def _parse(size: int) -> Callable[[Any], Work]:
    def parse(tf: Any) -> Work:
        """parse_example of a batch that is fed."""
        batch = np.array(_examples(tf)[:size], object)
        records = tf.placeholder(tf.string, [None])
        parsed = tf.parse_example(records, _wanted(tf))
        session = tf.Session()

        def run() -> Any:
            return session.run(parsed, feed_dict={records: batch})

        def result() -> list[Any]:
            found = run()
            return [found["x"], found["label"]]

        return Work(run, result)

    return parse


def read_in_batches(tf: Any) -> Work:
    """A batch from a TFRecordReader, parsed."""
    path = _path()
    _write(tf, path, _examples(tf))
    names = tf.train.string_input_producer([path], shuffle=False)
    _, records = tf.TFRecordReader().read_up_to(names, BATCH)
    parsed = tf.parse_example(records, _wanted(tf))
    session = tf.Session()
    session.run(tf.local_variables_initializer())
    tf.train.start_queue_runners(session, tf.train.Coordinator())

    def run() -> Any:
        return session.run(parsed)

    def result() -> list[Any]:
        found = run()
        return [found["x"], found["label"]]

    return Work(run, result)


def _row(name: str, title: str, side: Callable[[Any], Work]) -> Row:
    sides = {"jitgraph": side, "tensorflow": side}
    return Row(name, title, sides, (times_faster("tensorflow", 1),))


ROWS = (
    _row("records_written", "20,000 Examples written by a TFRecordWriter", write),
    _row("records_iterated", "20,000 Examples read by tf_record_iterator", iterate),
    _row(
        "records_parsed_32", "parse_example of 32 Examples: 32 floats, number, string", _parse(32)
    ),
    _row(
        "records_parsed",
        "parse_example of 1,000 Examples: 32 floats, number, string",
        _parse(BATCH),
    ),
    _row("records_in_batches", "1,000 Examples from a TFRecordReader, parsed", read_in_batches),
)
