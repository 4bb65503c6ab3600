"""Assembly: outputs put together from pieces (concat, stack, pad) -> one copy kernel a piece.

In: an instruction whose op has an `assemble` rule. Out: steps that write each piece into its place
of the output, after a step that fills the rest where pieces leave some.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ir.program import Dims, Host, Instr, Value
from jitgraph.lowering.access import Access, compose, row_major
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.nest import Operand, nest_of
from jitgraph.lowering.region import Region
from jitgraph.lowering.steps import KernelCode, KernelStep, Pointer, immediate_words
from jitgraph.ops.definition import Assembly, Piece, ShapeQuery

COPY_GRAIN = 32768


def assembly_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The steps that assemble the instruction's output."""
    rule: Any = instr.definition.assemble
    shapes = [given.type.dims for given in instr.inputs]
    kinds = [given.type.dtype for given in instr.inputs]

    def items(index: int) -> Any:
        given = instr.inputs[index]
        return given.items if isinstance(given, Host) else None

    assembly: Assembly = rule(ShapeQuery(shapes, kinds, instr.attrs, items))
    output = instr.outputs[0]
    steps = []
    if assembly.fill is not None:
        steps.append(_fill(instr, output, _filler(instr, assembly.fill), fused))
    steps.extend(_piece(instr, output, piece, fused) for piece in assembly.pieces)
    return steps


def _filler(instr: Instr, fill: Any) -> Any:
    """A number, or the operand that a name of the op's signature stands for."""
    if not isinstance(fill, str):
        return fill
    names = [arg.name for arg in instr.definition.inputs]
    return instr.inputs[names.index(fill)]


def _fill(instr: Instr, output: Value, fill: Any, fused: Fused) -> KernelStep:
    whole = Access(output, 0, row_major(output.type.dims))
    if type(fill) is Value and fill not in fused.immediates:
        source = fused.access(fill)
        spread = Access(source.base, source.offset, (0,) * len(output.type.dims))
        return copy_step(instr, spread, whole, output.type.dims)
    number = fused.immediates[fill] if type(fill) is Value else fill
    return fill_step(instr, number, whole, output.type.dims)


def _piece(instr: Instr, output: Value, piece: Piece, fused: Fused) -> KernelStep:
    given = instr.inputs[piece.index]
    strides = row_major(output.type.dims)
    offset: Any = 0
    for start, stride in zip(piece.offsets, strides, strict=True):
        offset = offset + start * stride
    target = Access(output, offset, strides)
    assert type(given) is Value
    if given in fused.immediates:
        return fill_step(instr, fused.immediates[given], target, piece.sizes)
    source = fused.access(given)
    if piece.map is not None:
        source = compose(source, piece.map)
    elif len(source.strides) < len(strides):
        source = _stretched(source, given.type.dims, piece.sizes)
    return copy_step(instr, source, target, piece.sizes)


def _stretched(source: Access, dims: Dims, sizes: Dims) -> Access:
    """The access of a piece with one dimension less than the output (stack)."""
    strides = iter(source.strides)
    remaining = len(sizes) - len(dims)
    found: list[Any] = []
    for size in sizes:
        if remaining and isinstance(size, int) and size == 1:
            found.append(0)
            remaining -= 1
        else:
            found.append(next(strides))
    return Access(source.base, source.offset, tuple(found))


def copy_step(instr: Instr, source: Access, target: Access, dims: Dims) -> KernelStep:
    """A kernel that copies `dims` elements from one access to another."""
    dtype = target.base.type.dtype
    region = Region(0, dims)
    operands = [
        _operand("x0", 0, source, dims),
        _operand("y1", 1, target, dims),
    ]
    nest = nest_of(region, operands, set())
    header, depth = nest.open(nest.outer, parallel=True)
    pad = "    " * depth
    lines = [
        f"    x0 = ptr_{dtype.name}(args, 2)",
        f"    y1 = ptr_{dtype.name}(args, 3)",
        *_parameters(nest, 4),
        *header,
        f"{pad}store(y1, 1, {nest.index(operands[1])}, load(x0, 0, {nest.index(operands[0])}))",
    ]
    words = (
        Pointer(source.base, source.offset),
        Pointer(target.base, target.offset),
        *(size for _, size in nest.parameters()),
    )
    names = (f"ptr_{dtype.name}", "load", "store")
    return _step("copy", lines, names, words, nest, instr, (source.base,), target.base)


def fill_step(instr: Instr, number: Any, target: Access, dims: Dims) -> KernelStep:
    """A kernel that writes a number known beforehand to `dims` elements of an access."""
    dtype = target.base.type.dtype
    region = Region(0, dims)
    operand = _operand("y0", 0, target, dims)
    nest = nest_of(region, [operand], set())
    header, depth = nest.open(nest.outer, parallel=True)
    filling = immediate_words(number, dtype)
    lines = [
        f"    y0 = ptr_{dtype.name}(args, 2)",
        f"    c0 = imm_{dtype.name}(args, 3)",
        *_parameters(nest, 3 + len(filling)),
        *header,
        f"{'    ' * depth}store(y0, 0, {nest.index(operand)}, c0)",
    ]
    words = (
        Pointer(target.base, target.offset),
        *filling,
        *(size for _, size in nest.parameters()),
    )
    names = (f"ptr_{dtype.name}", f"imm_{dtype.name}", "store")
    return _step("fill", lines, names, words, nest, instr, (), target.base)


def _operand(name: str, number: int, access: Access, dims: Dims) -> Operand:
    strides = {
        axis: stride
        for axis, (dim, stride) in enumerate(zip(dims, access.strides, strict=True))
        if not (isinstance(dim, int) and dim == 1)
    }
    dtype = access.base.type.dtype
    return Operand(name, number, dtype, access.base, access.offset, strides, name[0] == "y")


def _parameters(nest: Any, first: int) -> list[str]:
    return [
        f"    {name} = args[{first + position}]"
        for position, (name, _) in enumerate(nest.parameters())
    ]


def _step(
    name: str, lines: list[str], names: tuple[str, ...], words: tuple[Any, ...], nest: Any,
    instr: Instr, reads: tuple[Value, ...], written: Value,
) -> KernelStep:  # fmt: skip
    source = "def kernel(args, lo, hi):\n" + "\n".join(lines) + "\n"
    inner: Any = 1
    for loop in nest.serial:
        inner = inner * loop.size
    grain = (
        max(1, COPY_GRAIN // max(1, inner))
        if isinstance(inner, int)
        else COPY_GRAIN // (inner + 1) + 1
    )
    code = KernelCode(name, source, tuple(sorted(names)))
    why = f"{instr.name} copies piece by piece"
    return KernelStep(code, words, nest.count, grain, reads, (written,), (instr,), why)
