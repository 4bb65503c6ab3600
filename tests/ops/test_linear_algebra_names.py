"""Reductions, products, norms and their gradients make the operations that TensorFlow makes."""

from __future__ import annotations

from typing import Any

from tests.ops.linear_algebra_cases import CASES, at_least_as_known, built, recorded_output


@CASES
def test_operations(case: dict[str, Any]) -> None:
    got = [[kind, name, inputs] for kind, name, inputs, _ in built(case["code"])]
    assert got == [op[:3] for op in case["ops"]]


@CASES
def test_dtypes_and_static_shapes(case: dict[str, Any]) -> None:
    for (_, name, _, got), op in zip(built(case["code"]), case["ops"], strict=True):
        for (dtype, dims), text in zip(got, op[3], strict=True):
            want_dtype, want_dims = recorded_output(text)
            assert dtype == want_dtype, name
            assert at_least_as_known(dims, want_dims), name
