"""Frozen graphs that today's TensorFlow wrote run here and give its numbers."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

RECORDED = json.loads((Path(__file__).parent / "frozen.json").read_text())


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_outputs_are_tensorflows(name: str) -> None:
    case = RECORDED[name]
    graph_def = tf.GraphDef.FromString(base64.b64decode(case["graph"]))
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(graph_def, name="")
        feeds = {key: value if isinstance(value, list) and value and isinstance(value[0], list)
                 else value[0] for key, value in case["feeds"].items()}  # fmt: skip
        found = session.run(sorted(case["outputs"]), feeds)
    for key, value in zip(sorted(case["outputs"]), found, strict=True):
        expected = case["outputs"][key]
        if np.asarray(value).dtype == object:
            assert [item.decode() for item in np.ravel(value)] == expected
        else:
            np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6)


def test_resource_variables_are_named_as_lacking() -> None:
    graph_def = tf.GraphDef()
    graph_def.node.add(name="w", op="VarHandleOp")
    graph_def.node.add(name="w/read", op="ReadVariableOp", input=["w"])
    with tf.Graph().as_default(), pytest.raises(tf.errors.NotFoundError) as caught:
        tf.import_graph_def(graph_def)
    assert "'VarHandleOp' (node w)" in str(caught.value)
    assert "'ReadVariableOp' (node w/read)" in str(caught.value)


def _nested_loops(x):
    def row(i, total):
        _, inner = tf.while_loop(
            lambda j, t: j < i, lambda j, t: (j + 1, tf.cond(t > 50, lambda: t, lambda: t + x)),
            [0, total],
        )  # fmt: skip
        return i + 1, inner

    return tf.while_loop(lambda i, t: i < 5, row, [0, x])[1]


def test_nested_loops_there_and_back() -> None:
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [], name="x")
        result = tf.identity(_nested_loops(x), name="result")
        expected = [session.run(result, {x: value}) for value in (1, 4, 7)]
    with tf.Graph().as_default() as again, tf.Session() as session:
        x, result = tf.import_graph_def(graph.as_graph_def(), None, ["x:0", "result:0"], "again")
        assert [session.run(result, {x: value}) for value in (1, 4, 7)] == expected
        doubled = tf.import_graph_def(graph.as_graph_def(), {"x": x * 2}, ["result:0"], "twice")
        assert session.run(doubled, {x: 2}) == expected[1:2]
        inner = next(op for op in again.get_operations() if op.type == "NextIteration")
        with pytest.raises(ValueError, match="not fetchable"):
            session.run(inner.outputs[0], {x: 1})


BROKEN_LOOPS = {
    "nothing enters": ([("m", "Merge", ["n", "n"]), ("n", "NextIteration", ["m"])], "nothing"),
    "no condition": (
        [("c", "Placeholder", []), ("e", "Enter", ["c"]), ("m", "Merge", ["e", "n"]),
         ("n", "NextIteration", ["m"])], "has 0 conditions",
    ),
    "wrong order": (
        [("c", "Placeholder", []), ("e", "Enter", ["c"]), ("m", "Merge", ["n", "e"]),
         ("n", "NextIteration", ["m"])], "other inputs than a loop's",
    ),
    "in no loop": ([("c", "Placeholder", []), ("x", "Exit", ["c"])], "is in no loop"),
    "from outside": (
        [("c", "Placeholder", []), ("e", "Enter", ["c"]), ("f", "Enter:g", ["c"]),
         ("a", "Add", ["e", "f"])], "different loops",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_LOOPS)
def test_what_is_no_loop_is_refused(name: str) -> None:
    nodes, message = BROKEN_LOOPS[name]
    graph_def = tf.GraphDef()
    for own, kind, inputs in nodes:
        node = graph_def.node.add(name=own, op=kind.split(":")[0], input=inputs)
        node.attr["dtype" if node.op == "Placeholder" else "T"].type = 1
        if node.op == "Enter":
            node.attr["frame_name"].s = kind.encode()
        if node.op == "Merge":
            node.attr["N"].i = 2
    with tf.Graph().as_default() as graph:
        with pytest.raises(ValueError, match=message):
            tf.import_graph_def(graph_def)
        assert not graph.get_operations()
