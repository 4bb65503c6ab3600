"""The public surface: names in both spellings, light to import, the same version everywhere."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import jitgraph as tf

ROOT = Path(__file__).resolve().parents[2]

SPELLINGS = {
    "math.log": "log",
    "math.reduce_sum": "reduce_sum",
    "math.floormod": "floormod",
    "nn.relu": None,
    "nn.softmax": None,
    "linalg.diag": "matrix_diag",
    "linalg.tensor_diag": "diag",
    "linalg.transpose": "matrix_transpose",
    "linalg.trace": "trace",
    "bitwise.bitwise_and": None,
    "random.set_random_seed": "set_random_seed",
    "debugging.is_finite": "is_finite",
    "manip.tile": "tile",
    "errors.OpError": "OpError",
    "train.GradientDescentOptimizer": None,
    "linalg.matmul": "matmul",
    "nn.l2_loss": None,
}


def found(dotted: str) -> object:
    value: object = tf
    for name in dotted.split("."):
        value = getattr(value, name)
    return value


@pytest.mark.parametrize("dotted", SPELLINGS)
def test_names_in_namespaces(dotted: str) -> None:
    top = SPELLINGS[dotted]
    assert callable(found(dotted))
    if top is not None:
        assert found(dotted) is found(top)


@pytest.mark.parametrize("name", tf.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert hasattr(tf, name)


def test_compat_v1_is_the_package() -> None:
    assert tf.compat.v1 is tf


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="module 'jitgraph' has no attribute 'nothing'"):
        tf.nothing  # noqa: B018


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert tf.__version__ == project["version"]
    assert tf.VERSION.startswith("1.15")


def test_importing_loads_neither_the_compiler_nor_llvm() -> None:
    probe = (
        "import sys, jitgraph; heavy = {'numba', 'llvmlite', 'jitgraph.compiler', 'ml_dtypes'}; "
        "sys.exit(str(sorted(heavy & set(sys.modules))) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_switches_of_tensorflow_2_change_nothing() -> None:
    tf.disable_v2_behavior()
    tf.disable_eager_execution()
    assert not tf.executing_eagerly()
    with pytest.raises(ValueError, match="Eager execution is not supported"):
        tf.enable_eager_execution()


def test_text_and_bytes() -> None:
    assert tf.compat.as_bytes("ä") == b"\xc3\xa4"
    assert tf.compat.as_text(b"\xc3\xa4") == "ä"
    assert tf.compat.as_str_any(3) == "3"
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
        tf.compat.as_bytes(3)


def test_seeds() -> None:
    with tf.Graph().as_default():
        assert tf.get_seed(None) == (None, None)
        assert tf.get_seed(7) == (87654321, 7)
        tf.set_random_seed(5)
        tf.no_op()
        assert tf.get_seed(None) == (5, 1)
        assert tf.get_seed(-1) == (5, 2**31 - 2)
        tf.set_random_seed(0)
        assert tf.get_seed(0) == (0, 2**31 - 1)


def test_verbosity() -> None:
    before = tf.logging.get_verbosity()
    tf.logging.set_verbosity(tf.logging.ERROR)
    assert tf.logging.get_verbosity() == tf.logging.ERROR
    tf.logging.set_verbosity(before)


def test_raw_ops() -> None:
    with tf.Graph().as_default():
        total = tf.raw_ops.AddV2(x=1.0, y=2.0, name="total")
        assert total.name == "total:0"
        with pytest.raises(TypeError, match="AddV2 needs y"):
            tf.raw_ops.AddV2(x=1.0)
        with pytest.raises(TypeError, match="AddV2 has no z"):
            tf.raw_ops.AddV2(x=1.0, y=2.0, z=3.0)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        tf.raw_ops.Nothing  # noqa: B018


def test_tensors_have_their_operators_from_the_start() -> None:
    """In a process that has asked for one name alone."""
    code = (
        "import jitgraph as tf; x = tf.placeholder(tf.float32, [3, 3]);"
        "print((x[1:, 0] + 1.0 - x[0, 1:]).shape, (x @ -x ** 2.0 > x).dtype.name)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "(2,) bool\n", done.stderr
