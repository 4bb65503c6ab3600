"""Branches and loops in meta graphs are told as TensorFlow tells them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

import jitgraph as tf
from jitgraph import protos
from tests.graph_def.context_cases import contexts

RECORDED = json.loads(Path(__file__).with_name("contexts.json").read_text())
MESSAGES = {"cond_context": "CondContextDef", "while_context": "WhileContextDef"}


@pytest.mark.parametrize("kind", RECORDED)
def test_contexts_are_tensorflows(kind: str) -> None:
    message = protos.message_class(MESSAGES[kind])
    found, wanted = (
        [message.FromString(base64.b64decode(item)) for item in each[kind]]
        for each in (contexts(tf), RECORDED)
    )
    assert found == wanted
    assert found


def test_what_is_imported_can_be_exported_again() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [])
        tf.cond(x > 0, lambda: x, lambda: -x)
        first = tf.train.export_meta_graph()
    with tf.Graph().as_default():
        tf.train.import_meta_graph(first)
        again = tf.train.export_meta_graph()
    assert again.collection_def["cond_context"] == first.collection_def["cond_context"]
