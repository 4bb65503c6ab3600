"""Vector math: bounds, specials, vectorisation, and that both flavours agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jitgraph.kernels.cache import default_cache
from jitgraph.kernels.compile import KernelSource
from jitgraph.lowering import vector_math
from tests.lowering.kernel_runs import apply, elementwise, run_compiled

special = pytest.importorskip("scipy.special")

NAN, INF = float("nan"), float("inf")
COUNT = 20_000
LONG = np.longdouble
REFERENCES: dict[str, Callable[..., Any]] = {
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "pow": np.power,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(x, LONG(0)),
    "log_sigmoid": lambda x: -np.logaddexp(-x, LONG(0)),
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "floor_fmod": np.remainder,
}
BY_SCIPY = {
    "erf": special.erf,
    "erfc": special.erfc,
    "lgamma": special.gammaln,
    "digamma": special.digamma,
}
"""References that exist only in float64: float64 results get room for their error."""
SCIPY_ERROR = {"erf": 3, "erfc": 16, "lgamma": 8, "digamma": 8}
DOMAINS = {
    "acosh": (1, 100),
    "asin": (-1, 1),
    "acos": (-1, 1),
    "atanh": (-1, 1),
    "digamma": (2, 60),
    "lgamma": (3, 60),
    "erf": (-6, 6),
    "pow": (0, 30),
}
EXPONENTIAL = ("exp", "expm1", "sigmoid", "softplus", "log_sigmoid", "sinh", "cosh", "tanh")


def _rarely(name: str, guard: str) -> tuple[str, ...]:
    return (name, f"{name}f", f"jitgraph_{guard}_f32", f"jitgraph_{guard}_f64")


RARELY_CALLED = {
    **{name: _rarely(name, f"{name}_if_far") for name in ("sin", "cos", "tan")},
    "fmod": _rarely("fmod", "remainder_if_wrong"),
    "floor_fmod": _rarely("fmod", "remainder_if_wrong"),
}
"""What a loop calls for arguments that its formula doesn't cover, and for its last elements."""


def _arguments(name: str, dtype: str) -> list[np.ndarray[Any, Any]]:
    rng = np.random.default_rng(1)
    limit = 110 if dtype == "float32" else 750
    low, high = DOMAINS.get(name, (-limit, limit) if name in EXPONENTIAL else (-1000, 1000))
    if name == "erfc":
        low, high = (-6, 10 if dtype == "float32" else 3)
    parts = [rng.uniform(low, high, COUNT)]
    if name not in BY_SCIPY:
        largest = 120 if dtype == "float32" else 1020
        powers = np.ldexp(rng.uniform(1, 2, COUNT), rng.integers(-150, largest, COUNT))
        parts += [powers * rng.choice([-1, 1], COUNT), rng.uniform(-3, 3, COUNT)]
        parts.append(1 + rng.uniform(-1, 1, COUNT) * 2.0 ** -rng.integers(0, 24, COUNT))
    with np.errstate(all="ignore"):
        x = np.concatenate(parts).astype(dtype)
    return [x, rng.permutation(x)] if name in vector_math.BINARY else [x]


def _reference(name: str, arrays: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    if name in BY_SCIPY:
        return BY_SCIPY[name](*(array.astype(np.float64) for array in arrays)).astype(LONG)
    function = REFERENCES.get(name) or getattr(np, name)
    return function(*(array.astype(LONG) for array in arrays))


def _compiled(name: str, dtype: str, *arrays: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    full_name = f"{name}_{dtype}"
    operands = ", ".join(f"x{k}" for k in range(len(arrays)))
    pairs = [(dtype, array) for array in arrays]
    return apply(run_compiled, f"{full_name}({operands})", [full_name], pairs, dtype)


def _units(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Errors in units in the last place; infinite where a special value is wrong."""
    rounded = want.astype(got.dtype)
    same = (rounded == got) | (np.isnan(rounded) & np.isnan(got))
    finite = np.isfinite(rounded) & np.isfinite(got)
    unit = np.spacing(np.maximum(np.abs(rounded), np.finfo(got.dtype).tiny)).astype(LONG)
    errors = np.abs(got.astype(LONG) - want) / unit
    return np.where(finite, errors, np.where(same, 0, LONG(INF)))


@pytest.mark.parametrize("dtype", vector_math.DTYPES)
@pytest.mark.parametrize("name", vector_math.NAMES)
def test_errors_are_within_their_bounds(name: str, dtype: str) -> None:
    if dtype == "float64" and np.finfo(LONG).nmant <= 52:
        pytest.skip("no number type here is longer than float64")
    arrays = _arguments(name, dtype)
    with np.errstate(all="ignore"):
        errors = _units(_compiled(name, dtype, *arrays), _reference(name, arrays))
    bound = vector_math.ULP_BOUNDS[dtype][name]
    if dtype == "float64":
        bound += SCIPY_ERROR.get(name, 0)
    worst = int(errors.argmax())
    assert errors[worst] <= bound + 0.01, [array[worst] for array in arrays]


def test_erfc_far_out() -> None:
    x = np.array([5.0, 10.0, 20.0, 26.0])
    want = [1.5374597944280348e-12, 2.088487583762545e-45, 5.395865611607901e-176,
            5.663192408856143e-296]  # fmt: skip
    np.testing.assert_allclose(_compiled("erfc", "float64", x), want, rtol=1e-15)


SPECIALS = {
    "exp": [(0.0, 1), (-0.0, 1), (INF, INF), (-INF, 0), (1e9, INF), (-1e9, 0)],
    "expm1": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -1), (-1e9, -1), (1e-30, 1e-30)],
    "log": [(0.0, -INF), (-0.0, -INF), (1, 0.0), (INF, INF), (-1, NAN), (-INF, NAN)],
    "log1p": [(0.0, 0.0), (-0.0, -0.0), (-1, -INF), (-2, NAN), (INF, INF), (1e-30, 1e-30)],
    "tanh": [(0.0, 0.0), (-0.0, -0.0), (INF, 1), (-INF, -1), (100, 1), (1e-30, 1e-30)],
    "sigmoid": [(0.0, 0.5), (INF, 1), (-INF, 0.0), (200, 1)],
    "softplus": [(INF, INF), (-INF, 0.0)],
    "log_sigmoid": [(INF, -0.0), (-INF, -INF)],
    "erf": [(0.0, 0.0), (-0.0, -0.0), (INF, 1), (-INF, -1), (10, 1)],
    "erfc": [(0.0, 1), (INF, 0.0), (-INF, 2), (1e9, 0.0)],
    "sin": [(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (1e-30, 1e-30)],
    "cos": [(0.0, 1), (-0.0, 1), (INF, NAN)],
    "tan": [(0.0, 0.0), (-0.0, -0.0), (INF, NAN)],
    "sinh": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF)],
    "cosh": [(0.0, 1), (INF, INF), (-INF, INF)],
    "asin": [(0.0, 0.0), (-0.0, -0.0), (1.5, NAN), (-INF, NAN)],
    "acos": [(1, 0.0), (1.5, NAN), (-2, NAN)],
    "atan": [(0.0, 0.0), (-0.0, -0.0)],
    "asinh": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF)],
    "acosh": [(1, 0.0), (0.5, NAN), (-INF, NAN), (INF, INF)],
    "atanh": [(0.0, 0.0), (-0.0, -0.0), (1, INF), (-1, -INF), (2, NAN)],
    "sqrt": [(0.0, 0.0), (-0.0, -0.0), (-1, NAN), (INF, INF)],
    "rsqrt": [(0.0, INF), (INF, 0.0), (-1, NAN)],
    "floor": [(-0.0, -0.0), (-1.5, -2), (INF, INF)],
    "ceil": [(-0.5, -0.0), (1.5, 2), (-INF, -INF)],
    "rint": [(0.5, 0.0), (1.5, 2), (2.5, 2), (-0.5, -0.0)],
    "lgamma": [(1, 0.0), (0.0, INF), (-1, INF), (INF, INF), (-INF, INF)],
    "digamma": [(0.0, INF), (-1, INF), (INF, INF)],
}


@pytest.mark.parametrize("dtype", vector_math.DTYPES)
@pytest.mark.parametrize("name", SPECIALS)
def test_specials_are_exact(name: str, dtype: str) -> None:
    points = [*SPECIALS[name], (NAN, NAN)]
    x, want = (np.array(column, dtype) for column in zip(*points, strict=True))
    got = _compiled(name, dtype, x)
    np.testing.assert_array_equal(got, want)
    zeros = want == 0
    assert np.signbit(got[zeros]).tolist() == np.signbit(want[zeros]).tolist()


@pytest.mark.parametrize("dtype", vector_math.DTYPES)
@pytest.mark.parametrize("name", ["pow", "atan2"])
def test_specials_of_two_arguments_are_numpys(name: str, dtype: str) -> None:
    values = [0.0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, 1e30, -1e30, INF, -INF, NAN]
    x, y = (side.ravel().astype(dtype) for side in np.meshgrid(values, values))
    with np.errstate(all="ignore"):
        want = _reference(name, [x, y])
        got = _compiled(name, dtype, x, y)
        assert _units(got, want).max() <= vector_math.ULP_BOUNDS[dtype][name]
    zeros = want == 0
    assert np.array_equal(np.signbit(got[zeros]), np.signbit(want[zeros]))


@pytest.mark.parametrize("dtype", vector_math.DTYPES)
@pytest.mark.parametrize("name", ["log", "expm1", "sin", "tanh", "asinh", "sqrt", "erf", "log1p"])
def test_subnormal_numbers(name: str, dtype: str) -> None:
    tiny = np.finfo(dtype).tiny
    x = np.array([tiny, tiny / 2, tiny / 1024, np.finfo(dtype).smallest_subnormal], dtype)
    errors = _units(_compiled(name, dtype, x), _reference(name, [x]))
    assert errors.max() <= vector_math.ULP_BOUNDS[dtype][name] + SCIPY_ERROR.get(name, 0)


@pytest.mark.parametrize("dtype", vector_math.DTYPES)
def test_sines_beyond_the_reduction_stay_bounded(dtype: str) -> None:
    x = np.array([1e16, 1e25, 3e38], dtype)
    for name in ("sin", "cos"):
        assert (np.abs(_compiled(name, dtype, x)) <= 1).all()


@pytest.mark.parametrize("dtype", vector_math.DTYPES)
@pytest.mark.parametrize("name", vector_math.NAMES)
def test_plain_python_agrees(name: str, dtype: str) -> None:
    points = [*SPECIALS.get(name, []), (0.3, 0), (0.9, 0), (1.7, 0), (-2.4, 0), (30.5, 0)]
    x = np.array([point[0] for point in points], dtype)
    arrays = [x, x[::-1].copy()] if name in vector_math.BINARY else [x]
    function = vector_math.functions(dtype)[name]
    plain = np.array([function(*values) for values in zip(*arrays, strict=True)])
    assert plain.dtype == dtype
    np.testing.assert_allclose(
        plain,
        _compiled(name, dtype, *arrays),
        rtol=8 * np.finfo(dtype).eps,
        atol=1e-15 if name == "lgamma" else 0,
    )


@pytest.mark.parametrize("dtype", vector_math.DTYPES)
@pytest.mark.parametrize("name", [n for n in vector_math.NAMES if n not in ("lgamma", "digamma")])
def test_loops_vectorise(name: str, dtype: str) -> None:
    operands = "x0, x1" if name in vector_math.BINARY else "x0"
    dtypes = [dtype] * len(operands.split(","))
    full_name = f"{name}_{dtype}"
    source, names = elementwise(f"{full_name}({operands})", [full_name], dtypes, dtype)
    kernel = default_cache().get(KernelSource("test", source, names))
    assert re.search(r"store <\d+ x (float|double|i32|i64)>", kernel.llvm_ir())
    calls = re.findall(r"^\s+(?:call[lq]?|bl)\s+(\w+)", kernel.assembly(), re.MULTILINE)
    assert set(calls) <= set(RARELY_CALLED.get(name, ())), calls


def test_namespace_has_every_function() -> None:
    names = set(vector_math.namespace("float32"))
    assert names == {f"{name}_float32" for name in vector_math.NAMES}
    for dtype in vector_math.DTYPES:
        assert set(vector_math.ULP_BOUNDS[dtype]) == set(vector_math.NAMES)
