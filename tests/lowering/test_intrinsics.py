"""The intrinsics of kernel sources: each meaning holds compiled and as plain Python."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from jitgraph.kernels.cache import default_cache
from jitgraph.kernels.compile import KernelSource
from jitgraph.lowering import resolve, resolve_plain, source_text
from jitgraph.lowering.elements import ELEMENTS
from tests.lowering.kernel_runs import FAILURE_BASE, RUNS, apply, storage

NAN, INF = float("nan"), float("inf")
INTEGERS = [name for name, element in ELEMENTS.items() if element.kind in ("int", "uint")]

both = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


def _sample(name: str) -> np.ndarray[Any, Any]:
    if name == "bool":
        return np.array([True, False, True])
    if name == "bfloat16":
        return np.array([0x3F80, 0xC000, 0x7F80, 0x7FC0, 0x0001], np.uint16)
    if name in INTEGERS:
        info = np.iinfo(name)
        return np.array([0, 1, 5, info.max, info.min], name)
    if name.startswith("complex"):
        return np.array([1 + 2j, -0.5j, complex(INF, 1)], name)
    return np.array([0.0, -0.0, 1.5, -INF, NAN, 6e-8], name)


@both
@pytest.mark.parametrize("name", ELEMENTS)
def test_store_writes_what_load_read(run: Any, name: str) -> None:
    sample = _sample(name)
    assert apply(run, "x0", (), [(name, sample)], name).tobytes() == sample.tobytes()


@both
@pytest.mark.parametrize("name", ELEMENTS)
def test_an_immediate_is_the_value_in_its_words(run: Any, name: str) -> None:
    for value in _sample(name):
        words = np.zeros(2, np.int64)
        words.view(storage(name))[0] = value
        out = np.zeros(1, storage(name))
        source = (
            f"def kernel(args, lo, hi):\n    p = ptr_{name}(args, 2)\n"
            f"    store(p, 0, lo, imm_{name}(args, 3))\n"
        )
        run(source, ("store", f"ptr_{name}", f"imm_{name}"), [out.ctypes.data, *words], 1)
        assert out[0].tobytes() == value.tobytes()


@both
def test_an_index_may_be_negative(run: Any) -> None:
    data = np.arange(4, dtype=np.float32)
    source = (
        "def kernel(args, lo, hi):\n    p = ptr_float32(args, 2)\n"
        "    store(p, 0, -1, load(p, 0, -2))\n"
    )
    run(source, ("store", "load", "ptr_float32"), [data[3:].ctypes.data], 1)
    assert data.tolist() == [0, 1, 1, 3]


@both
def test_fail_stores_instruction_and_reason(run: Any) -> None:
    source = "def kernel(args, lo, hi):\n    fail(args, 2)\n"
    assert run(source, ("fail",), [], 1) == FAILURE_BASE | 2


@both
def test_half_precision_rounds_to_nearest_even(run: Any) -> None:
    values = np.array([1 + 2**-11, 1 + 3 * 2**-11, 65519.9, 65520, 2**-25, NAN], np.float32)
    expected = [1.0, 1 + 2**-9, 65504.0, INF, 0.0]
    got = apply(run, "x0", (), [("float32", values)], "float16")
    assert got[:-1].tolist() == expected
    assert np.isnan(got[-1])
    values = np.array([1 + 2**-8, 1 + 3 * 2**-8, 3.4e38, -1.0, NAN], np.float32)
    got = apply(run, "x0", (), [("float32", values)], "bfloat16")
    assert got[:4].tolist() == [0x3F80, 0x3F82, 0x7F80, 0xBF80]
    assert got[4] & 0x7FFF > 0x7F80
    got = apply(run, "cast_bfloat16(x0)", ["cast_bfloat16"], [("float32", values)], "float32")
    assert got[:2].tolist() == [1.0, 1 + 2**-6]


WHOLE = [NAN, INF, -INF, 1e30, -1e30, 3e9, -3e9, 5e9, 2.7, -2.7, 300.5, -300.5, 70000, 1e19, 2e19]
LEAST_32, LEAST_64 = -(2**31), -(2**63)
CAST_TO = {
    "int8": [0] * 8 + [2, -2, 44, -44, 112, 0, 0],
    "uint8": [0] * 8 + [2, 254, 44, 212, 112, 0, 0],
    "int16": [0] * 8 + [2, -2, 300, -300, 4464, 0, 0],
    "uint16": [0] * 8 + [2, 65534, 300, 65236, 4464, 0, 0],
    "int32": [LEAST_32] * 8 + [2, -2, 300, -300, 70000, LEAST_32, LEAST_32],
    "uint32": [0] * 5
    + [3000000000, 1294967296, 705032704, 2, 4294967294, 300, 4294966996, 70000, 0, 0],
    "int64": [LEAST_64] * 5
    + [3000000000, -3000000000, 5000000000, 2, -2, 300, -300, 70000, LEAST_64, LEAST_64],
    "uint64": [
        2**63,
        0,
        2**63,
        0,
        2**63,
        3000000000,
        2**64 - 3000000000,
        5000000000,
        2,
        2**64 - 2,
        300,
        2**64 - 300,
        70000,
        10**19,
        0,
    ],
}
"""What TensorFlow 1.15.5 gives on x86 for `tf.cast` of WHOLE from float64."""


@both
@pytest.mark.parametrize("name", CAST_TO)
def test_floats_become_integers_as_in_tensorflow(run: Any, name: str) -> None:
    values = np.array(WHOLE, np.float64)
    got = apply(run, f"cast_{name}(x0)", [f"cast_{name}"], [("float64", values)], name)
    assert got.tolist() == CAST_TO[name]


@both
@pytest.mark.parametrize("name", INTEGERS)
def test_integers_wrap_when_cast(run: Any, name: str) -> None:
    values = np.array([0, -1, 300, 2**40 + 7, -(2**63)], np.int64)
    got = apply(run, f"cast_{name}(x0)", [f"cast_{name}"], [("int64", values)], name)
    assert got.tolist() == values.astype(name).tolist()


@both
def test_casts_to_bool_and_complex(run: Any) -> None:
    values = np.array([0.0, -0.0, 0.5, NAN, INF])
    got = apply(run, "cast_bool(x0)", ["cast_bool"], [("float64", values)], "bool")
    assert got.tolist() == [False, False, True, True, True]
    got = apply(
        run, "cast_complex64(x0)", ["cast_complex64"], [("float64", values[2:3])], "complex64"
    )
    assert got.tolist() == [0.5 + 0j]
    parts = np.array([3 + 4j, -1j, complex(INF, NAN), 0j])
    got = apply(run, "cast_float32(x0)", ["cast_float32"], [("complex128", parts)], "float32")
    assert got.tolist() == [3, 0, INF, 0]
    got = apply(run, "abs(x0)", ["abs"], [("complex128", parts)], "float64")
    assert got.tolist() == [5, 1, INF, 0]


DIVISION = {
    "trunc_div": lambda a, b: int(a / b) if abs(a) < 2**50 else abs(a) // abs(b) * (-1) ** (b < 0),
    "floor_div": lambda a, b: a // b,
    "trunc_mod": lambda a, b: abs(a) % abs(b) * (-1 if a < 0 else 1),
    "floor_mod": lambda a, b: a % b,
}


@both
@pytest.mark.parametrize("operation", DIVISION)
@pytest.mark.parametrize("name", INTEGERS)
def test_integer_division(run: Any, name: str, operation: str) -> None:
    info = np.iinfo(name)
    pairs = [(7, 2), (7, 3), (info.max, 1), (0, 5), (info.max, info.max), (6, 3)]
    if info.min:
        pairs += [(-7, 2), (7, -2), (-7, -2), (-6, 3), (-1, info.max)]
    a, b = (np.array(column, name) for column in zip(*pairs, strict=True))
    got = apply(run, f"{operation}(x0, x1)", [operation], [(name, a), (name, b)], name)
    assert got.tolist() == [DIVISION[operation](int(x), int(y)) for x, y in pairs]


@both
@pytest.mark.parametrize("name", ["int8", "int16", "int32", "int64"])
def test_the_least_integer_divided_by_minus_one_wraps(run: Any, name: str) -> None:
    least = np.array([np.iinfo(name).min], name)
    pair = [(name, least), (name, np.array([-1], name))]
    for operation, expected in (("trunc_div", least[0]), ("floor_div", least[0])):
        assert apply(run, f"{operation}(x0, x1)", [operation], pair, name)[0] == expected
    for operation in ("trunc_mod", "floor_mod"):
        assert apply(run, f"{operation}(x0, x1)", [operation], pair, name)[0] == 0


def test_a_compiled_division_by_zero_does_not_trap() -> None:
    pair = [("int32", np.array([5, -5])), ("int32", np.array([0, 0]))]
    for operation in DIVISION:
        apply(RUNS["compiled"], f"{operation}(x0, x1)", [operation], pair, "int32")


@both
def test_shifts_clamp_their_amount(run: Any) -> None:
    pair = [("int8", np.array([1, -128, 3, -1, 1])), ("int8", np.array([7, 1, -1, 100, 100]))]
    got = apply(run, "shift_left(x0, x1)", ["shift_left"], pair, "int8")
    assert got.tolist() == [-128, 0, 3, -128, -128]
    got = apply(run, "shift_right(x0, x1)", ["shift_right"], pair, "int8")
    assert got.tolist() == [0, -64, 3, -1, 0]


@both
@pytest.mark.parametrize("name", INTEGERS)
def test_popcount(run: Any, name: str) -> None:
    sample = _sample(name)
    mask = (1 << ELEMENTS[name].bits) - 1
    expected = [(int(x) & mask).bit_count() for x in sample]
    assert apply(run, "popcount(x0)", ["popcount"], [(name, sample)], "uint8").tolist() == expected


@both
@pytest.mark.parametrize("name", ["float32", "float64"])
def test_extrema_propagate_nan_and_order_zeros(run: Any, name: str) -> None:
    pair = [(name, np.array([1, NAN, 1, -0.0, INF])), (name, np.array([2, 1, NAN, 0.0, -INF]))]
    high = apply(run, "maximum(x0, x1)", ["maximum"], pair, name)
    low = apply(run, "minimum(x0, x1)", ["minimum"], pair, name)
    np.testing.assert_array_equal(high, [2, NAN, NAN, 0, INF])
    np.testing.assert_array_equal(low, [1, NAN, NAN, 0, -INF])
    assert not np.signbit(high[3])
    assert np.signbit(low[3])


@both
def test_float_predicates_and_sign(run: Any) -> None:
    values = [("float32", np.array([NAN, INF, -INF, 0.0, -0.0, -2.5]))]
    tests = {
        "is_nan": [True, False, False, False, False, False],
        "is_inf": [False, True, True, False, False, False],
        "is_finite": [False, False, False, True, True, True],
    }
    for name, expected in tests.items():
        assert apply(run, f"{name}(x0)", [name], values, "bool").tolist() == expected
    got = apply(run, "sign(x0)", ["sign"], values, "float32")
    np.testing.assert_array_equal(got, [NAN, 1, -1, 0, 0, -1])
    assert np.signbit(got[4])


@both
def test_fma_rounds_once(run: Any) -> None:
    a = np.array([1 + 2.0**-30], np.float64)
    triple = [("float64", a), ("float64", a), ("float64", -(a * a))]
    assert apply(run, "fma(x0, x1, x2)", ["fma"], triple, "float64").tolist() == [2.0**-60]


@both
def test_complex_parts(run: Any) -> None:
    z = np.array([1 + 2j, complex(INF, -0.0)], np.complex64)
    pair = [("complex64", z)]
    assert apply(run, "real(x0)", ["real"], pair, "float32").tolist() == [1, INF]
    assert np.signbit(apply(run, "imag(x0)", ["imag"], pair, "float32"))[1]
    names = ["complex", "imag", "real"]
    swapped = apply(run, "complex(imag(x0), real(x0))", names, pair, "complex64")
    assert swapped[0] == 2 + 1j
    assert apply(run, "conj(x0)", ["conj"], pair, "complex64")[0] == 1 - 2j


REDUCTIONS = ("reduce_add", "reduce_mul", "maximum", "minimum")
SUM = """def kernel(args, lo, hi):
    p = ptr_{dtype}(args, 2)
    q = ptr_{dtype}(args, 3)
    total = load(q, 1, 0)
    for i in range(lo, hi):
        total = {operation}(total, load(p, 0, i))
    store(q, 1, 0, total)
"""


@both
@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "uint64", "complex64"])
@pytest.mark.parametrize("operation", REDUCTIONS)
def test_reductions(run: Any, operation: str, dtype: str) -> None:
    if dtype == "complex64" and not operation.startswith("reduce"):
        pytest.skip("complex numbers have no order")
    data = np.array([3, 1, 2] * 5 + [1], dtype)
    out = np.array([1], dtype)
    source = SUM.format(dtype=dtype, operation=operation)
    words = [data.ctypes.data, out.ctypes.data]
    run(source, (operation, "load", "store", f"ptr_{dtype}"), words, len(data))
    functions = dict(zip(REDUCTIONS, (np.add, np.multiply, np.maximum, np.minimum), strict=True))
    with np.errstate(all="ignore"):
        assert out[0] == functions[operation].reduce(
            np.append(data, out.dtype.type(1)), dtype=dtype
        )


@pytest.mark.parametrize("operation", REDUCTIONS)
def test_reductions_vectorise(operation: str) -> None:
    source = SUM.format(dtype="float32", operation=operation)
    names = tuple(sorted((operation, "load", "store", "ptr_float32")))
    kernel = default_cache().get(KernelSource("sum", source, names))
    assert re.search(r"<\d+ x float>", kernel.llvm_ir())


def test_many_operands_vectorise_without_overlap_checks() -> None:
    count = 12
    lines = ["def kernel(args, lo, hi):"]
    lines += [f"    p{k} = ptr_float32(args, {k + 2})" for k in range(count)]
    lines.append("    for i in range(lo, hi):")
    for k in range(0, count, 2):
        lines.append(
            f"        store(p{k}, {k}, i, load(p{k}, {k}, i) + load(p{k + 1}, {k + 1}, i))"
        )
    names = ("load", "ptr_float32", "store")
    kernel = default_cache().get(KernelSource("many", "\n".join(lines) + "\n", names))
    assert re.search(r"fadd contract <\d+ x float>", kernel.llvm_ir())
    assert "memcheck" not in kernel.llvm_ir()


def test_names_resolve_the_same_in_both_flavours() -> None:
    from jitgraph.lowering import intrinsics, plain, plain_rare_calls

    called = set(plain_rare_calls.NAMES)
    assert set(intrinsics.namespace()) == set(plain.namespace()) - called
    names = ["load", "maximum", "exp_float32", "float32"]
    assert set(resolve(names)) == set(resolve_plain(names)) == set(names)


def test_an_unknown_name_is_named() -> None:
    for resolver in (resolve, resolve_plain):
        with pytest.raises(KeyError, match="no function of kernel sources is named 'exp_float16'"):
            resolver(["exp_float16"])


def test_source_text_covers_vector_math_where_it_is_used() -> None:
    assert "def tanh" in source_text(["load", "tanh_float32"])
    assert "def tanh" not in source_text(["load", "ptr_float32", "cast_float64", "float32"])
