"""A frame runs on just the arrays it was bound for, natively and in Python alike."""

import gc
import os
import sys
import threading

import numpy as np
import pytest
from word_kernels import DOUBLE, FAIL, address, words

from jitgraph.runtime.frame import FeedSlot, Frame, KernelFailure, OutputSlot
from jitgraph.runtime.platform import objects_are_as_expected
from jitgraph.runtime.python_entry import slow_entry

INT64 = np.dtype(np.int64)


@pytest.fixture(params=["native", "python"])
def run_of(request):
    """What calls a frame: the native entry, or its meaning in Python."""
    if request.param == "python":
        return lambda frame: slow_entry(frame.words, *frame.words.keepalive[-2:])
    if not objects_are_as_expected():
        pytest.skip("native code can't read this interpreter's objects")
    return lambda frame: frame.run


def doubling(shape=(4,), outputs=1, **options):
    """A frame that doubles its feed, once for each output."""
    count = int(np.prod(shape))
    args = [words(0, 0, 0, 0) for _ in range(outputs)]
    rows = [(address(DOUBLE), a.ctypes.data, count, 0) for a in args]
    feed = FeedSlot(INT64, shape, tuple((a.ctypes.data + 16, 0) for a in args))
    slots = [OutputSlot(INT64, shape, ((a.ctypes.data + 24, 0),)) for a in args]
    return Frame(np.array(rows, np.int64).reshape(-1, 4), [feed], slots, args, **options)


def test_one_output_alone(run_of):
    run = run_of(doubling(scalar_result=True))
    result = run(np.arange(4))
    assert type(result) is np.ndarray
    assert result.dtype == INT64
    assert result.tolist() == [0, 2, 4, 6]


def test_several_outputs(run_of):
    first, second = run_of(doubling((2, 3), outputs=2))(np.arange(6).reshape(2, 3))
    assert first.tolist() == second.tolist() == [[0, 2, 4], [6, 8, 10]]
    assert not np.shares_memory(first, second)


def test_no_output(run_of):
    assert run_of(doubling(outputs=0))(np.arange(4)) is None


def test_a_list_of_one(run_of):
    (result,) = run_of(doubling())(np.arange(4))
    assert result.tolist() == [0, 2, 4, 6]


def test_outputs_are_fresh(run_of):
    run = run_of(doubling(scalar_result=True))
    first = run(np.arange(4))
    run(np.ones(4, np.int64))
    assert first.tolist() == [0, 2, 4, 6]


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 2)])
def test_nothing_in_nothing_out(run_of, shape):
    assert run_of(doubling(shape, scalar_result=True))(np.zeros(shape, np.int64)).shape == shape


@pytest.mark.parametrize("value", [np.array(21), 21])
def test_rank_zero_gives_a_numpy_scalar(run_of, value):
    frame = doubling((), scalar_result=True)
    result = run_of(frame)(value)
    assert type(result) is np.int64
    assert result == 42


@pytest.mark.parametrize("release_gil", [True, False])
def test_with_and_without_the_interpreter_lock(run_of, release_gil):
    run = run_of(doubling(scalar_result=True, release_gil=release_gil))
    assert run(np.arange(4)).tolist() == [0, 2, 4, 6]


def read_only():
    array = np.arange(4)
    array.flags.writeable = False
    return array


def test_a_read_only_feed_is_read_in_place(run_of):
    assert run_of(doubling(scalar_result=True))(read_only()).tolist() == [0, 2, 4, 6]


class Subclass(np.ndarray):
    pass


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (np.arange(4), np.arange(4)),
        (np.arange(5),),
        (np.arange(4).reshape(2, 2),),
        (np.arange(8)[::2],),
        (np.arange(4, dtype=np.int32),),
        (np.arange(4, dtype=np.float64),),
        (np.arange(4).astype(">i8"),),
        (np.frombuffer(bytes(33), np.uint8)[1:].view(np.int64),),
        (np.arange(4).view(Subclass),),
        ([0, 1, 2, 3],),
        (3,),
        (None,),
        (np.int64(3),),
    ],
)
def test_anything_else_is_not_implemented(run_of, arguments):
    frame = doubling()
    run = run_of(frame)
    assert run(*arguments) is NotImplemented
    assert run(np.arange(4))[0].tolist() == [0, 2, 4, 6]


def number_frame(dtype):
    """A frame that gives the bits of a scalar feed, doubled as a word."""
    args = words(0, 0, 0, 0)
    row = [[address(DOUBLE), args.ctypes.data, 1, 0]]
    at = args.ctypes.data
    feed = FeedSlot(np.dtype(dtype), (), ((at + 16, 0),))
    return Frame(np.array(row), [feed], [OutputSlot(INT64, (), ((at + 24, 0),))], [args])


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (np.float64, 1.5),
        (np.float64, -3),
        (np.float64, float("inf")),
        (np.int64, -(2**63)),
        (np.int64, 2**62),
    ],
)
def test_python_numbers_are_taken(run_of, dtype, value):
    (result,) = run_of(number_frame(dtype))(value)
    bits = np.array(value, dtype).view(np.int64)
    with np.errstate(over="ignore"):
        assert result == bits * np.int64(2)


@pytest.mark.parametrize(
    ("dtype", "value", "bits"),
    [
        (np.float32, 1.5, 0x3FC00000),
        (np.float32, 1e300, 0x7F800000),
        (np.float32, 3, 0x40400000),
        (np.int32, 2**31 - 1, 2**31 - 1),
        (np.int32, -1, 0xFFFFFFFF),
    ],
)
def test_python_numbers_become_narrow(dtype, value, bits):
    frame = number_frame(dtype)
    (result,) = frame.run(value)
    assert (int(result) >> 1) & 0xFFFFFFFF == bits & 0xFFFFFFFF or int(result) == 2 * value


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (np.int32, 2**31),
        (np.int32, -(2**31) - 1),
        (np.int64, 2**63),
        (np.int64, 1.0),
        (np.float64, 2**70),
        (np.float64, True),
        (np.float32, 1j),
        (np.uint8, 1),
        (np.bool_, True),
    ],
)
def test_other_numbers_are_not(run_of, dtype, value):
    assert run_of(number_frame(dtype))(value) is NotImplemented


def test_a_changed_epoch_stops_the_frame(run_of):
    epoch = np.array([7])
    run = run_of(doubling(epoch=epoch))
    assert run(np.arange(4)) is not NotImplemented
    epoch[0] = 8
    assert run(np.arange(4)) is NotImplemented
    epoch[0] = 7
    assert run(np.arange(4)) is not NotImplemented


def test_a_failing_kernel_raises_and_leaves_the_frame_usable(run_of):
    fail, double = words(0, 9 << 8), words(0, 0, 0, 0)
    feed = np.arange(4)
    table = np.array(
        [
            [address(FAIL), fail.ctypes.data, 1, 0],
            [address(DOUBLE), double.ctypes.data, 4, 0],
        ]
    )
    outputs = [OutputSlot(INT64, (4,), ((double.ctypes.data + 24, 0),))]
    feeds = [FeedSlot(INT64, (4,), ((double.ctypes.data + 16, 0),))]
    run = run_of(Frame(table, feeds, outputs, [fail, double]))
    for _ in range(3):
        with pytest.raises(KernelFailure) as caught:
            run(feed)
        assert caught.value.status == 9 << 8 | 2


def test_an_output_too_large_is_a_memory_error(run_of):
    args = words(0, 0, 0, 0)
    outputs = [OutputSlot(INT64, (2**57,), ((args.ctypes.data + 24, 0),))]
    run = run_of(Frame(np.zeros((0, 4), np.int64), [], outputs, [args]))
    for _ in range(2):
        with pytest.raises(MemoryError):
            run()


def test_several_results_are_not_one():
    with pytest.raises(ValueError, match="one output, got 2"):
        doubling(outputs=2, scalar_result=True)


@pytest.mark.parametrize("parallel", [True, False])
def test_threads_share_a_frame(parallel):
    frame = doubling((20_000,), scalar_result=True, parallel=parallel, release_gil=True)
    frame.words.keepalive[0][:, 3] = 1000 if parallel else 0
    wrong, done = [], []

    def work(seed):
        feed = np.full(20_000, seed)
        for _ in range(200):
            result = frame.run(feed)
            if result is not NotImplemented:
                done.append(seed)
                wrong.extend([seed] if (result != 2 * seed).any() else [])

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done
    assert not wrong


def test_run_outlives_its_frame(run_of):
    run = run_of(doubling(scalar_result=True))
    gc.collect()
    assert run(np.arange(4)).tolist() == [0, 2, 4, 6]


def test_no_reference_is_lost():
    frame = doubling(outputs=2)
    feed = np.arange(4)
    watched = (INT64, feed, NotImplemented, None, frame.words)
    frame.run(feed)

    def counts():
        return [sys.getrefcount(item) for item in watched]

    before = counts()
    for _ in range(1000):
        frame.run(feed)
        frame.run(None)
        frame.run()
    assert all(abs(a - b) < 50 for a, b in zip(before, counts(), strict=True))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_can_run_a_frame_that_was_running():
    from jitgraph.runtime.native import layout
    from jitgraph.runtime.pool import default_pool

    frame = doubling(scalar_result=True)
    assert frame.run(np.arange(4)) is not NotImplemented
    frame.words[layout.FRAME_BUSY // 8] = default_pool()._get(layout.POOL_PROCESS)
    assert frame.run(np.arange(4)) is NotImplemented
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if frame.run(np.arange(4)).tolist() == [0, 2, 4, 6] else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
