"""Linear algebra of square matrices: OpenBLAS's LAPACK, a matrix an outer iteration.

In: an instruction on real matrices, the last two axes of its operands. Out: steps. LAPACK reads
columns where memory has rows: what it sees is the transposed matrix, whose factors, inverse and
determinant serve as well. Half floats are computed in float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import smin
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.library.widening import in_float32
from jitgraph.lowering.steps import BlasRoutine, KernelStep
from jitgraph.ops.definition import NOT_INVERTIBLE, NOT_POSITIVE

HELPERS = "jitgraph.lowering.library.lapack_calls"
_COLUMNS_AT_ONCE = 32
_PREFIX = {"float32": "s", "float64": "d"}

_COPY = """\
        for k in range(n * n):
            store({target}, {number}, i * n * n + k, load(x, 0, i * n * n + k))
"""

_COPY_TRANSPOSED = """\
        for row in range(n):
            for column in range(n):
                k = i * n * n + row * n + column
                store({target}, {number}, k, load(x, 0, i * n * n + column * n + row))
"""


_CHOLESKY = """\
        if n > 0 and call_potrf_{dtype}(potrf, n, args[3] + i * n * n * {size}) != 0:
            fail(args, {not_positive})
            return
        for row in range(n):
            for column in range(row + 1, n):
                store(y, 1, i * n * n + row * n + column, cast_{dtype}(0))
"""

_INVERTED = """\
        if n > 0:
            matrix = args[3] + i * n * n * {size}
            pivots = args[4] + 4 * i * n
            if call_getrf_{dtype}(getrf, n, matrix, pivots) != 0:
                fail(args, {not_invertible})
                return
            room = args[5] + i * work * {size}
            call_getri_{dtype}(getri, n, matrix, pivots, room, work)
"""

_DETERMINED = """\
        total = cast_{dtype}(1)
        if n > 0:
            call_getrf_{dtype}(getrf, n, args[4] + i * n * n * {size}, args[5] + 4 * i * n)
            for k in range(n):
                total = cast_{dtype}(total * load(factors, 2, i * n * n + k * n + k))
                if load(pivots, 3, i * n + k) != k + 1:
                    total = -total
        store(y, 1, i, total)
"""

_SOLVED = """\
        if n > 0 and sides > 0:
            matrix = args[5] + i * n * n * {size}
            pivots = args[6] + 4 * i * n
            if call_getrf_{dtype}(getrf, n, matrix, pivots) != 0:
                fail(args, {not_invertible})
                return
            for row in range(n):
                for k in range(sides):
                    value = load(b, 1, (i * n + row) * sides + k)
                    store(turned, 5, (i * sides + k) * n + row, value)
            side = args[7] + i * n * sides * {size}
            call_getrs_{dtype}(getrs, {transposed}, n, sides, matrix, pivots, side)
            for row in range(n):
                for k in range(sides):
                    value = load(turned, 5, (i * sides + k) * n + row)
                    store(y, 2, (i * n + row) * sides + k, value)
"""

_TRIANGULAR = """\
        for k in range(n):
            if load(x, 0, i * n * n + k * n + k) == 0:
                fail(args, {not_invertible})
                return
        for k in range(n * sides):
            store(y, 2, i * n * sides + k, load(b, 1, i * n * sides + k))
        if n > 0 and sides > 0:
            matrix = args[2] + i * n * n * {size}
            side = args[4] + i * n * sides * {size}
            call_trsm_{dtype}(trsm, {triangle}, {transposed}, n, sides, matrix, side)
"""


def cholesky_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The lower triangular factor of positive definite matrices."""

    def steps(x: Value, y: Value) -> list[KernelStep]:
        arguments = _square(instr, fused, x)
        arguments.write("y", y)
        _sizes(arguments, x)
        _routine(arguments, "potrf", y)
        body = _copy("y", 1) + _CHOLESKY
        return [_step(arguments, body, x)]

    return in_float32(instr, fused, instr.values, instr.outputs[0], steps)


def inverse_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The inverse matrices, or their transposes."""

    def steps(x: Value, y: Value) -> list[KernelStep]:
        *batch, n, _ = x.type.dims
        arguments = _square(instr, fused, x)
        work = smin(n, _COLUMNS_AT_ONCE) * n
        arguments.write("y", y)
        _pivots(arguments, y, x)
        arguments.write("room", _scratch(y, "room", y.type.dtype, (*batch, work)))
        _sizes(arguments, x)
        arguments.word("work", work)
        _routine(arguments, "getrf", y)
        _routine(arguments, "getri", y)
        body = _copy("y", 1, is_transposed=bool(instr.attrs["adjoint"])) + _INVERTED
        return [_step(arguments, body, x)]

    return in_float32(instr, fused, instr.values, instr.outputs[0], steps)


def determinant_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The determinants: products of what LU leaves on the diagonal, with the rows' exchanges."""
    x, y = instr.values[0], instr.outputs[0]
    arguments = _square(instr, fused, x)
    arguments.write("y", y)
    arguments.write("factors", _scratch(y, "factors", y.type.dtype, x.type.dims))
    _pivots(arguments, y, x)
    _sizes(arguments, x)
    _routine(arguments, "getrf", y)
    return [_step(arguments, _copy("factors", 2) + _DETERMINED, x)]


def solve_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """What matrices, or their transposes, must be multiplied with to give the right-hand sides."""
    (x, b), y = instr.values, instr.outputs[0]
    arguments = _square(instr, fused, x)
    arguments.read("b", b)
    arguments.write("y", y)
    arguments.write("factors", _scratch(y, "factors", y.type.dtype, x.type.dims))
    _pivots(arguments, y, x)
    arguments.write("turned", _scratch(y, "turned", y.type.dtype, y.type.dims))
    _sizes(arguments, x)
    arguments.word("sides", b.type.dims[-1])
    _routine(arguments, "getrf", y)
    _routine(arguments, "getrs", y)
    letter = "N" if instr.attrs["adjoint"] else "T"
    return [_step(arguments, _copy("factors", 3) + _SOLVED, x, transposed=ord(letter))]


def triangular_solve_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The same for triangular matrices."""

    def steps(x: Value, b: Value, y: Value) -> list[KernelStep]:
        arguments = _square(instr, fused, x)
        arguments.read("b", b)
        arguments.write("y", y)
        _sizes(arguments, x)
        arguments.word("sides", b.type.dims[-1])
        arguments.word("trsm", BlasRoutine(f"cblas_{_PREFIX[y.type.dtype.name]}trsm"))
        triangle = 122 if instr.attrs["lower"] else 121
        transposed = 112 if instr.attrs["adjoint"] else 111
        return [_step(arguments, _TRIANGULAR, x, triangle=triangle, transposed=transposed)]

    return in_float32(instr, fused, instr.values, instr.outputs[0], steps)


def _square(instr: Instr, fused: Fused, x: Value) -> Arguments:
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    return arguments


def _sizes(arguments: Arguments, x: Value) -> None:
    arguments.word("n", x.type.dims[-1])


def _pivots(arguments: Arguments, y: Value, x: Value) -> None:
    arguments.write("pivots", _scratch(y, "pivots", dtypes.int32, x.type.dims[:-1]))


def _scratch(y: Value, name: str, dtype: Any, dims: Sequence[Any]) -> Value:
    return Value(f"{y.name}.{name}", Type(dtype, (product(dims),)))


def _routine(arguments: Arguments, name: str, y: Value) -> None:
    prefix = _PREFIX[y.type.dtype.name]
    arguments.word(name, BlasRoutine(f"LAPACKE_{prefix}{name}_work"))


def _copy(target: str, number: int, *, is_transposed: bool = False) -> str:
    source = _COPY_TRANSPOSED if is_transposed else _COPY
    return source.replace("{target}", target).replace("{number}", str(number))


def _step(arguments: Arguments, body: str, x: Value, **parts: int) -> KernelStep:
    *batch, n, _ = x.type.dims
    text = "    for i in range(lo, hi):\n" + body
    filled = text.format(
        dtype=x.type.dtype.name,
        size=x.type.dtype.size,
        not_invertible=NOT_INVERTIBLE,
        not_positive=NOT_POSITIVE,
        **parts,
    )
    title = arguments.instr.name.lower()
    count = product(batch)
    return arguments.step(title, filled.splitlines(), count, grain_of(n * n * n), helpers=HELPERS)
