"""`jitgraph cache why SCRIPT`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jitgraph.cli.main import main

SCRIPT = """\
import numpy as np, sys, jitgraph as tf
x = tf.placeholder(tf.float32, None, name="x")
y = tf.reduce_sum(x * 2.0, name="y")
with tf.Session() as session:
    for feed in (np.ones(3), np.ones((2, 2)), np.ones(4)):
        print(session.run(y, {x: feed}))
sys.exit(int(sys.argv[1]))
"""


def test_each_compilation_has_its_cause(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    script, told = tmp_path / "script.py", tmp_path / "told.json"
    script.write_text(SCRIPT)
    assert main(["cache", "why", "--json", str(told), str(script), "5"]) == 5
    printed = capsys.readouterr().out
    assert printed.startswith("6.0\n8.0\n8.0\n")
    assert "2 compilations" in printed
    found = json.loads(told.read_text())
    assert [each["cause"] for each in found] == [
        "first use of these fetches",
        "x:0 seen with rank 1, now rank 2",
    ]
    assert [each["fetches"] for each in found] == [["y:0"], ["y:0"]]
    assert found[1]["shared"] == 1
