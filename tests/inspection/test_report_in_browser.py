"""The report page in a real browser without a window: Chromium, as PySide6 brings it along."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

OPEN = """\
import sys
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication

application = QApplication(sys.argv)


class Page(QWebEnginePage):
    def javaScriptConsoleMessage(self, level, message, line, source):
        print("console:", message)


def loaded(is_loaded):
    print("loaded:", is_loaded)
    page.runJavaScript(COUNT, 0, counted)


def counted(numbers):
    print("counts:", numbers)
    QTimer.singleShot(2_000, painted)


def painted():
    view.grab().save(sys.argv[2])
    application.quit()


COUNT = '''
document.querySelectorAll("details").forEach(part => part.open = true);
const height = name => document.querySelector(name).getBoundingClientRect().height;
[document.querySelectorAll("section").length, height("svg") > 20, height(".beside") > 20].join(" ")
'''
view = QWebEngineView()
page = Page(view)
view.setPage(page)
view.resize(1200, 1600)
view.loadFinished.connect(loaded)
view.load(QUrl.fromLocalFile(sys.argv[1]))
view.show()
QTimer.singleShot(60_000, application.quit)
application.exec()
"""


@pytest.mark.skipif(find_spec("PySide6") is None, reason="needs PySide6, which is a browser")
def test_the_page_of_a_network_opens_without_a_complaint(tmp_path: Path) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 28, 28, 1])
        y = tf.layers.max_pooling2d(tf.layers.conv2d(x, 8, 5, activation=tf.nn.relu), 2, 2)
        loss = tf.reduce_mean(tf.square(tf.layers.dense(tf.layers.flatten(y), 10)))
        train = tf.train.AdamOptimizer().minimize(loss)
        session.run(tf.global_variables_initializer())
        explained = tf.explain([loss, train], {x: np.zeros((4, 28, 28, 1))}, session)
    page, picture, script = (tmp_path / name for name in ("page.html", "page.png", "open.py"))
    explained.save(page)
    script.write_text(OPEN)
    shown = subprocess.run(
        [sys.executable, str(script), str(page), str(picture)],
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
    assert shown.stdout.splitlines() == ["loaded: True", "counts: 5 true true"], shown.stderr
    assert picture.stat().st_size > 10_000
