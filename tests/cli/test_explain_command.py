"""`jitgraph explain SCRIPT`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import jitgraph as tf
from jitgraph.cli.main import main

SCRIPT = """\
import numpy as np, sys, jitgraph as tf
x = tf.placeholder(tf.float32, [None], name="x")
y = tf.reduce_sum(tf.exp(x), name="y")
with tf.Session() as session:
    for feed in (np.zeros(3), np.zeros(4)):
        print(session.run(y, {x: feed}))
    session.run(tf.square(x, name="squares"), {x: np.zeros(3)})
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture(autouse=True)
def _own_graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def test_every_compilation_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    script, page = tmp_path / "script.py", tmp_path / "page.html"
    script.write_text(SCRIPT)
    assert main(["explain", "--html", str(page), str(script), "3"]) == 3
    printed = capsys.readouterr().out
    assert printed.startswith("3.0\n4.0\n")
    assert [line for line in printed.splitlines() if line.startswith("==")] == [
        "== y:0",
        "== squares:0",
    ]
    assert "s0 = 3 (x, dimension 0)" in printed
    text = page.read_text("utf-8")
    assert "<strong>squares:0</strong>" in text
    assert "tf.reduce_sum(tf.exp(x), name=&quot;y&quot;)" in text


def test_a_script_that_imports_tensorflow(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.replace("jitgraph as tf", "tensorflow as tf"))
    assert main(["explain", str(script), "0"]) == 0
    assert "== squares:0" in capsys.readouterr().out


def test_a_script_without_sessions(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    script = tmp_path / "script.py"
    script.write_text("print('nothing')")
    assert main(["explain", str(script)]) == 0
    assert capsys.readouterr().out == "nothing\n\nno session compiled anything\n"
