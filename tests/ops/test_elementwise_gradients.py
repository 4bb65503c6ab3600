"""Gradients of elementwise ops: the ops they add are TensorFlow 1.15.5's, recorded beside this file
by name, type, inputs and control inputs."""

import json
from pathlib import Path

import pytest

from jitgraph import dtypes
from jitgraph.graph import Graph, name_scope
from jitgraph.ops import operators  # noqa: F401
from jitgraph.ops.apply import create
from jitgraph.ops.placeholders import placeholder
from jitgraph.ops.registry import REGISTRY

CASES = json.loads((Path(__file__).parent / "elementwise_gradients.json").read_text())

BINARY_SHAPES = {
    "": ([2, 3], [2, 3]),
    "of a row": ([2, 3], [3]),
    "of a scalar": ([], [2, 3]),
    "of partial shapes": ([None, 3], [3]),
    "of unknown rank": (None, [3]),
    "complex64": ([2, 3], [3]),
    "float32": ([3], [3]),
    "float64": ([3], [3]),
}
ODD_SHAPES = {
    "Atan2": ([3], [3]),
    "Complex": ([3], []),
    "Polygamma": ([], [3]),
    "Select": ([2, 3], [2, 3]),
    "SelectV2": ([2, 3], [3]),
    "AddN": ([3], [3], [3]),
}
COMPLEX_INPUT = ("ComplexAbs", "Real", "Imag", "Angle", "Conj")
CONDITION = {"Select": [2, 3], "SelectV2": [2, 1]}


def _input_shapes(name, detail):
    if name in ODD_SHAPES:
        return ODD_SHAPES[name]
    if len(REGISTRY[name].inputs) == 1:
        return ([3],)
    if name.endswith("Grad"):
        return ([3], [3])
    return BINARY_SHAPES[detail]


def _attrs(name, detail):
    if name == "Cast":
        return {"DstT": dtypes.int32 if detail else dtypes.float64}
    return {}


def _built(title):
    name, _, detail = title.partition(" ")
    kind = detail if detail in ("complex64", "float64") else "float32"
    kind = "complex64" if name in COMPLEX_INPUT else kind
    inputs = [
        placeholder(kind, shape, name=f"x{i}")
        for i, shape in enumerate(_input_shapes(name, detail))
    ]
    if name in CONDITION:
        inputs.insert(0, placeholder("bool", CONDITION[name], name="c"))
    if name == "AddN":
        inputs = [inputs]
    names = {("Mul", "float64"): "mul", ("Mul", "complex64"): "Mul"}
    return create(REGISTRY[name], inputs, _attrs(name, detail), names.get((name, detail), name))


def _gradient_ops(title):
    with Graph().as_default() as graph:
        op = _built(title)
        result = op.outputs[0]
        grad = placeholder(result.dtype, result.shape, name="grad")
        before = len(graph.get_operations())
        with name_scope("g"):
            results = op.definition.gradient(op, grad)
        return graph.get_operations()[before:], results


def _line(op):
    inputs = ",".join(tensor.name for tensor in op.inputs)
    return " ".join([op.name[2:], op.type, inputs, *(f"^{c.name}" for c in op.control_inputs)])


@pytest.mark.parametrize("title", list(CASES))
def test_ops_are_tensorflows(title):
    ops, results = _gradient_ops(title)
    assert [_line(op) for op in ops] == CASES[title]["ops"]
    recorded = CASES[title]["results"]
    found = [None if tensor is None else tensor.name for tensor in results]
    assert found == recorded or recorded == [None] * len(found)


@pytest.mark.parametrize("name", ["Tanh", "Sigmoid", "Sqrt", "Rsqrt", "Reciprocal", "Exp"])
def test_gradients_have_gradients(name):
    _, results = _gradient_ops(name)
    last = results[0].op
    assert last.definition.gradient is not None
    with last.graph.as_default():
        second = last.definition.gradient(last, results[0])
    assert all(tensor is not None for tensor in second)
