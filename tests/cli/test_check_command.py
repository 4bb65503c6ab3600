"""`jitgraph check`: what jitgraph lacks, by file and line, of scripts that are never run."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from jitgraph.cli.main import main
from jitgraph.served.symbols import Symbols

SCRIPT = """from __future__ import print_function
import tensorflow as tf
import tensorflow.contrib.slim as slim
from tensorflow.python.ops import array_ops, nothing_ops
from tensorflow.examples.tutorials.mnist import input_data
layers = tf.layers
FLAGS = tf.app.flags.FLAGS
raise SystemExit("never run")
x = layers.dense(tf.nn.relu(tf.nothing_here(1)), FLAGS.units)
y = slim.nothing(array_ops.reshape(x, [-1])).tf.other
z = layers.nothing2(tf.GraphKeys.NOTHING, tf.float32.name.upper())
import numpy.nothing
"""


def test_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    assert main(["check", str(path)]) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.removeprefix(f"{path}:") for line in lines] == [
        "4: tf.python.ops.nothing_ops",
        "9: tf.nothing_here",
        "10: tf.contrib.slim.nothing",
        "11: tf.GraphKeys.NOTHING",
        "11: tf.layers.nothing2",
    ]
    assert last.startswith("1 files, ")
    assert last.endswith(" 5 of them missing")


def test_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "old.py").write_text("import tensorflow as tf\nprint tf.nothing\n")
    (tmp_path / "good.py").write_text("import tensorflow as tf\ntf.add(1, 2)\n")
    assert main(["check", str(tmp_path)]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{tmp_path}/inner/old.py:2: no Python 3: ")
    assert last == "2 files, 1 symbols used, 0 of them missing, 1 files can't be read"


def test_nothing_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.py").write_text("import jitgraph as tf\nwith tf.Session() as s: pass\n")
    assert main(["check", str(tmp_path / "good.py")]) == 0
    assert capsys.readouterr().out == "1 files, 1 symbols used, 0 of them missing\n"


def test_no_such_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "none")]) == 1
    assert "there is no script or folder" in capsys.readouterr().err


def test_what_needs_an_extra_is_there() -> None:
    def get(name: str) -> None:
        raise ImportError(f"{name} needs a package") if name == "GraphDef" else AttributeError(name)

    package = ModuleType("package")
    package.__getattr__ = get  # type: ignore[method-assign]
    symbols = Symbols(package)
    assert symbols.has("tf.GraphDef")
    assert symbols.has("tf.GraphDef.FromString")
    assert not symbols.has("tf.nothing_here")
