"""Producers, batches, readers and their threads, from the first element to the last."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

import jitgraph as tf


def _all_of(*tensors) -> list:
    """What runs give until the end, with all threads joined."""
    found = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coord)
        try:
            while not coord.should_stop():
                found.append(session.run(list(tensors)))
        except tf.errors.OutOfRangeError:
            coord.request_stop()
        coord.join(threads)
        assert not any(thread.is_alive() for thread in threads)
    return found


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as found:
        yield found


@pytest.mark.parametrize("threads", [1, 3])
def test_batches_of_slices(threads) -> None:
    x = np.arange(20, dtype=np.float32)
    a, b = tf.train.slice_input_producer([x, 2 * x], num_epochs=2, shuffle=False)
    batches = tf.train.batch(
        [a, b + 1], 6, num_threads=threads, capacity=4, allow_smaller_final_batch=True
    )
    found = _all_of(*batches)
    assert [len(part) for part, _ in found] == [6, 6, 6, 6, 6, 6, 4]
    firsts = np.concatenate([part for part, _ in found])
    seconds = np.concatenate([part for _, part in found])
    assert sorted(firsts.tolist()) == sorted([*x, *x])
    assert (seconds == 2 * firsts + 1).all()


def test_shuffled_batches() -> None:
    x = np.arange(30)
    (row,) = tf.train.slice_input_producer([x], num_epochs=1, seed=1)
    batch = tf.train.shuffle_batch([row], 5, capacity=20, min_after_dequeue=6, seed=2)
    found = np.concatenate([part for (part,) in _all_of(batch)])
    assert sorted(found.tolist()) == x.tolist()
    assert found.tolist() != x.tolist()


def test_joined_batches_and_those_of_what_is_kept() -> None:
    sets = [[tf.train.range_input_producer(6, 1, shuffle=False).dequeue()] for _ in range(2)]
    joined = tf.train.batch_join([[one[0] * 10] for one in sets], 4)
    kept = tf.train.maybe_batch([joined], joined % 20 > 0, 2, enqueue_many=True)
    found = np.concatenate([part for (part,) in _all_of(kept)])
    assert sorted(found.tolist()) == [10, 10, 30, 30, 50, 50]


def test_dictionaries() -> None:
    row = tf.train.range_input_producer(4, 1, shuffle=False).dequeue()
    found = tf.train.batch({"a": row, "b": -row}, 4)
    ((a, b),) = _all_of(found["a"], found["b"])
    assert (a.tolist(), b.tolist()) == ([0, 1, 2, 3], [0, -1, -2, -3])


def test_lines_of_files(tmp_path) -> None:
    (tmp_path / "a.txt").write_bytes(b"head\none\r\ntwo")
    (tmp_path / "b.txt").write_bytes(b"head\n\nthree\n")
    names = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    files = tf.train.string_input_producer(names, num_epochs=1, shuffle=False)
    reader = tf.TextLineReader(skip_header_lines=1)
    found = _all_of(*reader.read(files))
    assert [line for _, line in found] == [b"one", b"two", b"", b"three"]
    assert [key.rpartition(b":")[2] for key, _ in found] == [b"2", b"3", b"2", b"3"]


def test_several_records_at_once(tmp_path) -> None:
    path = tmp_path / "numbers"
    path.write_bytes(b"##" + bytes(range(10)) + b"!")
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for name, encoding in ((path, None), (packed, "GZIP")):
        with tf.Graph().as_default():
            files = tf.train.string_input_producer([str(name)], num_epochs=1)
            reader = tf.FixedLengthRecordReader(4, 2, 1, hop_bytes=3, encoding=encoding)
            ((_, values),) = _all_of(*reader.read_up_to(files, 10))
        assert values.tolist() == [bytes(range(n, n + 4)) for n in (0, 3, 6)]


def test_whole_files_and_names(tmp_path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\x00\xff")
    files = tf.train.string_input_producer([str(path)], num_epochs=1)
    assert _all_of(*tf.WholeFileReader().read(files)) == [[str(path).encode(), b"\x00\xff"]]
    with tf.Graph().as_default():
        files = tf.train.string_input_producer(["x", "y"], num_epochs=1, shuffle=False)
        reader = tf.IdentityReader()
        assert _all_of(reader.read(files)[1]) == [[b"x"], [b"y"]]


def test_a_missing_file_is_named(tmp_path) -> None:
    files = tf.train.string_input_producer([str(tmp_path / "nowhere")])
    key, _ = tf.WholeFileReader().read(files)
    with pytest.raises(tf.errors.NotFoundError, match="nowhere; No such file") as caught:
        _all_of(key)
    assert "ReaderReadV2 (defined at test_pipelines.py" in str(caught.value)


def test_what_a_thread_raises_ends_the_others() -> None:
    row = tf.train.range_input_producer(10, shuffle=False).dequeue()
    checked = tf.check_numerics(1.0 / tf.cast(row - 3, tf.float32), "not finite")
    batch = tf.train.batch([checked], 2)
    with tf.Session() as session:
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coord)
        session.run(batch)
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(batch)
        with pytest.raises(tf.errors.InvalidArgumentError, match="not finite"):
            coord.join(threads)


def test_queue_runners_go_with_the_meta_graph(tmp_path) -> None:
    row = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue(name="row")
    tf.identity(row, name="copy")
    found = tf.train.export_meta_graph()
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(found)
        assert [each[0] for each in _all_of(graph.get_tensor_by_name("copy:0"))] == [0, 1, 2]


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="requires a non-null input tensor"):
        tf.train.string_input_producer([])
    with pytest.raises(ValueError, match="num_epochs must be > 0"):
        tf.train.range_input_producer(3, num_epochs=0)
    with pytest.raises(ValueError, match="capacity 5 must be bigger than min_after_dequeue 5"):
        tf.train.shuffle_batch([tf.constant(1)], 2, 5, 5)
    with pytest.raises(ValueError, match="Cannot infer Tensor's rank"):
        tf.train.batch([tf.placeholder(tf.float32)], 2)
    with pytest.raises(ValueError, match="No default session"):
        tf.train.start_queue_runners()
    with pytest.raises(ValueError, match="Must provide queue"):
        tf.train.QueueRunner()
