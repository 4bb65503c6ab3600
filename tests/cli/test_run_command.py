"""`jitgraph run`: what a script sees, and what its caller sees, is as with a plain `python`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

IMPORTS = """
from __future__ import print_function
import sys
import tensorflow as tf
import tensorflow.compat.v1 as tf1
import tensorflow.contrib.slim as slim
from tensorflow.contrib import layers
from tensorflow.python.framework import ops
from tensorflow.python.layers.core import Dense
from tensorflow.python.ops import array_ops, math_ops, variable_scope as vs
from tensorflow.python.platform import gfile, tf_logging as logging
from tensorflow.examples.tutorials.mnist import input_data

ops.reset_default_graph()
assert tf1 is tf and tf.compat.v1 is tf
assert int(tf.__version__.split(".")[0]) == 1
assert slim.fully_connected and layers.l2_regularizer and vs.get_variable and gfile.Exists
x = tf.placeholder(tf.float32, [None])
with tf.Session() as sess:
    print(sess.run(math_ops.reduce_sum(array_ops.concat([x, x], 0)), {x: [1.5]}))
logging.warning("careful")
print(__name__, sys.argv, sys.path[0] == __file__.rpartition("/")[0])
"""


def run(tmp_path: Path, text: str, *arguments: str, command: str = "-m jitgraph run") -> object:
    (tmp_path / "script.py").write_text(text)
    line = [sys.executable, *command.split(), "script.py", *arguments]
    return subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)


def test_a_script_as_it_is(tmp_path: Path) -> None:
    done = run(tmp_path, IMPORTS, "--steps", "3")
    assert done.stdout == "3.0\n__main__ ['script.py', '--steps', '3'] True\n", done.stderr
    assert done.stderr == "WARNING:tensorflow:careful\n"


@pytest.mark.parametrize(
    "text",
    [
        "import sys; sys.exit(3)",
        "import sys; sys.exit(-1)",
        "import sys; sys.exit('bye')",
        "def f():\n    1 / 0\n\nf()",
        "x = = 1",
        "print('before')\nraise KeyError('a') from ValueError('b')",
        "import atexit; atexit.register(lambda: print('last', __name__))",
        "import json.nothing",
    ],
)
def test_endings_are_those_of_python(tmp_path: Path, text: str) -> None:
    ours, plain = run(tmp_path, text), run(tmp_path, text, command="")
    assert (ours.returncode, ours.stdout) == (plain.returncode, plain.stdout)
    assert ours.stderr == plain.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import tensorflow.nope", "ModuleNotFoundError: No module named 'tensorflow.nope'"),
        (
            "from tensorflow.python.ops import nope",
            "ImportError: cannot import name 'nope' from 'tensorflow.python.ops'",
        ),
        (
            "import tensorflow as tf; tf.nope",
            "AttributeError: module 'tensorflow' has no attribute 'nope'",
        ),
        (
            "from tensorflow.nn import nope",
            "ImportError: cannot import name 'nope' from 'tensorflow.nn'",
        ),
    ],
)
def test_what_is_not_there(tmp_path: Path, text: str, message: str) -> None:
    done = run(tmp_path, text)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(message)


def test_no_script(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "jitgraph", "run", "none.py"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "jitgraph: there is no script none.py\n")


def test_report(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(IMPORTS)
    line = [sys.executable, "-m", "jitgraph", "run", "--report", "script.py"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("3.0\n")
    assert "first use of these fetches" in done.stderr
    assert "this run" in done.stderr


def test_nothing_stays() -> None:
    import jitgraph
    from jitgraph.served.finder import serving_tensorflow

    finders = list(sys.meta_path)
    with serving_tensorflow(jitgraph, "1.15.5"):
        from importlib import import_module

        assert import_module("tensorflow.nn").relu is jitgraph.nn.relu
    assert sys.meta_path == finders
    assert not any(name.split(".")[0] == "tensorflow" for name in sys.modules)
    with pytest.raises(ModuleNotFoundError):
        import_module("tensorflow")
