"""Kernels, sources, plan and timings of an explanation, and how they print."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

import jitgraph as tf
from jitgraph.inspection.listing import (
    bytes_text,
    counted,
    seconds_text,
    table,
    wrapped,
)


def layers(count: int) -> Any:
    """So many equal layers."""
    x = tf.placeholder(tf.float32, [None, 8], name="x")
    for _ in range(count):
        x = tf.tanh(tf.matmul(x, tf.ones([8, 8])) + 1.0)
    return x


def test_equal_layers_share_kernels() -> None:
    explained = tf.explain(layers(5))
    shared = {kernel.label: len(kernel.steps) for kernel in explained.kernels}
    assert shared == {"matmul_float32": 5, "addv2_tanh": 5}
    assert "2 shared by 10 steps" in str(explained)


def test_kernels_of_one_name_are_numbered() -> None:
    x, y = tf.placeholder(tf.float32, [4, 4]), tf.placeholder(tf.float64, [4, 4])
    explained = tf.explain([tf.exp(x), tf.exp(y)])
    assert [kernel.label for kernel in explained.kernels] == ["exp", "exp#2"]
    assert [step.name for step in explained.regions] == ["exp", "exp#2"]


def test_sources_are_found_by_label_and_key() -> None:
    explained = tf.explain(layers(1))
    kernel = explained.kernels[1]
    assert explained.sources["addv2_tanh"] == explained.sources[kernel.key[:8]] == kernel.source
    assert "def kernel(args, lo, hi):" in kernel.source
    with pytest.raises(KeyError, match="no kernel 'nope'; there are matmul_float32, addv2_tanh"):
        explained.sources["nope"]


def test_a_source_tells_which_ops_it_is_for() -> None:
    x = tf.placeholder(tf.float32, [4], name="x")
    y = tf.exp(x, name="y")
    z = tf.negative(y, name="longer")
    source = tf.explain(z).sources["exp_neg"]
    assert source.splitlines()[:5] == [
        f"# y       {y.op.site}",
        f"# longer  {z.op.site}",
        "#",
        "# %y: float32[4] = Exp(%x)",
        "# %longer: float32[4] = Neg(%y)",
    ]


def test_plan_accounts_for_every_byte() -> None:
    plan = tf.explain(layers(3)).plan
    assert plan.feed_bytes == plan.result_bytes == 64 * 8 * 4
    assert plan.arena_bytes == sum(slot.bytes for slot in plan.slots)
    assert plan.peak_bytes == plan.arena_bytes + plan.result_bytes
    assert str(plan).startswith(f"peak {bytes_text(plan.peak_bytes)}, arena ")


def test_values_of_one_slot_live_one_after_the_other() -> None:
    for slot in tf.explain(layers(6)).plan.slots:
        lives = [(tenant.first, tenant.last) for tenant in slot.tenants]
        assert all(end <= start for (_, end), (start, _) in pairwise(lives))


def test_plan_prints_what_is_written_in_place() -> None:
    x = tf.placeholder(tf.float32, [64, 64], name="x")
    y = tf.matmul(x, x, name="y")
    z = tf.tanh(y, name="z")
    plan = tf.explain(tf.matmul(z, z)).plan
    assert plan.in_place == (("z", "y"),)
    lines = [" ".join(line.split()) for line in str(plan).splitlines()]
    first = next(number for number, line in enumerate(lines) if line.endswith(" %y"))
    assert lines[first] == "0 16,384 0 to 1 float32[64, 64] %y"
    assert lines[first + 1] == "1 to 2 float32[64, 64] %z over %y"


def test_timings_cover_stages_passes_and_kernels() -> None:
    explained = tf.explain(layers(1))
    timings = explained.timings
    assert list(timings.stages) == ["trace", "passes", "lower", "compile and link"]
    assert tuple(timings.passes) == explained.passes
    assert list(timings.kernels) == ["matmul_float32", "addv2_tanh"]
    assert timings.total == pytest.approx(sum(timings.stages.values()))
    assert str(timings).splitlines()[0].startswith("stage   trace")


@pytest.mark.parametrize("part", ["graph", "program", "regions", "kernels", "sources", "plan"])
def test_every_part_prints_as_text(part: str) -> None:
    text = str(getattr(tf.explain(layers(2)), part))
    assert text.strip()
    assert " object at 0x" not in text


def test_kernels_print_where_they_are_kept() -> None:
    kernel = tf.explain(tf.exp(tf.placeholder(tf.float32, [4]))).kernels[0]
    lines = str(kernel).splitlines()
    assert lines[0].startswith("kernel exp: run by 1 step, from ")
    assert lines[1:] == [f"  key  {kernel.key}", f"  file {kernel.filename}"]


def test_units() -> None:
    assert [bytes_text(n) for n in (0, 999, 1000, 131136, 10**6, 25 * 10**8, 10**13)] == [
        "0 B", "999 B", "1 kB", "131 kB", "1 MB", "2.5 GB", "10000 GB",
    ]  # fmt: skip
    assert [seconds_text(s) for s in (0.0, 3.7e-5, 0.00123, 0.1, 12)] == [
        "0 µs", "37 µs", "1.2 ms", "0.10 s", "12.00 s",
    ]  # fmt: skip
    assert [counted(1, "step"), counted(2000, "step")] == ["1 step", "2,000 steps"]


def test_tables_and_wrapping() -> None:
    assert table([["a", "1"], ["bc", "23"], ["d"]], "<>") == ["a    1", "bc  23", "d"]
    assert wrapped(["aa", "bb", "cc"], 6) == ["aa, bb,", "cc"]
    assert wrapped([], 6) == []
