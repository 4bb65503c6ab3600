"""tf.logging: the lines that TensorFlow prints, how often, and that each tells its caller."""

from __future__ import annotations

import subprocess
import sys

import pytest

import jitgraph as tf

LINES = """
import jitgraph as tf

tf.logging.info("unseen")
tf.logging.warning("seen %d", 3)
tf.logging.set_verbosity(tf.logging.INFO)
for i in range(5):
    tf.logging.log_every_n(tf.logging.INFO, "every %d", 2, i)
    tf.logging.log_first_n(tf.logging.INFO, "first %d", 1, i)
    tf.logging.log_if(tf.logging.ERROR, "if %d", i == 4, i)
"""


def test_lines() -> None:
    done = subprocess.run([sys.executable, "-c", LINES], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == [
        "WARNING:jitgraph:seen 3",
        "INFO:jitgraph:every 0",
        "INFO:jitgraph:first 0",
        "INFO:jitgraph:every 2",
        "INFO:jitgraph:every 4",
        "ERROR:jitgraph:if 4",
    ]


def test_messages_tell_their_caller(caplog: pytest.LogCaptureFixture) -> None:
    tf.logging.error("here")
    tf.logging.log(tf.logging.WARN, "there")
    assert {record.funcName for record in caplog.records} == {"test_messages_tell_their_caller"}
