"""A real TensorBoard in a real browser without a window shows what FileWriter wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

SHOWN = {
    "scalars": ["tower/loss"],
    "histograms": ["tower/weights"],
    "images": ["tower/picture/image/0"],
    "graphs": ["Main Graph", "tower", "x"],
    "text": ["tower/note"],
}
OPEN = """\
import json, sys
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication
from tensorboard import program

TEXT = '''
(function texts(root) {
  return [...root.querySelectorAll("*")].map(each =>
    (each.shadowRoot ? texts(each.shadowRoot) : "") +
    [...each.childNodes].filter(node => node.nodeType == 3).map(node => node.data).join(" ")
  ).join(" ");
})(document)
'''
board = program.TensorBoard()
board.configure(argv=["", "--logdir", sys.argv[1], "--port", "0", "--load_fast", "false"])
address = board.launch()
wanted = json.loads(sys.argv[2])
application = QApplication(sys.argv)
view = QWebEngineView()
view.resize(1300, 900)
names = iter(wanted)


def go_on():
    global name
    name = next(names, None)
    if name is None:
        application.quit()
        return
    view.load(QUrl("about:blank"))
    view.load(QUrl(f"{address}#{name}"))
    QTimer.singleShot(500, look)


def look():
    view.page().runJavaScript(TEXT, 0, looked)


def looked(text):
    if all(each in (text or "") for each in wanted[name]):
        print("shown:", name, flush=True)
        go_on()
    else:
        QTimer.singleShot(500, look)


view.show()
go_on()
QTimer.singleShot(90_000, application.quit)
application.exec()
"""


@pytest.mark.skipif(find_spec("PySide6") is None, reason="needs PySide6, which is a browser")
@pytest.mark.skipif(find_spec("tensorboard") is None, reason="needs TensorBoard")
def test_every_kind_of_summary_is_shown(tmp_path: Path) -> None:
    with tf.Graph().as_default(), tf.name_scope("tower"):
        with tf.name_scope(None):
            x = tf.placeholder(tf.float32, [None, 4, 4, 1], name="x")
        weights = tf.Variable(tf.ones([16, 2]), name="kernel")
        loss = tf.reduce_sum(tf.matmul(tf.reshape(x, [-1, 16]), weights), name="sum")
        tf.summary.scalar("loss", loss)
        tf.summary.histogram("weights", weights)
        tf.summary.image("picture", x)
        tf.summary.text("note", tf.constant("from *jitgraph*"))
        everything = tf.summary.merge_all()
        with tf.Session() as session, tf.summary.FileWriter(tmp_path, session.graph) as writer:
            session.run(tf.global_variables_initializer())
            for step in range(5):
                fed = {x: np.full((2, 4, 4, 1), step / 4)}
                writer.add_summary(session.run(everything, fed), step)
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(tmp_path), json.dumps(SHOWN)],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "QTWEBENGINE_DISABLE_SANDBOX": "1",
            "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu",
        },
    )
    assert done.stdout.splitlines() == [f"shown: {name}" for name in SHOWN], done.stderr
