"""What elementwise ops mean: references against results of TensorFlow 1.15.5.

Known differences, on purpose: maximum and minimum give NaN where either side is NaN, and sign keeps
NaN (TensorFlow 1.15 drops a NaN on one side)."""

import numpy as np
import pytest

from jitgraph.dtypes import bool as bool_dtype, complex64, float32, int8, int32, uint8
from jitgraph.ops.registry import REGISTRY

inf, nan = np.inf, np.nan
f64, i32 = np.float64, np.int32

CASES = [
    ("FloorMod", f64, ([7, -7, 7, -7, 5.5, -1, 1], [3, 3, -3, -3, 2, inf, -inf]),
     [1, 2, -2, -1, 1.5, inf, -inf]),
    ("FloorMod", i32, ([7, -7, 7, -7], [3, 3, -3, -3]), [1, 2, -2, -1]),
    ("FloorDiv", f64, ([7, -7, 1, 1, 0], [3, 3, 0.1, 0, 0]), [2, -3, 10, inf, nan]),
    ("FloorDiv", np.float32, ([7, -7, 1, 1, 0], [3, 3, 0.1, 0, 0]), [2, -3, 10, inf, nan]),
    ("FloorDiv", i32, ([7, -7, 7, -7, -(2**31)], [2, 2, -2, -2, 2]), [3, -4, -4, 3, -(2**30)]),
    ("TruncateMod", f64, ([7, -7, 7, -7, 5.5, -1], [3, 3, -3, -3, 2, inf]),
     [1, -1, 1, -1, 1.5, -1]),
    ("TruncateMod", i32, ([7, -7, 7, -7], [2, 2, -2, -2]), [1, -1, 1, -1]),
    ("TruncateDiv", i32, ([7, -7, 7, -7], [2, 2, -2, -2]), [3, -3, -3, 3]),
    ("Div", i32, ([7, -7, 7, -7], [2, 2, -2, -2]), [3, -3, -3, 3]),
    ("Maximum", f64, ([1, nan, 2], [nan, 1, 3]), [nan, nan, 3]),
    ("Minimum", f64, ([1, nan, 2], [nan, 1, 3]), [nan, nan, 2]),
    ("Sign", f64, ([-2, 0, nan, 3],), [-1, 0, nan, 1]),
    ("Sign", np.complex128, ([3 + 4j, 0],), [0.6 + 0.8j, 0]),
    ("Rint", f64, ([0.5, 1.5, 2.5, -0.5, -1.5],), [0, 2, 2, 0, -2]),
    ("Round", f64, ([0.5, 1.5, 2.5, -0.5, -1.5],), [0, 2, 2, 0, -2]),
    ("DivNoNan", f64, ([1, 0, nan, 1], [0, 0, 0, 4]), [0, 0, 0, 0.25]),
    ("MulNoNan", f64, ([inf, nan, 2, 0], [0, 0, 3, inf]), [0, 0, 6, nan]),
    ("Xlogy", f64, ([0, 2, 0], [0, 3, nan]), [0, 2.1972245773362196, 0]),
    ("Xdivy", f64, ([0, 2, 0], [0, 4, nan]), [0, 0.5, 0]),
    ("Digamma", f64, ([0.5, 1, -0.5, 0, -1, -2.5, 100, inf],),
     [-1.9635100260214227, -0.5772156649015323, 0.03648997397857645, inf, inf,
      1.1031566406452433, 4.600161852738088, inf]),
    ("Lgamma", f64, ([0.5, 3, -0.5, 0, -1, inf],),
     [0.5723649429247001, 0.6931471805599453, 1.2655121234846454, inf, inf, inf]),
    ("Polygamma", f64, ([1, 1, 2, 3, 0], [1, 0.3, 2.5, 0.7, 1.5]),
     [1.6449340668482266, 12.245364546107734, -0.23620405164172736, 25.879149678427744,
      0.03648997397857645]),
    ("Erf", f64, ([0, 0.5, -2, inf],), [0, 0.5204998778130465, -0.9953222650189527, 1]),
    ("Erfc", f64, ([0, 0.5, -2, 10],),
     [1, 0.4795001221869535, 1.9953222650189528, 2.088487583762545e-45]),
    ("Pow", i32, ([2, -3, 0], [10, 3, 0]), [1024, -27, 1]),
    ("Pow", f64, ([-8, 2, 0], [1 / 3, -1, 0]), [nan, 0.5, 1]),
    ("LeftShift", i32, ([1, 1, 1, -1], [3, 31, 40, -1]), [8, -(2**31), -(2**31), -1]),
    ("RightShift", i32, ([-8, 8, 8, 8], [1, 1, 40, -1]), [-4, 4, 0, 8]),
    ("PopulationCount", i32, ([0, -1, 7],), [0, 32, 3]),
    ("PopulationCount", np.int8, ([-1, 5],), [8, 2]),
    ("SquaredDifference", np.complex64, ([1 + 2j], [3 - 1j]), [13]),
    ("SquaredDifference", i32, ([1, 2], [4, 0]), [9, 4]),
    ("Angle", np.complex64, ([1 + 1j, -1 + 0j],), [0.7853981633974483, np.float32(np.pi)]),
    ("ComplexAbs", np.complex64, ([3 + 4j],), [5]),
    ("Sigmoid", f64, ([-1000, 0, 1000],), [0, 0.5, 1]),
    ("Sigmoid", np.complex128, ([1 + 1j],), [0.7820415706337492 + 0.2019482276580129j]),
    ("Atan2", f64, ([1, -1, 0, -0.0], [-1, -1, -1, -1]),
     [2.356194490192345, -2.356194490192345, np.pi, -np.pi]),
    ("Neg", i32, ([-(2**31)],), [-(2**31)]),
    ("Abs", i32, ([-(2**31)],), [-(2**31)]),
    ("AddV2", i32, ([2**31 - 1], [1]), [-(2**31)]),
    ("NextAfter", f64, ([1, 1], [2, 0]), [1.0000000000000002, 0.9999999999999999]),
    ("IsNan", f64, ([1, nan, inf],), [False, True, False]),
    ("IsFinite", f64, ([1, nan, inf],), [True, False, False]),
    ("Equal", f64, ([1, nan], [1, nan]), [True, False]),
    ("Complex", np.float32, ([1, 2], [inf, 4]), [complex(1, inf), 2 + 4j]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "dtype", "inputs", "expected"), CASES)
def test_reference(name, dtype, inputs, expected):
    definition = REGISTRY[name]
    arrays = [np.array(given, dtype) for given in inputs]
    with np.errstate(all="ignore"):
        result = definition.reference(*arrays, **definition.attrs)
    np.testing.assert_allclose(result, expected, rtol=1e-14 if dtype == f64 else 1e-6)


@pytest.mark.parametrize(
    ("given", "target", "expected"),
    [
        ([2.7, -2.7, 0.0], int32, [2, -2, 0]),
        ([0.1, 0.0, nan], bool_dtype, [True, False, True]),
        ([1 + 2j], float32, [1]),
        ([True, False], float32, [1, 0]),
        ([300, -1], int8, [44, -1]),
        ([300, -1], uint8, [44, 255]),
        ([1.5], complex64, [1.5]),
    ],
)
def test_cast(given, target, expected):
    result = REGISTRY["Cast"].reference(np.array(given), DstT=target)
    assert result.dtype == target.as_numpy_dtype
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("given", "target", "expected"),
    [
        ([3, 4], int32, [3, 4]),
        ([2.7, -2.7], int32, [2, -2]),
        ([True, False], int32, [1, 0]),
        ([3, 0], bool_dtype, [True, False]),
    ],
)
def test_cast_of_shape_contents(given, target, expected):
    result = REGISTRY["Cast"].reference(np.array(given, object), DstT=target)
    assert list(result) == expected


@pytest.mark.parametrize(
    ("name", "inputs", "expected"),
    [
        ("AddV2", ([3, 4], [1, 2]), [4, 6]),
        ("Sub", ([3, 4], [1, 2]), [2, 2]),
        ("Mul", ([3, 4], 2), [6, 8]),
        ("FloorDiv", ([7, -7], 2), [3, -4]),
        ("FloorMod", ([7, -7], 3), [1, 2]),
        ("Maximum", ([3, 4], [1, 9]), [3, 9]),
        ("Minimum", ([3, 4], [1, 9]), [1, 4]),
        ("Equal", ([3, 4], [3, 9]), [True, False]),
        ("Neg", ([3, 4],), [-3, -4]),
    ],
)
def test_shape_contents_are_objects(name, inputs, expected):
    definition = REGISTRY[name]
    result = definition.reference(*(np.array(x, object) for x in inputs), **definition.attrs)
    assert list(result) == expected


def test_select_by_row():
    condition = np.array([True, False])
    result = REGISTRY["Select"].reference(
        condition, np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
    )
    np.testing.assert_array_equal(result, [[1, 2], [7, 8]])


def test_bitcast():
    bits = REGISTRY["Bitcast"].reference
    np.testing.assert_array_equal(
        bits(np.array([1, -2], np.float32), type=int32), [1065353216, -1073741824]
    )
    np.testing.assert_array_equal(bits(np.array([1], np.float32), type=uint8), [[0, 0, 128, 63]])


def test_half_precision_rounds_once():
    x = np.array([1000], np.float16)
    result = REGISTRY["SquaredDifference"].reference(x, np.array([1], np.float16))
    assert result == np.float32(998001)
