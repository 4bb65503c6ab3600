"""Sessions return what TensorFlow 1.15.5's sessions return: same types, same values."""

from __future__ import annotations

import math
from typing import Any

import pytest
from describe import describe
from recorded import parameters, replay

TOLERANCE = 4e-6
"""Float32 results may differ by a few units in the last place; float64 far less."""


def same(got: Any, want: Any) -> bool:
    if isinstance(want, list):
        return (
            isinstance(got, list)
            and len(got) == len(want)
            and all(same(a, b) for a, b in zip(got, want, strict=True))
        )
    if isinstance(want, float) and isinstance(got, float):
        return math.isclose(got, want, rel_tol=TOLERANCE, abs_tol=1e-7)
    return type(got) is type(want) and got == want


@pytest.mark.parametrize("case", parameters("values"))
def test_result(case: dict[str, Any]) -> None:
    _, scope = replay(case["code"])
    got = describe(scope["result"])
    assert same(got, case["result"]), f"\n got {got}\nwant {case['result']}"
