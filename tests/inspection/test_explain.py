"""`explain`: what it takes, what it assumes, and what each part holds."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.passes.pipeline import PIPELINE


def regression() -> tuple[Any, Any, Any, Any]:
    """x, y, loss and training step of a linear regression."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    y = tf.placeholder(tf.float32, [None], name="y")
    w = tf.Variable(np.zeros((3, 1), np.float32), name="w")
    loss = tf.reduce_mean(tf.square(tf.squeeze(tf.matmul(x, w), 1) - y), name="loss")
    return x, y, loss, tf.train.GradientDescentOptimizer(0.1).minimize(loss, name="train")


def feeds(x: Any, y: Any, rows: int = 8) -> dict[Any, Any]:
    return {x: np.ones((rows, 3), np.float32), y: np.ones(rows)}


def masked(text: str) -> str:
    """Text without what differs from run to run: seconds, where kernels came from."""
    text = re.sub(r" *\b[\d.]+ (µs|ms|s)\b", " TIME", text)
    text = re.sub(r"\b(compiled|disk|memory) +(TIME|-) +", "ORIGIN ", text)
    return re.sub(
        r"^(kernels .*?)\d+ (in memory|from disk|compiled now).*$", r"\1...", text, flags=re.M
    )


def test_summary_of_a_forward_pass() -> None:
    x, y, loss, _ = regression()
    lines = masked(str(tf.explain(loss, feeds(x, y)))).splitlines()
    assert lines[:4] == [
        "graph     8 ops of 54 take part",
        "a run     2 steps by 2 kernels, in one native call",
        "sizes     s0 = 8 (x, dimension 0), s1 = 8 (y, dimension 0)",
        "holds if  s0 == s1",
    ]
    kernels = [line for line in lines if "ORIGIN" in line]
    assert [re.sub(" +", " ", line) for line in kernels] == [
        "matmul_float32 1 1 ORIGIN a matrix product is a library kernel",
        "sub_square_sum_realdiv 1 4 ORIGIN its result is fetched",
    ]


def test_summary_lists_every_pass_with_its_ops() -> None:
    x, y, loss, _ = regression()
    explained = tf.explain(loss, feeds(x, y))
    text = str(explained)
    for name, record in zip(explained.passes, explained.compiled.passes, strict=True):
        before, after = len(record.before.instrs), len(record.after.instrs)
        assert re.search(rf"^{name} +{before} +(->|=) +{after} +", text, re.M), name


def test_the_text_fits_a_screen() -> None:
    text = str(tf.explain(regression()[3]))
    assert len(text.splitlines()) <= 40
    assert max(map(len, text.splitlines())) <= 100


def test_passes_are_those_of_the_pipeline() -> None:
    explained = tf.explain(tf.constant(1.0) + 1.0)
    names = [name.partition("#")[0] for name in explained.passes]
    assert names == [each.__name__ for each in PIPELINE]
    assert len(set(explained.passes)) == len(PIPELINE)


def test_after_gives_the_program_after_a_pass() -> None:
    _, _, loss, _ = regression()
    explained = tf.explain(loss)
    assert explained.after(explained.passes[-1]) is explained.compiled.optimised
    assert "Mean(%Square" in str(explained.program)
    decomposed = str(explained.after("decompose_ops"))
    assert "Mean(" not in decomposed
    assert "Sum(%Square" in decomposed


def test_after_an_unknown_pass_lists_the_passes() -> None:
    explained = tf.explain(tf.constant(1.0))
    with pytest.raises(ValueError, match=r"no pass is named 'polish'; the passes are prune_dead, "):
        explained.after("polish")


def test_graph_names_the_users_lines() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.add(x, 1.0, name="y")
    explained = tf.explain(y)
    assert [op.name for op in explained.graph.ops] == ["y/y", "y"]
    site = y.op.site
    assert site.startswith("test_explain.py:")
    assert str(explained.graph).splitlines()[-1].split() == [site, "Add", "float32[2]", "y"]
    assert explained.graph.counts() == {"Const": 1, "Add": 1}


def test_program_prints_with_sites() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.exp(x, name="y")
    assert str(tf.explain(y).program).splitlines() == [
        "feed %x: float32[2]",
        f"%y: float32[2] = Exp(%x)   # {y.op.site}",
        "return %y",
    ]


def test_nothing_is_run() -> None:
    x, y, loss, train = regression()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.explain([train, loss], feeds(x, y))
        np.testing.assert_array_equal(session.run("w:0"), np.zeros((3, 1)))


def test_a_training_step_by_name_updates_the_variable_in_place() -> None:
    regression()
    explained = tf.explain(["train", "loss:0"])
    assert [state.name for state, _ in explained.program.updates] == ["w"]
    assert any(read == "w" for _, read in explained.plan.in_place)
    endings = {ending.reason for region in explained.regions for ending in region.endings}
    assert {"its result is fetched", "its result is what a variable becomes"} <= endings


def test_fetches_may_be_nested_and_fed() -> None:
    x, y, loss, _ = regression()
    explained = tf.explain({"a": [loss, x]}, feeds(x, y))
    assert [step.kind for step in explained.regions] == ["library", "region"]


def test_nothing_to_compute() -> None:
    explained = tf.explain([])
    assert (len(explained.regions), len(explained.kernels)) == (0, 0)
    assert "0 steps by 0 kernels" in str(explained)


def test_a_new_size_has_the_same_kernels() -> None:
    x, y, loss, _ = regression()
    first, second = (tf.explain(loss, feeds(x, y, rows)) for rows in (8, 9))
    assert first.sources == second.sources
    assert {kernel.origin for kernel in second.kernels} == {"memory"}


def test_shapes_of_placeholders_are_made_up() -> None:
    _, _, loss, _ = regression()
    explained = tf.explain(loss)
    assert explained.assumed == {"x": (64, 3), "y": (64,)}
    assert explained.symbols == {"s0": 64, "s1": 64}
    assert "s0 = 64 (x, dimension 0, made up)" in str(explained)


def test_a_placeholder_of_unknown_rank_must_be_fed() -> None:
    x = tf.placeholder(tf.float32, name="x")
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="can't make up a shape for x:0: feed it in feed_dict"
    ):
        tf.explain(x + 1.0)
    assert tf.explain(x + 1.0, {x: [1.0, 2.0]}).symbols == {"s0": 2}


def test_made_up_shapes_that_do_not_fit_are_named() -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="made up shapes for x:0: feed them in feed_dict"
    ):
        tf.explain(tf.reshape(x, [7, 5]))


def test_a_size_that_only_a_run_can_tell_must_be_fed() -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    where = tf.where(x > 0.0, name="found")
    with pytest.raises(tf.errors.FailedPreconditionError, match="feed found:0 in feed_dict"):
        tf.explain(tf.shape(where))


def test_a_variable_of_unknown_shape_needs_a_session() -> None:
    x = tf.placeholder(tf.float32, [None, 3])
    v = tf.Variable(x, validate_shape=False, name="v")
    with pytest.raises(tf.errors.FailedPreconditionError, match="the shape of v isn't known"):
        tf.explain(v + 1.0)
    with tf.Session() as session:
        session.run(v.initializer, {x: np.ones((4, 3))})
        plan = tf.explain(v + 1.0).plan
    assert (plan.variable_bytes, plan.result_bytes) == (48, 48)


def test_fetches_of_another_graph_leave_the_default_session_alone() -> None:
    with tf.Session():
        other = tf.Graph()
        with other.as_default():
            y = tf.constant(2.0) * 3.0
        assert tf.explain(y).graph.of_graph == 3


def test_unfetchable_things_are_refused() -> None:
    with pytest.raises(TypeError, match="Fetch argument 3 has invalid type"):
        tf.explain(3)
    with pytest.raises(ValueError, match="Fetch argument 'nope' cannot be interpreted"):
        tf.explain("nope")


def test_host_steps_are_told() -> None:
    text = tf.placeholder(tf.string, [None], name="text")
    explained = tf.explain(tf.equal(text, "a"))
    assert [step.kind for step in explained.regions] == ["host"]
    assert "1 step by 0 kernels, 1 of them in Python" in str(explained)
