"""GraphDefs: those of TensorFlow node by node, there and back, and what is wrong with one."""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings, strategies as st

import jitgraph as tf
from jitgraph.protos.tensors import tensor_array, tensor_proto

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("graph_def_models", HERE / "models.py")
models = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(models)
RECORDED = json.loads((HERE / "recorded.json").read_text())
ROWS = np.linspace(-1, 1, 18).reshape(3, 6).astype(np.float32)


def _parsed(encoded: str):
    found = tf.GraphDef()
    found.ParseFromString(base64.b64decode(encoded))
    return found


def _from_text(text: str):
    from google.protobuf import text_format

    return text_format.Parse(models.expanded(text), tf.GraphDef())


def _by_name(graph_def) -> dict:
    return {node.name: node for node in graph_def.node}


@pytest.mark.parametrize("name", models.MODELS)
def test_every_node_is_tensorflows(name: str) -> None:
    with tf.Graph().as_default() as graph:
        models.MODELS[name](tf, np)
    ours, theirs = graph.as_graph_def(), _parsed(RECORDED["graphs"][name])
    assert ours.versions == theirs.versions
    assert sorted(_by_name(ours)) == sorted(_by_name(theirs))
    for node in theirs.node:
        assert _by_name(ours)[node.name] == node


@pytest.mark.parametrize("name", models.MODELS)
def test_there_and_back(name: str) -> None:
    theirs = _parsed(RECORDED["graphs"][name])
    with tf.Graph().as_default() as graph:
        assert tf.import_graph_def(theirs, name="") is None
        assert _by_name(graph.as_graph_def()) == _by_name(theirs)


def test_imported_graphs_run() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x, loss, step, start = tf.import_graph_def(
            _parsed(RECORDED["graphs"]["many_kinds"]),
            return_elements=["x:0", "loss:0", "GradientDescent", "w/Assign"],
        )
        assert x.name == "import/x:0"
        assert x.shape.as_list() == [None, 4]
        session.run(start)
        before = session.run(loss, {x: np.ones((2, 4))})
        session.run(step, {x: np.ones((2, 4))})
        assert (session.run(loss, {x: np.ones((2, 4))}) < before).all()


def test_frozen_graphs_of_tensorflow_give_its_numbers() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        (y,) = tf.import_graph_def(
            _parsed(RECORDED["frozen"]["graph"]), {"x": tf.constant(ROWS)}, ["probabilities:0"]
        )
        assert np.allclose(session.run(y), RECORDED["frozen"]["outputs"], rtol=1e-5)


def test_freezing() -> None:
    with tf.Graph().as_default() as graph, tf.Session() as session:
        models.classifier(tf, np)
        session.run(tf.global_variables_initializer())
        frozen = tf.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), ["probabilities"]
        )
    assert _by_name(frozen) == _by_name(_parsed(RECORDED["frozen"]["graph"]))


@pytest.mark.parametrize("name", models.BROKEN)
def test_what_is_wrong_is_told_and_nothing_made(name: str) -> None:
    kind, text = RECORDED["errors"][name]
    with tf.Graph().as_default() as graph:
        with pytest.raises(Exception) as caught:
            tf.import_graph_def(_from_text(models.BROKEN[name]))
        assert not graph.get_operations()
    assert type(caught.value).__name__ == kind
    beginning = text.partition(" from Op<")[0].partition(" in binary")[0].partition("; Op<")[0]
    assert str(caught.value).startswith(beginning)


def test_all_missing_ops_are_named() -> None:
    text = "node {name:'a' op:'Nope'} node {name:'b' op:'Nada'} node {name:'c' op:'Nope'}"
    with tf.Graph().as_default(), pytest.raises(tf.errors.NotFoundError) as caught:
        tf.import_graph_def(_from_text(text))
    assert "'Nope' (node a, c)" in str(caught.value)
    assert "'Nada' (node b)" in str(caught.value)


def test_arguments_are_checked() -> None:
    good = _from_text("PH")
    with tf.Graph().as_default():
        for bad in (None, "graph", {}):
            with pytest.raises(TypeError, match="graph_def must be a GraphDef proto"):
                tf.import_graph_def(bad)
        with pytest.raises(TypeError, match="input_map must be a dictionary"):
            tf.import_graph_def(good, {1: 2})
        with pytest.raises(ValueError, match=r"Attempted to map inputs .* \[zz:0\]"):
            tf.import_graph_def(good, {"zz:0": 1.0})
        with pytest.raises(ValueError, match="Requested return tensor 'zz:0' not found"):
            tf.import_graph_def(good, return_elements=["zz:0"])
        with pytest.raises(ValueError, match="Requested return node 'zz' not found"):
            tf.import_graph_def(good, return_elements=["zz"])
        tf.import_graph_def(good, name="")
        with pytest.raises(ValueError, match="'a' already exists"):
            tf.import_graph_def(good, name="")


def test_a_part_of_a_graph() -> None:
    whole = _parsed(RECORDED["graphs"]["classifier"])
    part = tf.graph_util.extract_sub_graph(whole, ["hidden/Tanh"])
    assert "hidden/Tanh" in _by_name(part)
    assert "logits" not in _by_name(part)
    with pytest.raises(AssertionError, match="nothing is not in graph"):
        tf.graph_util.extract_sub_graph(whole, ["nothing"])


def test_graphs_in_files(tmp_path) -> None:
    with tf.Graph().as_default() as graph:
        models.classifier(tf, np)
    path = tf.train.write_graph(graph, str(tmp_path / "deep"), "graph.pb", as_text=False)
    found = tf.GraphDef()
    found.ParseFromString(Path(path).read_bytes())
    assert found == graph.as_graph_def()
    text = Path(tf.train.write_graph(graph, str(tmp_path), "graph.pbtxt")).read_text()
    assert text.startswith("node {\n  name: ")
    assert [item.name for item in tmp_path.iterdir() if "tmp" in item.name] == []


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data())
def test_corrupt_graphs_are_refused_or_read(data) -> None:
    content = bytearray(base64.b64decode(RECORDED["graphs"]["classifier"]))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    found = tf.GraphDef()
    with (
        tf.Graph().as_default(),
        contextlib.suppress(ValueError, TypeError, tf.errors.OpError, DecodeError),
    ):
        found.ParseFromString(bytes(content))
        tf.import_graph_def(found)


@pytest.mark.parametrize(
    "array",
    [
        np.float32(3),
        np.arange(6.0).reshape(2, 3),
        np.zeros((0, 2), np.int32),
        np.array([True, False]),
        np.array([1 + 2j, 3j]),
        np.float16([1.5, 2]),
        np.array([b"a", b"\xff"], object),
        np.uint8([255, 0]),
    ],
    ids=lambda array: str(np.asarray(array).dtype),
)
def test_tensors_there_and_back(array) -> None:
    array = np.asarray(array)
    dtype = tf.string if array.dtype == object else tf.as_dtype(array.dtype)
    found = tensor_array(tensor_proto(array, dtype))
    assert found.shape == array.shape
    assert found.tolist() == array.tolist()
