"""Graphs whose datasets call functions: TensorFlow's are read, ours go there and back."""

from __future__ import annotations

import base64
import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("dataset_graphs", HERE / "dataset_graphs.py")
programs = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(programs)
RECORDED = json.loads((HERE / "datasets.json").read_text())


def _theirs(name: str):
    found = tf.GraphDef()
    found.ParseFromString(base64.b64decode(RECORDED[name]["graph"]))
    return found


def _check(name: str, graph_def) -> None:
    with tf.Graph().as_default():
        tf.import_graph_def(graph_def, name="")
        found = programs.outputs(tf, *RECORDED[name]["run"])
    for ours, theirs in zip(found, RECORDED[name]["outputs"], strict=True):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", sorted(set(programs.GRAPHS) - {"with_control_flow"}))
def test_tensorflows_graph(name: str) -> None:
    _check(name, _theirs(name))


def test_loops_and_branches_that_are_functions_are_named() -> None:
    with (
        tf.Graph().as_default(),
        pytest.raises(
            tf.errors.NotFoundError, match=r"Op type not registered '\w*(While|If)' \(node \w+\)"
        ),
    ):
        tf.import_graph_def(_theirs("with_control_flow"))


@pytest.mark.parametrize("name", programs.GRAPHS)
def test_there_and_back(name: str) -> None:
    with tf.Graph().as_default() as graph:
        assert list(programs.GRAPHS[name](tf)) == RECORDED[name]["run"]
    ours = graph.as_graph_def(add_shapes=True)
    assert len(ours.library.function) == len({f.signature.name for f in ours.library.function})
    _check(name, ours)


def test_a_saver_keeps_them(tmp_path: Path) -> None:
    path = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        programs.mapped(tf)
        tf.get_variable("w", initializer=[1.0])
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, path)
        tf.summary.FileWriter(str(tmp_path), session.graph).close()
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(f"{path}.meta").restore(session, path)
        found = programs.outputs(tf, *RECORDED["mapped"]["run"])
    assert found == RECORDED["mapped"]["outputs"]


def test_a_function_that_is_not_there() -> None:
    graph_def = _theirs("one_shot")
    del graph_def.library.function[:]
    with tf.Graph().as_default() as graph:
        with pytest.raises(tf.errors.NotFoundError, match=r"is not defined \(node "):
            tf.import_graph_def(graph_def)
        assert not graph.get_operations()


def test_a_function_that_calls_itself() -> None:
    graph_def = _theirs("mapped")
    node = next(node for node in graph_def.node if node.op == "FlatMapDataset")
    function = next(
        f for f in graph_def.library.function if f.signature.name == node.attr["f"].func.name
    )
    inner = next(n for n in function.node_def if "f" in n.attr)
    inner.attr["f"].func.name = function.signature.name
    with tf.Graph().as_default(), pytest.raises(ValueError, match="calls itself"):
        tf.import_graph_def(graph_def)


def test_an_input_that_is_not_there() -> None:
    graph_def = _theirs("grouped")
    function = graph_def.library.function[0]
    node = next(node for node in function.node_def if node.input)
    node.input[0] = "nothing:output:0"
    with tf.Graph().as_default(), pytest.raises(ValueError, match="is not there"):
        tf.import_graph_def(graph_def)


def test_two_functions_of_one_name_are_told_apart() -> None:
    with tf.Graph().as_default() as graph:
        numbers = tf.data.Dataset.range(3).map(lambda x: x + 1).map(lambda x: x * 2)
        numbers.make_initializable_iterator()
    names = [f.signature.name for f in graph.as_graph_def().library.function]
    assert len(set(names)) == 2
