"""The benchmark suite: rows are found, results compared, figures judged and shown."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from bench.measure import Measured, differences
from bench.report import as_json, show, table
from bench.row import RUN, Row, at_most, percentile, times_faster
from bench.rows import ROW_NAMES, find_row
from bench.worker import sample

FIGURES = {"jitgraph": {RUN: [1e-6, 2e-6, 3e-6]}, "tensorflow": {RUN: [100e-6, 110e-6]}}


def row(*goals) -> Row:
    return Row("row", "a row", {"jitgraph": lambda _: None}, goals)


@pytest.mark.parametrize("name", ROW_NAMES)
def test_every_name_finds_its_row(name: str) -> None:
    found = find_row(name)
    assert found.name == name
    assert "jitgraph" in found.sides
    assert found.goals


def test_goals_compare_least_and_median() -> None:
    measured = Measured(
        row(times_faster("tensorflow", 100), times_faster("jax", 1), at_most(RUN, 1e-6, "1 µs")),
        FIGURES,
    )
    assert [reached for _, reached in measured.goals()] == [True, None, False]


def test_differences_name_the_result() -> None:
    ours = [np.zeros(2), np.ones(2)]
    assert differences(row(), ours, ours) is None
    assert "result 1 differs" in str(differences(row(), [np.zeros(2), np.zeros(2)], ours))
    assert "has shape (3,)" in str(differences(row(), [np.zeros(3)], ours))


def test_sample_times_batches_of_calls() -> None:
    calls = itertools.count()
    samples = sample(lambda: next(calls), seconds=0.0, batch_seconds=0.0)
    assert len(samples) == 3
    assert next(calls) == 4


def test_percentile_of_few_samples() -> None:
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([3.0, 1.0, 2.0], 99) == 3.0


def test_units() -> None:
    shown = [show(RUN, value) for value in (1.5, 2e-3, 3e-6)] + [show("kernels", 12.0)]
    assert shown == ["1.5 s", "2 ms", "3 µs", "12"]


def test_table_shows_ratio_goals_and_failures() -> None:
    text = table(Measured(row(times_faster("tensorflow", 50)), FIGURES, {"jax": "no such module"}))
    assert "100.00 x" in text
    assert "50 times tensorflow: reached" in text
    assert "failed: no such module" in text


def test_json_holds_all_figures() -> None:
    content = json.loads(as_json([Measured(row(), FIGURES)]))
    assert content["rows"][0]["figures"]["jitgraph"][RUN]["median"] == 2e-6
