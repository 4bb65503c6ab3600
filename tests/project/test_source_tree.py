"""A checkout works as it is: a script in its root finds the whole package, installed or not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import sys
sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in repr(f).lower()]
sys.path.insert(0, "")
import jitgraph as tf
with tf.Session() as session:
    print(tf.__file__, session.run(tf.constant(2.0) * 3.0))
"""


def test_a_script_in_the_root_of_a_checkout_runs() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == [str(ROOT / "jitgraph" / "__init__.py"), "6.0"]
