"""Keras scripts as books have them, run by `jitgraph run`: what TensorFlow 1.15 prints."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "examples" / "data"
RECORDED = json.loads((HERE / "recorded_scripts.json").read_text(encoding="utf-8"))
NUMBER = re.compile(r"\d+\.\d+")


@pytest.mark.parametrize("script", sorted(RECORDED))
def test_script(script: str, tmp_path: Path) -> None:
    (tmp_path / "MNIST_data").symlink_to(DATA)
    line = [sys.executable, "-m", "jitgraph", "run", str(HERE / "scripts" / script)]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    for ours, theirs in zip(printed, RECORDED[script], strict=True):
        assert NUMBER.sub("#", ours) == NUMBER.sub("#", theirs)
        found, wanted = (list(map(float, NUMBER.findall(text))) for text in (ours, theirs))
        assert found == pytest.approx(wanted, rel=2e-3, abs=2e-4)


def test_modules_that_scripts_import(tmp_path: Path) -> None:
    script = tmp_path / "imports.py"
    script.write_text(
        "from tensorflow.python.keras.layers import Dense\n"
        "from tensorflow.python.keras.utils.np_utils import to_categorical\n"
        "from tensorflow.contrib.keras import models\n"
        "from tensorflow.keras.datasets import mnist\n"
        "from tensorflow.keras.preprocessing.sequence import pad_sequences\n"
        "import tensorflow.keras.backend as K\n"
        "print(K.epsilon(), pad_sequences([[1], [2, 3]], padding='post').tolist())\n"
    )
    line = [sys.executable, "-m", "jitgraph", "run", str(script)]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "1e-07 [[1, 0], [2, 3]]\n", done.stderr
