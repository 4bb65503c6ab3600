"""`jitgraph profile`: the script's own output and status, then the table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jitgraph.cli.main import main

SCRIPT = """
import sys
import numpy as np
import jitgraph as tf
x = tf.placeholder(tf.float32, [None, 8])
y = tf.matmul(x, tf.ones([8, 2]))
with tf.Session() as sess:
    print("got", sess.run(y, {x: np.ones((3, 8))}).sum(), sys.argv[1:])
"""


def _script(tmp_path: Path, text: str = SCRIPT) -> str:
    path = tmp_path / "script.py"
    path.write_text(text)
    return str(path)


def test_the_table_follows_what_the_script_prints(tmp_path, capsys) -> None:
    figures = tmp_path / "figures.json"
    status = main(
        ["profile", "--no-roof", "--json", str(figures), _script(tmp_path), "--steps", "3"]
    )
    printed = capsys.readouterr().out
    assert status == 0
    assert printed.startswith("got 48.0 ['--steps', '3']\n")
    assert "matmul_float32" in printed
    (kernel, *_) = json.loads(figures.read_text())["kernels"]
    assert kernel["calls"] == 1
    assert "MatMul" in kernel["ops"]


@pytest.mark.parametrize(("ending", "status"), [("sys.exit(3)", 3), ("1 / 0", 1), ("", 0)])
def test_the_status_is_the_scripts(tmp_path, capsys, ending: str, status: int) -> None:
    path = _script(tmp_path, f"{SCRIPT}{ending}\n")
    assert main(["profile", "--no-roof", path]) == status
    assert "matmul_float32" in capsys.readouterr().out


def test_no_such_script(tmp_path, capsys) -> None:
    assert main(["profile", "--no-roof", str(tmp_path / "none.py")]) == 1
    assert "there is no script" in capsys.readouterr().err
