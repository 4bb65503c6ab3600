"""A file that is too large for a protocol buffer is refused before it is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import jitgraph as tf


def _large(path: Path) -> None:
    with path.open("wb") as file:
        os.truncate(file.fileno(), 1 << 31)  # a hole: it takes no room on the disk


def test_a_meta_graph(tmp_path: Path) -> None:
    _large(tmp_path / "model.meta")
    with tf.Graph().as_default(), pytest.raises(OSError, match="no protocol buffer has more"):
        tf.train.import_meta_graph(str(tmp_path / "model.meta"))


def test_a_saved_model(tmp_path: Path) -> None:
    _large(tmp_path / "saved_model.pb")
    refused = pytest.raises(OSError, match="no protocol buffer has more")
    with tf.Graph().as_default(), tf.Session() as session, refused:
        tf.saved_model.loader.load(session, ["serve"], str(tmp_path))
