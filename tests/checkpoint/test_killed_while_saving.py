"""A process that is killed while it saves leaves a checkpoint that can be restored."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

import jitgraph as tf

SAVING = """
import sys
import jitgraph as tf

w = tf.get_variable("w", [20000])
value = tf.placeholder(tf.float32, [])
change = w.assign(tf.fill([20000], value))
saver = tf.train.Saver()
with tf.Session() as session:
    for number in range(10000):
        session.run(change, {value: number})
        saver.save(session, sys.argv[1], write_meta_graph=False)
        print(number, flush=True)
"""


@pytest.mark.parametrize("saved", [1, 7])
def test_a_kill_leaves_the_former_checkpoint(tmp_path, saved: int) -> None:
    prefix = str(tmp_path / "model")
    process = subprocess.Popen(
        [sys.executable, "-c", SAVING, prefix], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    last = [int(process.stdout.readline()) for _ in range(saved)][-1]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", [20000])
        tf.train.Saver().restore(session, tf.train.latest_checkpoint(str(tmp_path)))
        found = session.run(w)
    assert found[0] >= last
    assert (found == found[0]).all()
