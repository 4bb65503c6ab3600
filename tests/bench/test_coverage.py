"""The most used symbols of TensorFlow 1: none that was there goes missing."""

from __future__ import annotations

from pathlib import Path

from bench.coverage import rows, shares

MISSING = Path(__file__).with_name("missing_symbols.txt")
"""Of the first 300 outside contrib, keras and estimator, those that jitgraph lacks."""


def test_symbols_that_are_missing() -> None:
    first = [row for row in rows() if not row.is_apart][:300]
    missing = {row.symbol for row in first if not row.found}
    known = set(MISSING.read_text(encoding="utf-8").split())
    assert missing <= known, "these were there before"


def test_shares_are_weighted_by_files() -> None:
    table = rows()
    each, by_files = shares(table)
    assert 0.5 < each < by_files <= 1
