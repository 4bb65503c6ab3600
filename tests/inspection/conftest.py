"""Each test of inspection builds in a graph of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import jitgraph as tf


@pytest.fixture(autouse=True)
def _own_graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield
