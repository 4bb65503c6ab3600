"""Why regions end where they do, each reason by the smallest graph that shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import jitgraph as tf


def placeholder(*dims: int | None) -> Any:
    return tf.placeholder(tf.float32, list(dims), name="x")


def a_result() -> Any:
    return tf.exp(placeholder(4))


def a_variable() -> Any:
    return tf.assign(tf.Variable([1.0], name="v"), tf.exp(placeholder(1))).op


def a_library_kernel() -> Any:
    x = placeholder(4, 4)
    return tf.matmul(tf.exp(x), x)


def an_assembly() -> Any:
    x = placeholder(4)
    return tf.concat([tf.exp(x), x], 0)


def another_shape() -> Any:
    return tf.reduce_sum(tf.exp(placeholder(4))) + placeholder(5)


def a_transposed_view() -> Any:
    x = placeholder(4, 4)
    return tf.transpose(tf.exp(x)) + x


def outer_axes() -> Any:
    x = placeholder(4, 5)
    return tf.exp(tf.reduce_sum(x, 0)) + x


def blocks() -> Any:
    return tf.exp(tf.reduce_sum(placeholder(1000, 1000)))


def a_long_chain() -> Any:
    x = placeholder(4)
    for _ in range(100):
        x = tf.sin(x) + tf.cos(x)
    return x


REASONS = [
    (a_result, "its result is fetched"),
    (a_variable, "its result is what a variable becomes"),
    (a_library_kernel, "MatMul is a library kernel"),
    (an_assembly, "ConcatV2 copies it into its place"),
    (another_shape, "AddV2 computes another shape, float32[5]"),
    (a_transposed_view, "AddV2 reads it through Transpose, at other elements"),
    (outer_axes, "Exp waits for the last row of a reduction over outer axes"),
    (blocks, "a large reduction is finished from its blocks' results"),
    (a_long_chain, "its code would grow too long"),
]


@pytest.mark.parametrize(("build", "reason"), REASONS)
def test_first_region_ends(build: Callable[[], Any], reason: str) -> None:
    regions = [step for step in tf.explain(build()).regions if step.kind == "region"]
    assert regions[0].ended == reason


def test_two_readers_give_two_reasons() -> None:
    x = placeholder(4, 4)
    y = tf.exp(x, name="y")
    first = tf.explain([y, tf.matmul(y, x, name="z")]).regions[0]
    assert [str(ending) for ending in first.endings] == [
        "%y: its result is fetched",
        "%y -> %z: MatMul is a library kernel",
    ]
    assert first.ended == "its result is fetched; MatMul is a library kernel"


def test_a_region_as_text() -> None:
    x = placeholder(None, 4)
    y = tf.exp(x, name="y")
    region = tf.explain(tf.matmul(y, tf.ones([4, 2]))).regions[0]
    assert str(region).splitlines() == [
        "0  exp  (region)",
        f"   %y: float32[s0, 4] = Exp(%x)   # {y.op.site}",
        "   reads   %x: float32[s0, 4]",
        "   writes  %y: float32[s0, 4]",
        "   runs    256 iterations in at most 1 chunk",
        f"   kernel  {region.key[:16]}",
        "   ended   MatMul is a library kernel",
    ]


def test_every_step_has_a_reason() -> None:
    x = placeholder(None, 3)
    parts = tf.split(tf.nn.softmax(x), 3, 1)
    y = tf.gather(tf.concat([tf.cumsum(parts[0]), parts[2]], 0), tf.argmax(x, 1))
    assert all(step.ended for step in tf.explain(y).regions)
