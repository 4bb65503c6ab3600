"""Gradients of array ops: the ops they add are TensorFlow 1.15.5's, by name, type and inputs."""

import json
from pathlib import Path

import pytest

from jitgraph.frontend.gradients import gradients
from tests.ops.array_namespace import tf

CASES = json.loads((Path(__file__).parent / "array_gradients.json").read_text())["cases"]
tf.gradients = gradients


@pytest.mark.parametrize("code", list(CASES))
def test_ops_are_tensorflows(code):
    with tf.Graph().as_default() as graph:
        exec(code, {"tf": tf})
    found = [
        [op.name, op.type, [tensor.name for tensor in op.inputs]]
        for op in graph.get_operations()
        if op.name.startswith("gradients/")
    ]
    assert found == CASES[code]
