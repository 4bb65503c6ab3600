"""Library: the Box-Muller transform on vectors, as LLVM text.

In: uniform numbers of [0, 1) in vector registers. Out: normal numbers, of the same bits as
`ops.normal_transform` gives: nothing is contracted.
"""

from __future__ import annotations

from jitgraph.lowering.library.vector_text import (
    DOUBLES,
    FLOATS,
    LANES,
    NARROW,
    VectorText,
)
from jitgraph.ops import normal_transform as method


def box_muller(text: VectorText, first: str, second: str) -> tuple[str, str]:
    """Two vectors of normal float32 of two of uniform ones."""
    chosen = text.select(
        text.do("fcmp olt", FLOATS, first, text.floats(method.LEAST)),
        FLOATS,
        text.floats(method.LEAST),
        first,
    )
    doubled = text.do("fmul", FLOATS, text.floats(-2.0), _log(text, chosen))
    radius = text.call(f"llvm.sqrt.v{LANES}f32", FLOATS, doubled)
    wide = text.cast("fpext", FLOATS, second, DOUBLES)
    angle = text.cast("fptrunc", DOUBLES, _times(text, wide, method.TAU), FLOATS)
    sine, cosine = _sin_cos(text, angle)
    return text.do("fmul", FLOATS, sine, radius), text.do("fmul", FLOATS, cosine, radius)


def wide_box_muller(text: VectorText, first: str, second: str) -> tuple[str, str]:
    """Two vectors of normal float64 of two of uniform ones, by functions of the C library."""
    chosen = text.select(
        text.do("fcmp olt", DOUBLES, first, text.doubles(method.LEAST)),
        DOUBLES,
        text.doubles(method.LEAST),
        first,
    )
    doubled = text.do("fmul", DOUBLES, text.doubles(-2.0), _each(text, "%log", chosen))
    radius = text.call(f"llvm.sqrt.v{LANES}f64", DOUBLES, doubled)
    angle = _times(text, second, method.TAU)
    sine, cosine = _each(text, "%sin", angle), _each(text, "%cos", angle)
    return text.do("fmul", DOUBLES, sine, radius), text.do("fmul", DOUBLES, cosine, radius)


def _each(text: VectorText, address: str, x: str) -> str:
    """A function of one float64, given by its address, of each lane."""
    function = text.cast("inttoptr", "i64", address, "ptr")
    result = "poison"
    for lane in range(LANES):
        item = text.value(f"extractelement {DOUBLES} {x}, i64 {lane}")
        found = text.value(f"call double {function}(double {item})")
        result = text.value(f"insertelement {DOUBLES} {result}, double {found}, i64 {lane}")
    return result


def _times(text: VectorText, x: str, factor: float) -> str:
    return text.do("fmul", DOUBLES, x, text.doubles(factor))


def _product(text: VectorText, x: str, y: str) -> str:
    return text.do("fmul", DOUBLES, x, y)


def _sum(text: VectorText, x: str, y: str) -> str:
    return text.do("fadd", DOUBLES, x, y)


def _log(text: VectorText, x: str) -> str:
    """As `normal_transform.log_float32`."""
    bits = text.cast("bitcast", FLOATS, x, NARROW)
    distance = text.do("sub", NARROW, bits, text.splat(NARROW, method.LOG_FIRST))
    shifted = text.do("ashr", NARROW, distance, text.splat(NARROW, 19))
    interval = text.do("and", NARROW, shifted, text.splat(NARROW, 15))
    exponent = text.do("ashr", NARROW, distance, text.splat(NARROW, 23))
    raised = text.do("shl", NARROW, exponent, text.splat(NARROW, 23))
    mantissa = text.cast("bitcast", NARROW, text.do("sub", NARROW, bits, raised), FLOATS)
    inverse = text.looked_up("inverses", method.INVERSES, interval)
    product = _product(text, text.cast("fpext", FLOATS, mantissa, DOUBLES), inverse)
    r = text.do("fsub", DOUBLES, product, text.doubles(1.0))
    power = _times(text, text.cast("sitofp", NARROW, exponent, DOUBLES), method.LN_2)
    base = _sum(text, text.looked_up("logs", method.LOGS, interval), power)
    high, middle, low = method.LOG_POLYNOMIAL
    square = _product(text, r, r)
    inner = _sum(text, _times(text, r, middle), text.doubles(low))
    inner = _sum(text, _times(text, square, high), inner)
    y = _sum(text, _product(text, inner, square), _sum(text, base, r))
    return text.cast("fptrunc", DOUBLES, y, FLOATS)


def _sin_cos(text: VectorText, x: str) -> tuple[str, str]:
    """As `normal_transform.sin_cos_float32`."""
    wide = text.cast("fpext", FLOATS, x, DOUBLES)
    turns = text.cast("fptosi", DOUBLES, _times(text, wide, method.QUADRANTS), NARROW)
    rounded = text.do("add", NARROW, turns, text.splat(NARROW, 1 << 23))
    quadrant = text.do("ashr", NARROW, rounded, text.splat(NARROW, 24))
    start = _times(text, text.cast("sitofp", NARROW, quadrant, DOUBLES), method.HALF_PI)
    r = text.do("fsub", DOUBLES, wide, start)
    sine, cosine = _sine_near_0(text, r), _cosine_near_0(text, r)
    is_even = _lacks_bit(text, quadrant, 1)
    after = text.do("add", NARROW, quadrant, text.splat(NARROW, 1))
    return (
        _signed(text, text.select(is_even, DOUBLES, sine, cosine), quadrant),
        _signed(text, text.select(is_even, DOUBLES, cosine, sine), after),
    )


def _lacks_bit(text: VectorText, x: str, bit: int) -> str:
    found = text.do("and", NARROW, x, text.splat(NARROW, bit))
    return text.do("icmp eq", NARROW, found, "zeroinitializer")


def _signed(text: VectorText, x: str, quadrant: str) -> str:
    """The sign of a quadrant, then float32."""
    negative = text.value(f"fneg {DOUBLES} {x}")
    chosen = text.select(_lacks_bit(text, quadrant, 2), DOUBLES, x, negative)
    return text.cast("fptrunc", DOUBLES, chosen, FLOATS)


def _sine_near_0(text: VectorText, r: str) -> str:
    s1, s2, s3 = method.SIN_POLYNOMIAL
    square = _product(text, r, r)
    cube = _product(text, r, square)
    outer = _sum(text, text.doubles(s2), _times(text, square, s3))
    near = _sum(text, r, _times(text, cube, s1))
    return _sum(text, near, _product(text, _product(text, cube, square), outer))


def _cosine_near_0(text: VectorText, r: str) -> str:
    c1, c2, c3, c4 = method.COS_POLYNOMIAL
    square = _product(text, r, r)
    fourth = _product(text, square, square)
    outer = _sum(text, text.doubles(c3), _times(text, square, c4))
    near = _sum(text, text.doubles(1.0), _times(text, square, c1))
    near = _sum(text, near, _times(text, fourth, c2))
    return _sum(text, near, _product(text, _product(text, fourth, square), outer))
