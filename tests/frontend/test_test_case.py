"""tf.test: test cases with sessions, assertions telling where arrays differ, gradients checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf


@pytest.fixture
def case() -> Any:
    made = tf.test.TestCase("run")
    made.setUp()
    yield made
    made.tearDown()
    made.doCleanups()


def test_values_of_tensors(case: Any) -> None:
    with case.cached_session() as session:
        case.assertAllEqual(tf.square([2, 3]), [4, 9])
        case.assertAllClose({"a": [1.0], "b": (2.0, [3.0])}, {"a": [1.0], "b": (2.0, [3.0])})
        assert tf.get_default_session() is session
        assert tf.constant(1.0).device == "/device:CPU:0"
    with case.test_session() as again:
        assert again is session
    case.assertAllClose(case.evaluate(tf.constant([1.5])), [1.5])
    with case.session(use_gpu=True) as other:
        assert other is not session
        assert tf.constant(1.0).eval() == 1.0


def test_each_test_has_its_graph(case: Any) -> None:
    assert not tf.get_default_graph().get_operations()
    assert tf.get_default_graph().seed == 87654321
    first = np.random.random()
    case.setUp()
    assert np.random.random() == first


WRONG = {
    "assertAllClose([1.0, 2.0], [1.0, 2.5])": "not close where = (array([1]),)",
    "assertAllClose([1.0], [1.0, 2.5])": "Shape mismatch: expected (1,), got (2,) with contents",
    "assertAllClose({'a': [1.0]}, {'b': [1.0]})": "mismatched keys: a has keys",
    "assertAllClose({'a': [[1.0], [1, 2]]}, {'a': [[1.0], [1, 3]]})": "a[a][1] is different from",
    "assertAllEqual([1, 2], [1, 3])": "not equal lhs = [2]",
    "assertAllEqual([1, 2], [1, 2, 3])": "Shape mismatch: expected (2,), got (3,). Contents: [1 2",
    "assertNotAllClose([1.0], [1.0])": "The two values are close at all elements",
    "assertNotAllEqual([1.0], [1.0])": "The two values are equal at all elements",
    "assertNear(1.0, 2.0, 0.5)": "1.000000 != 2.000000 +/- 0.500000",
    "assertArrayNear([1.0, 1.0], [1.0, 2.0], 0.5)": "1.000000 != 2.000000 +/- 0.500000",
    "assertAllInRange([0.0, 3.0], 0, 2)": "1 of the 2 element(s) are outside the range [0, 2]",
    "assertAllInRange([0.0, float('nan')], 0, 2)": "1 of the 2 element(s) are NaN",
    "assertAllInSet([1, 7], [1, 2])": "1 unique element(s) are not in the set [1, 2]: [7]",
    "assertAllGreater([1, 2], 1)": " not greater than 1",
    "assertStartsWith('abc', 'b')": "'abc' does not start with 'b'",
    "assertAllCloseAccordingToType(np.float16(1), np.float16(1.01))": "Mismatched value",
}


@pytest.mark.parametrize("call", WRONG)
def test_failures_tell_where(case: Any, call: str) -> None:
    with pytest.raises(AssertionError) as caught:
        eval(f"case.{call}", {"case": case, "np": np})
    assert WRONG[call] in str(caught.value)


def test_assertions_that_hold(case: Any) -> None:
    case.assertAllEqual([1.0, np.nan], [1.0, np.nan])
    case.assertAllCloseAccordingToType(np.float16(1), np.float16(1.0005))
    case.assertAllInRange([0, 1, 2], 0, 2)
    case.assertAllInSet([1, 2], {1, 2})
    case.assertNDArrayNear(np.ones(2), np.ones(2) + 1e-4, 1e-3)
    case.assertShapeEqual(np.zeros((2, 3)), tf.zeros([2, 3]))
    case.assertDTypeEqual(np.zeros(2, np.int8), np.int8)
    case.assertItemsEqual([1, 2], [2, 1])
    with pytest.raises(ValueError, match="Can't compare dict to non-dict, a vs b"):
        case.assertAllClose({}, [])
    with pytest.raises(TypeError, match="np_array must be a Numpy ndarray"):
        case.assertShapeEqual([1], tf.zeros([1]))


def test_errors_of_ops(case: Any) -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    with case.cached_session() as session, case.assertRaisesOpError("feed a value for.*'x'"):
        session.run(x)
    named = pytest.raises(AssertionError, match="Exception of type <class 'KeyError'>")
    with named, case.assertRaisesOpError("x"):
        raise KeyError("x")
    any_error = case.assertRaisesWithPredicateMatch(ValueError, lambda error: True)
    with pytest.raises(AssertionError, match="ValueError not raised"), any_error:
        pass


def test_sessions_that_were_asked_for_otherwise(case: Any) -> None:
    with case.cached_session():
        pass
    refused = pytest.raises(ValueError, match="The graph used to get the cached session is diff")
    with refused, case.cached_session(graph=tf.Graph()):
        pass


def test_threads_fail_the_test(case: Any) -> None:
    good = case.checkedThread(lambda: None)
    good.start()
    good.join()
    bad = case.checkedThread(lambda: case.fail("inside"))
    bad.start()
    with pytest.raises(AssertionError, match="Error in checkedThread: inside"):
        bad.join()


def test_folders(case: Any) -> None:
    folder = Path(case.get_temp_dir())
    assert folder.is_dir()
    assert case.get_temp_dir() == str(folder)
    assert str(folder).startswith(tf.test.get_temp_dir())


def test_gradients(case: Any) -> None:
    with case.cached_session():
        x = tf.constant([1.0, 2.0, 3.0], name="x")
        y = tf.square(x) * tf.constant([[1.0], [2.0]])
        start = np.array([0.5, -1.0, 2.0], np.float32)
        by_graph, by_steps = tf.test.compute_gradient(x, [3], y, [2, 3], x_init_value=start)
        assert by_graph.shape == by_steps.shape == (3, 6)
        case.assertAllClose(by_graph, by_steps, rtol=1e-2, atol=1e-2)
        case.assertAllClose(by_graph[0], [1, 0, 0, 2, 0, 0])
        z = tf.constant([1 + 2j, 3 - 1j], tf.complex128)
        pair = tf.test.compute_gradient([z], [[2]], z * z, [2])
        assert pair[0][0].shape == (4, 4)
        assert tf.test.compute_gradient_error(z, [2], z * z, [2]) < 1e-8
        wrong = tf.stop_gradient(x) * x
        assert tf.test.compute_gradient_error(x, [3], wrong, [3], start) > 0.4


def test_the_machine() -> None:
    assert not tf.test.is_gpu_available()
    assert tf.test.gpu_device_name() == ""
    assert not tf.test.is_built_with_cuda()


def test_graph_defs() -> None:
    with tf.Graph().as_default() as graph:
        tf.constant(1.0, name="a")
    with tf.Graph().as_default() as other:
        tf.constant(2.0, name="a")
    tf.test.assert_equal_graph_def(graph.as_graph_def(), graph.as_graph_def())
    with pytest.raises(AssertionError, match="node a differs"):
        tf.test.assert_equal_graph_def(graph.as_graph_def(), other.as_graph_def())


SCRIPT = """
import jitgraph as tf


class AddTest(tf.test.TestCase):
    def testAdd(self):
        with self.test_session():
            self.assertEqual(tf.add(1, 2).eval(), 3)

    def testWrong(self):
        self.assertAllEqual([1], [2])


if __name__ == "__main__":
    tf.test.main()
"""


def test_a_script_of_tests(tmp_path: Path) -> None:
    (tmp_path / "add_test.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "add_test.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "FAILED (failures=1, skipped=1)" in done.stderr
    assert "test_session (from tensorflow.python.framework.test_util) is deprecated" in done.stderr
    assert "add_test.py:7:" in done.stderr
