"""The README's session runs as it is printed there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = re.findall(
    r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S
)


@pytest.mark.parametrize("code", SESSIONS)
def test_session_finds_the_weights(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    weights = [float(word) for word in done.stdout.strip(" []\n").split()]
    assert weights == pytest.approx([1, -2, 3], abs=1e-2)


def test_there_is_a_session() -> None:
    assert len(SESSIONS) == 1
