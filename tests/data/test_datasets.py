"""Datasets in sessions: threads that end, files, bad input, what functions capture."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf

Dataset = tf.data.Dataset


@pytest.fixture(autouse=True)
def graph() -> Iterator[Any]:
    with tf.Graph().as_default() as found:
        yield found


def _all_of(data: Any, most: int = 1000) -> list[Any]:
    element = data.make_one_shot_iterator().get_next()
    found = []
    with tf.Session() as session:
        try:
            for _ in range(most):
                found.append(session.run(element))  # noqa: PERF401 (it ends by an error)
        except tf.errors.OutOfRangeError:
            pass
    return found


def _working() -> list[str]:
    """Names of the threads that make elements."""
    ours = ("jitgraph-prefetch", "jitgraph-map")
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(ours)]


@pytest.mark.parametrize("ends", ["closed", "begun anew", "at the end"])
def test_no_thread_is_left(ends: str) -> None:
    data = Dataset.range(10 if ends == "at the end" else 10**9).prefetch(2).map(lambda x: x + 1)
    iterator = data.prefetch(3).make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        session.run(iterator.initializer)
        assert [session.run(element) for _ in range(10)] == list(range(1, 11))
        if ends == "begun anew":
            session.run(iterator.initializer)
            assert session.run(element) == 1
        if ends == "at the end":
            with pytest.raises(tf.errors.OutOfRangeError, match="End of sequence"):
                session.run(element)
    assert not _working()


def test_threads_end_with_a_session_that_is_only_dropped() -> None:
    iterator = Dataset.range(10**9).prefetch(2).make_initializable_iterator()
    element = iterator.get_next()
    session = tf.Session()
    session.run(iterator.initializer)
    session.run(element)
    kept = session._engine.held(iterator._iterator_resource.op)
    threads = [each for each in threading.enumerate() if each.name == "jitgraph-prefetch"]
    kept._ending()
    for thread in threads:
        thread.join(5)
    assert not _working()


def test_long_calls_are_made_by_threads_in_their_order() -> None:
    met = threading.Barrier(2)

    def slow(x: Any) -> Any:
        if x > 3:
            met.wait(10)
        else:
            threading.Event().wait(0.001)
        return x

    data = Dataset.range(12).map(lambda x: tf.py_func(slow, [x], tf.int64), num_parallel_calls=2)
    assert _all_of(data) == list(range(12))
    assert not _working()


def test_training_from_batches_that_threads_make() -> None:
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(64, 3)).astype(np.float32)
    pairs = (inputs, inputs @ np.float32([1, -2, 3]))
    data = Dataset.from_tensor_slices(pairs).shuffle(64, seed=1).repeat().batch(16).prefetch(2)
    x, y = data.make_one_shot_iterator().get_next()
    w = tf.Variable(tf.zeros([3, 1]))
    loss = tf.reduce_mean(tf.square(tf.squeeze(tf.matmul(x, w), 1) - y))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(200):
            session.run(train)
        np.testing.assert_allclose(session.run(w).ravel(), [1, -2, 3], atol=1e-3)
    assert not _working()


def test_what_runs_return_is_nobody_elses() -> None:
    element = Dataset.from_tensors(np.zeros(3)).repeat().make_one_shot_iterator().get_next()
    with tf.Session() as session:
        first = session.run(element)
        first += 1
        assert not session.run(element).any()


def test_functions_capture_tables_variables_and_placeholders() -> None:
    table = tf.contrib.lookup.index_table_from_tensor(["a", "b"], default_value=9)
    factor, offset = tf.Variable(3, dtype=tf.int64), tf.placeholder(tf.int64, [])
    data = Dataset.from_tensor_slices(["b", "c", "a"])
    data = data.map(lambda word: table.lookup(word) * factor + offset)
    with pytest.warns(UserWarning, match="not compatible with tf.Variable"):
        iterator = data.make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        session.run([tf.tables_initializer(), factor.initializer])
        session.run(iterator.initializer, {offset: 100})
        assert [session.run(element) for _ in range(3)] == [103, 127, 100]


def test_functions_in_functions_capture() -> None:
    one = tf.constant(1, tf.int64)
    data = Dataset.range(1, 4).flat_map(
        lambda n: Dataset.range(n).map(lambda x: tf.cond(x > one, lambda: x * n, lambda: -x - one))
    )
    assert _all_of(data) == [-1, -1, -2, -1, -2, 6]


# -- files -----------------------------------------------------------------------------------------


def test_lines_and_pieces_of_files(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.txt", tmp_path / "b.gz"
    plain.write_bytes(b"one\ntwo\r\n\nfour")
    packed.write_bytes(gzip.compress(b"headAABBCC!"))
    assert _all_of(tf.data.TextLineDataset(str(plain))) == [b"one", b"two", b"", b"four"]
    pieces = tf.data.FixedLengthRecordDataset(str(packed), 2, 4, 1, compression_type="GZIP")
    assert _all_of(pieces) == [b"AA", b"BB", b"CC"]
    odd = tf.data.FixedLengthRecordDataset(str(plain), 4)
    with pytest.raises(tf.errors.InvalidArgumentError, match="not an exact multiple"):
        _all_of(odd)
    names = [str(plain)] * 3
    both = tf.data.TextLineDataset(names, num_parallel_reads=2).take(4)
    assert _all_of(both) == [b"one", b"one", b"two", b"two"]
    assert _all_of(Dataset.list_files(str(tmp_path / "*.txt"))) == [str(plain).encode()]


def test_a_damaged_record_is_named_and_those_before_it_come(tmp_path: Path) -> None:
    path = str(tmp_path / "a.tfrecords")
    with tf.python_io.TFRecordWriter(path) as writer:
        for text in (b"first", b"second", b"third"):
            writer.write(text)
    content = bytearray(Path(path).read_bytes())
    content[16 + 5 + 12 + 2] ^= 255
    Path(path).write_bytes(content)
    element = tf.data.TFRecordDataset(path).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(element) == b"first"
        with pytest.raises(
            tf.errors.DataLossError, match=r"corrupted record at 33[^$]*IteratorGetNext"
        ):
            session.run(element)


def test_elements_are_kept_in_a_file(tmp_path: Path) -> None:
    calls: list[int] = []

    def counted(x: Any) -> Any:
        calls.append(int(x))
        return x

    def made() -> Any:
        data = Dataset.range(3).map(lambda x: tf.py_func(counted, [x], tf.int64))
        data = data.map(lambda x: (tf.fill([x], 0.5), tf.fill([2], tf.as_string(x))))
        return data.cache(str(tmp_path / "kept")).repeat(2)

    for _ in range(2):
        found = _all_of(made())
        assert [len(numbers) for numbers, _ in found] == [0, 1, 2, 0, 1, 2]
        assert [texts.tolist() for _, texts in found][3:] == [[b"%d" % n] * 2 for n in range(3)]
    assert calls == [0, 1, 2]


def test_elements_are_kept_in_memory() -> None:
    calls: list[int] = []
    data = Dataset.range(3).map(lambda x: tf.py_func(lambda y: calls.append(1) or y, [x], tf.int64))
    assert _all_of(data.cache().repeat(3)) == [0, 1, 2] * 3
    assert len(calls) == 3


# -- messages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elements", "what"),
    [
        ([np.zeros(2), np.zeros(3)], r"element of shape \(3,\) where .* \(2,\) was expected"),
        (["word"], "could not be converted to the expected type"),
        ([3.0], r"element of shape \(\) where"),
    ],
)
def test_what_a_generator_yields_is_checked(elements: Any, what: str) -> None:
    data = Dataset.from_generator(lambda: iter(elements), tf.float32, [2])
    with pytest.raises(tf.errors.InvalidArgumentError, match=what) as caught:
        _all_of(data)
    assert "IteratorGetNext" in str(caught.value)


def test_a_generator_that_raises_says_so() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise RuntimeError("no more disks")

    element = Dataset.from_generator(broken, tf.int64, []).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(element) == 1
        with pytest.raises(tf.errors.UnknownError, match="RuntimeError: no more disks"):
            session.run(element)


def test_an_iterator_without_a_dataset() -> None:
    iterator = tf.data.Iterator.from_structure(tf.float32, [])
    with (
        tf.Session() as session,
        pytest.raises(tf.errors.FailedPreconditionError, match="has not been initialized"),
    ):
        session.run(iterator.get_next())
    with pytest.raises(ValueError, match="does not have an initializer"):
        print(iterator.initializer)


def test_a_handle_that_no_iterator_has() -> None:
    iterator = tf.data.Iterator.from_string_handle(tf.constant("x"), tf.float32, [])
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="handle"):
        session.run(iterator.get_next())
    other = Dataset.range(3).make_one_shot_iterator()
    wrong = tf.data.Iterator.from_string_handle(other.string_handle(), tf.float32, [])
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="types"):
        session.run(wrong.get_next())


def test_elements_of_different_shapes_make_no_batch() -> None:
    data = Dataset.range(1, 3).map(lambda n: tf.zeros([n])).batch(2)
    text = r"First element had shape \[1\] and element 1 had shape \[2\]"
    with pytest.raises(tf.errors.InvalidArgumentError, match=text):
        _all_of(data)


def test_named_tuples_and_dicts_keep_their_form() -> None:
    import collections

    point = collections.namedtuple("point", ["x", "y"])
    data = Dataset.from_tensor_slices({"p": point([1, 2], [3, 4]), "a": ["u", "v"]})
    assert data.output_types == {"p": point(tf.int32, tf.int32), "a": tf.string}
    found = _all_of(data.map(lambda row: {"sum": row["p"].x + row["p"].y, "a": row["a"]}))
    assert found == [{"sum": 4, "a": b"u"}, {"sum": 6, "a": b"v"}]
