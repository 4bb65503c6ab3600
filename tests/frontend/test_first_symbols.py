"""The first 300 symbols of public TensorFlow 1 code are all called by some test or example; those
that stand in no other one are called here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf
from bench.coverage import rows

ROOT = Path(__file__).resolve().parents[2]
FIRST = 300
INTERNAL = """
from tensorflow.examples.tutorials.mnist import input_data
from tensorflow.python.framework import ops, test_util
from tensorflow.python.lib.io import file_io
from tensorflow.python.platform import gfile, tf_logging
from tensorflow.python.util import compat
import tensorflow as tf

tf.placeholder(tf.float32)
ops.reset_default_graph()
assert tf.get_default_graph().get_operations() == []
tf_logging.set_verbosity(tf_logging.INFO)
tf_logging.info("an info of %d", 1)
tf_logging.log(tf_logging.WARN, "a warning")
with gfile.GFile("words.txt", "w") as file:
    file.write("one two")
assert gfile.FastGFile("words.txt", "rb").read() == b"one two"
assert file_io.file_exists("words.txt") and file_io.FileIO("words.txt", "r").read() == "one two"
assert compat.as_bytes("a") == b"a" and tf.compat.as_str(b"a") == "a"
print(callable(input_data.read_data_sets), test_util.TensorFlowTestCase.__name__)
"""


def symbols() -> list[str]:
    return [row.symbol for row in rows() if not row.is_apart][:FIRST]


def called() -> set[str]:
    """The names in all tests, recorded cases and examples, and those they begin with."""
    tests = ROOT / "tests"
    paths = [*tests.rglob("*.py"), *tests.rglob("cases/*.txt"), *(ROOT / "examples").glob("*.py")]
    found: set[str] = set()
    for path in paths:
        for name in re.findall(r"\btf(?:\.\w+)+", path.read_text(encoding="utf-8")):
            parts = name.split(".")
            found.update(".".join(parts[:end]) for end in range(2, len(parts) + 1))
    return found


def test_each_is_there_and_called_somewhere() -> None:
    known, found = symbols(), called()
    inside = [name for name in known if name.startswith(("tf.python.", "tf.examples."))]
    assert [row.symbol for row in rows() if row.symbol in known and not row.found] == []
    assert [name for name in known if name not in inside and name not in found] == []
    assert [name for name in inside if name.rpartition(".")[2] not in INTERNAL] == []


def test_modules_inside_tensorflow(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(INTERNAL)
    line = [sys.executable, "-m", "jitgraph", "run", str(script)]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "True TestCase\n"
    assert "an info of 1" in done.stderr
    assert "a warning" in done.stderr


def test_flags_by_both_names() -> None:
    made = tf.app.flags.FlagValues()
    tf.app.flags.DEFINE_string("a", "x", "", flag_values=made)
    tf.app.flags.DEFINE_float("b", 1.5, "", flag_values=made)
    tf.app.flags.DEFINE_boolean("c", False, "", flag_values=made)
    tf.app.flags.DEFINE_bool("d", True, "", flag_values=made)
    tf.flags.DEFINE_integer("e", 3, "", flag_values=made)
    tf.flags.DEFINE_string("f", "y", "", flag_values=made)
    tf.flags.DEFINE_float("g", 2.5, "", flag_values=made)
    tf.flags.DEFINE_bool("h", False, "", flag_values=made)
    made(["train.py", "--a=z", "--c", "--nod", "--e=4"])
    found = made.flag_values_dict()
    assert [found[name] for name in "abcdefgh"] == ["z", 1.5, True, False, 4, "y", 2.5, False]


def test_cells() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        cell = tf.nn.rnn_cell.BasicRNNCell(4)
        dropped = tf.nn.rnn_cell.DropoutWrapper(cell, output_keep_prob=1.0)
        outputs, state = tf.nn.dynamic_rnn(dropped, tf.ones([2, 3, 5]), dtype=tf.float32)
        session.run(tf.global_variables_initializer())
        found, last = session.run([outputs, state])
        assert found.shape == (2, 3, 4)
        np.testing.assert_array_equal(found[:, -1], last)


def test_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    assert tf.compat.as_str(b"caf\xc3\xa9") == "café"
    tf.logging.fatal("the end of %s", "it")
    assert "the end of it" in caplog.text
    with tf.Graph().as_default(), tf.Session() as session:
        penalty = tf.contrib.layers.l2_regularizer(0.5)
        w = tf.get_variable("w", initializer=[1.0, 2.0], regularizer=penalty)
        (loss,) = tf.losses.get_regularization_losses()
        data = tf.data.Dataset.range(4).map(
            lambda number: number * 2, num_parallel_calls=tf.data.experimental.AUTOTUNE
        )
        element = tf.data.make_one_shot_iterator(data).get_next()
        session.run(w.initializer)
        assert session.run(loss) == 1.25
        assert [session.run(element) for _ in range(4)] == [0, 2, 4, 6]
