"""fuse: Program -> steps in order; what runs together in one kernel, and why a region ended.

In: a program whose instructions are elementwise, reductions, movement, assembly, library or host
ops. Out: regions (still growing objects, made final by `emit`), library and host instructions, in
an order in which every step follows what it needs.

Regions are kept in a fixed order of positions. An instruction joins the latest region that it
depends on, so that no cycle can arise; an earlier region is moved down into a later one when
nobody in between reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.ir.program import Host, Instr, Program, Value
from jitgraph.ir.views import view_map
from jitgraph.lowering import scalar
from jitgraph.lowering.access import (
    Access,
    compose,
    is_contiguous,
    relabel,
    same_dims,
    unit_map,
    whole,
)
from jitgraph.lowering.region import (
    BLOCKS,
    COLUMN,
    MAP,
    ROW,
    Place,
    Region,
    aligned,
    is_one,
    lacks_short_axis,
    place_of,
    row_place,
)
from jitgraph.ops.constants import CONST
from jitgraph.ops.definition import ANY, OpDef
from jitgraph.ops.internal import HOST_VALUE, IOTA, UNDEFINED

MOST_INSTRUCTIONS = 64
MOST_COST = 256
MOST_OPERANDS = 24

UNSUPPORTED = frozenset(("string", "resource"))


class Single:
    """A step of one instruction: a library kernel, an assembly, a copy or a host op."""

    __slots__ = ("instr", "kind", "position")
    merged_into: Region | None = None

    def __init__(self, position: int, instr: Instr, kind: str) -> None:
        self.position = position
        self.instr = instr
        self.kind = kind


Node = Region | Single

COPY = OpDef(
    "Copy",
    "x: T -> y: T",
    lambda q: [q.shapes[0]],
    types={"T": ANY},
    reference=lambda x: x,
    scalar="x",
)


class Fused:
    """The result of fusion: nodes in order, and where each value's elements lie.

    Attributes:
      nodes: regions and single steps, in order.
      views: values that are views of others, with their accesses.
      immediates: 0-d constants and sizes, handed to kernels as arguments.
      inside: the fusions of the programs inside branches and loops.
      constants, hosts: values that lie in constant memory, or are filled when sizes are bound.
      checked_rows: indices that the steps lowered so far have checked: where they lie, how many
        vectors, and the limits.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.nodes: list[Node | None] = []
        self.maker: dict[Value, Node] = {}
        self.views: dict[Value, Access] = {}
        self.immediates: dict[Value, Any] = {}
        self.constants: dict[Value, Any] = {}
        self.hosts: dict[Value, Host] = {}
        self.first_user: dict[int, int] = {}
        self.copies: dict[Value, Value] = {}
        self.results: list[Value] = []
        self.updates: list[tuple[Value, Value]] = []
        self.checked_rows: list[tuple[Value, Any, Any, tuple[Any, ...]]] = []
        self.undefined: set[Value] = set()
        self.inside: list[Fused] = []

    def adopt(self, inner: Fused) -> None:
        """Knows from now on what the fusion of a program inside knows of its values."""
        self.views.update(inner.views)
        self.immediates.update(inner.immediates)
        self.constants.update(inner.constants)
        self.hosts.update(inner.hosts)
        self.inside += [inner, *inner.inside]

    def access(self, value: Value) -> Access:
        """Where the elements of `value` lie."""
        found = self.views.get(value)
        return whole(value) if found is None else found

    def steps(self) -> list[Node]:
        """The nodes that are left, in order."""
        return [node for node in self.nodes if node is not None]


def fuse(program: Program) -> Fused:
    """Forms regions. See the module's text for the order and the rules."""
    fuser = _Fuser(program, widens=True)
    for instr in program.instrs:
        fuser.add(instr)
    fuser.settle_results()
    return fuser.fused


def fuse_body(program: Program, given: Sequence[Value], around: Fused) -> Fused:
    """Forms the regions of a program inside a branch or loop, whose feeds are values of the program
    around and whose results lie in buffers of their own (see `bodies`)."""
    fuser = _Fuser(program)
    for feed, value in zip(program.feeds, given, strict=True):
        fuser.see_as(feed, value, around)
    for instr in program.instrs:
        fuser.add(instr)
    fuser.fused.results = [v for v in program.results if v not in fuser.fused.undefined]
    return fuser.fused


class _Fuser:
    def __init__(self, program: Program, *, widens: bool = False) -> None:
        self.fused = Fused(program)
        self._widens = widens

    def see_as(self, feed: Value, value: Value, around: Fused) -> None:
        """Makes a feed another name of a value of the program around."""
        self.fused.views[feed] = around.access(value)
        if value in around.immediates:
            self.fused.immediates[feed] = around.immediates[value]

    def add(self, instr: Instr) -> None:
        definition = instr.definition
        if definition is CONST or definition is HOST_VALUE:
            self._known(instr)
        elif definition is UNDEFINED:
            self.fused.undefined.update(instr.outputs)
        elif definition.bodies:
            self._single(instr, "bodies", contiguous=False)
        elif definition.view is not None:
            self._view(instr)
        elif definition.reduce is not None and self._is_native(instr):
            self._reduction(instr)
        elif self._is_elementwise(instr):
            self._elementwise(instr)
        elif definition.assemble is not None and self._is_native(instr):
            self._single(instr, "assembly", contiguous=False)
        elif definition.library_for(key_dtype(instr)) is not None and self._is_native(instr):
            self._single(instr, "library", contiguous=True)
        else:
            self._single(instr, "host", contiguous=False)

    # -- values that are known, and views ------------------------------------------------------

    def _known(self, instr: Instr) -> None:
        value = instr.outputs[0]
        items = instr.attrs["value"] if instr.definition is CONST else instr.inputs[0].items  # type: ignore[union-attr]
        if items.size == 1 and value.type.dtype.name not in UNSUPPORTED:
            self.fused.immediates[value] = items.reshape(-1)[0]
        if instr.definition is CONST:
            self.fused.constants[value] = items
        else:
            self.fused.hosts[value] = instr.inputs[0]  # type: ignore[assignment]

    def _view(self, instr: Instr) -> None:
        source, value = instr.inputs[0], instr.outputs[0]
        assert type(source) is Value
        if source in self.fused.immediates:
            self.fused.immediates[value] = self.fused.immediates[source]
        access = self._view_access(instr, source, value)
        self.fused.views[value] = access
        node = self._node(access.base) or self._node(source)
        if isinstance(node, Region) and source in node.places:
            place = _viewed_place(instr, node.places[source], source, value)
            if place is not None:
                node.places[value] = place
                node.alias[value] = source
        if node is not None:
            self.fused.maker[value] = node

    def _view_access(self, instr: Instr, source: Value, value: Value) -> Access:
        access = self.fused.access(source)
        if instr.definition.view != "reshape":
            return compose(access, view_map(instr))
        if source in self.fused.immediates:
            return Access(access.base, access.offset, (0,) * len(value.type.dims))
        found = relabel(access, source.type.dims, value.type.dims)
        if found is not None:
            return found
        copied = self.materialised(source)
        return Access(copied, 0, whole(value).strides)

    def materialised(self, value: Value) -> Value:
        """A value with the same contents in a contiguous buffer of its own, copied if need be."""
        fused = self.fused
        if value not in fused.views and value not in fused.program.feeds:
            return value
        if value not in fused.copies:
            copy = Value(f"{value.name}.copy", value.type)
            instr = Instr(COPY, (value,), (copy,), {"T": value.type.dtype})
            if value.type.dtype.name in UNSUPPORTED:
                self._single(instr, "host", contiguous=False)
            else:
                self._elementwise(instr)
            fused.copies[value] = copy
        return fused.copies[value]

    # -- regions -------------------------------------------------------------------------------

    def _is_native(self, instr: Instr) -> bool:
        values = [*instr.values, *instr.outputs]
        return all(value.type.dtype.name not in UNSUPPORTED for value in values)

    def _is_elementwise(self, instr: Instr) -> bool:
        if instr.definition is IOTA:
            return True
        if instr.definition.scalar is None or not self._is_native(instr):
            return False
        return scalar.has_scalar(instr.definition, key_dtype(instr))

    def _elementwise(self, instr: Instr) -> None:
        region = self._latest(instr)
        if region is not None and region.kind != BLOCKS:
            place = self._joined_place(region, instr)
            if place is not None and self._has_room(region, instr):
                self._join(region, instr, dict.fromkeys(instr.outputs, place))
                self._sink(region, instr)
                return
        dims = instr.outputs[0].type.dims
        region = self._new_region(dims)
        self._join(region, instr, dict.fromkeys(instr.outputs, place_of(dims)))
        self._sink(region, instr)

    def _reduction(self, instr: Instr) -> None:
        source = instr.inputs[0]
        assert type(source) is Value
        axes = reduced_axes(instr)
        kind = _reduction_kind(instr, axes)
        region = self._latest(instr)
        fits = (
            region is not None
            and source in region.places
            and same_dims(source.type.dims, region.space)
            and region.places[source] == region.whole_place()
            and (region.kind == MAP or (region.kind, region.reduced) == (kind, axes))
            and not self._uses_results(region, instr)
            and self._has_room(region, instr)
        )
        if not fits or region is None:
            region = self._new_region(source.type.dims)
        region.kind, region.reduced = kind, axes
        value = instr.outputs[0]
        place = _reduced_place(region, axes, value)
        self._join(region, instr, {value: place} if kind == ROW else {})
        region.results.add(value)
        self._sink(region, instr)

    def _joined_place(self, region: Region, instr: Instr) -> Place | None:
        """Where an elementwise instruction's outputs would stand in the region, if they can."""
        dims = instr.outputs[0].type.dims
        if self._uses_results(region, instr) or self._reads_unplaced(region, instr):
            return None
        given = [
            aligned(region.places[value], value.type.dims, len(dims))
            for value in instr.values
            if value in region.places
        ]
        if same_dims(dims, region.space):
            place = region.whole_place()
            if all(_agrees(axes, place) for axes in given):
                return place
        if region.kind != ROW or instr.definition is IOTA:
            return None
        return row_place(region, dims, given)

    def _reads_unplaced(self, region: Region, instr: Instr) -> bool:
        """Whether `instr` reads what the region makes in a way that has no place in it."""
        return any(
            given not in region.places and self._base(given) in region.made
            for given in instr.values
        )

    def _base(self, value: Value) -> Value:
        found = self.fused.views.get(value)
        return value if found is None else found.base

    def _uses_results(self, region: Region, instr: Instr) -> bool:
        """Whether `instr` reads a result that only exists after the region's loops."""
        return region.kind in (COLUMN, BLOCKS) and any(
            region.source(given) in region.results for given in instr.values
        )

    def _latest(self, instr: Instr) -> Region | None:
        nodes = [self._node(given) for given in instr.values]
        made = [node for node in nodes if node is not None]
        if not made:
            return None
        latest: Node = max(made, key=lambda node: node.position)
        return latest if isinstance(latest, Region) and not latest.ended else None

    def _node(self, value: Value) -> Node | None:
        node = self.fused.maker.get(value)
        while node is not None and node.merged_into is not None:
            node = node.merged_into
        return node

    def _new_region(self, space: Any) -> Region:
        region = Region(len(self.fused.nodes), space)
        self.fused.nodes.append(region)
        return region

    def _has_room(self, region: Region, instr: Instr) -> bool:
        if len(region.instrs) >= MOST_INSTRUCTIONS:
            region.ended = f"{MOST_INSTRUCTIONS} instructions"
        elif region.cost + instr_cost(instr) > MOST_COST:
            region.ended = "its code would grow too long"
        elif len(region.operands | set(instr.values)) > MOST_OPERANDS:
            return False
        return not region.ended

    def _join(self, region: Region, instr: Instr, places: dict[Value, Place]) -> None:
        region.instrs.append(instr)
        region.cost += instr_cost(instr)
        region.places.update(places)
        region.made.update(instr.outputs)
        for value in instr.outputs:
            self.fused.maker[value] = region
        self._note_reads(region, instr.values)

    def _note_reads(self, node: Node, values: tuple[Value, ...]) -> None:
        for given in values:
            source = self._node(given)
            if source is node:
                continue
            if isinstance(node, Region) and given not in self.fused.immediates:
                node.operands.add(given)
            if source is not None:
                first = self.fused.first_user.get(source.position, node.position)
                self.fused.first_user[source.position] = min(first, node.position)

    def _sink(self, region: Region, instr: Instr) -> None:
        """Moves earlier regions that feed `instr` down into `region` where nothing is between."""
        for given in instr.values:
            earlier = self._node(given)
            if not isinstance(earlier, Region) or earlier is region:
                continue
            if self._may_sink(earlier, region, given):
                self._merge(earlier, region)

    def _may_sink(self, earlier: Region, region: Region, given: Value) -> bool:
        users = self.fused.first_user.get(earlier.position, region.position)
        if earlier.position > region.position or users < region.position:
            return False
        if given not in earlier.places:
            return False
        if not same_dims(earlier.space, region.space) and not (
            self._widens and lacks_short_axis(earlier, region)
        ):
            return False
        if earlier.kind != MAP and (
            earlier.kind != ROW or region.kind == COLUMN or region.kind == BLOCKS
            or (region.kind == ROW and region.reduced != earlier.reduced)
        ):  # fmt: skip
            return False
        if not self._reads_fit(earlier, region):
            return False
        joined = earlier.operands | region.operands
        return (
            earlier.cost + region.cost <= MOST_COST
            and len(earlier.instrs) + len(region.instrs) <= MOST_INSTRUCTIONS
            and len(joined) <= MOST_OPERANDS
        )

    def _reads_fit(self, earlier: Region, region: Region) -> bool:
        """Whether all that `region` reads of `earlier` would stand where it is read."""
        for instr in region.instrs:
            if self._reads_unplaced(earlier, instr) or self._uses_results(earlier, instr):
                return False
            read = [given for given in instr.values if given in earlier.places]
            if not all(_read_fits(earlier, region, instr, given) for given in read):
                return False
        return True

    def _merge(self, earlier: Region, region: Region) -> None:
        region.instrs[:0] = earlier.instrs
        region.places.update(earlier.places)
        region.alias.update(earlier.alias)
        region.results |= earlier.results
        region.made |= earlier.made
        joined = region.operands | earlier.operands
        region.operands = {v for v in joined if self._base(v) not in region.made}
        region.cost += earlier.cost
        if earlier.kind != MAP:
            region.kind, region.reduced = earlier.kind, earlier.reduced
        earlier.merged_into = region
        self.fused.nodes[earlier.position] = None

    # -- single steps --------------------------------------------------------------------------

    def _single(self, instr: Instr, kind: str, *, contiguous: bool) -> None:
        if contiguous:
            instr = instr.with_inputs([self._contiguous(given) for given in instr.inputs])
        node = Single(len(self.fused.nodes), instr, kind)
        self.fused.nodes.append(node)
        for value in instr.outputs:
            self.fused.maker[value] = node
        self._note_reads(node, instr.values)

    def _contiguous(self, given: Any) -> Any:
        if type(given) is not Value:
            return given
        if is_contiguous(self.fused.access(given), given.type.dims):
            return given
        return self.materialised(given)

    # -- results -------------------------------------------------------------------------------

    def settle_results(self) -> None:
        """Gives every result and every update a buffer of its own."""
        program = self.fused.program
        taken: set[Value] = set(program.states)
        for state, value in program.updates:
            settled = self._owned(value, taken)
            taken.add(settled)
            self.fused.updates.append((state, settled))
        for value in program.results:
            settled = self._owned(value, taken)
            taken.add(settled)
            self.fused.results.append(settled)

    def _owned(self, value: Value, taken: set[Value]) -> Value:
        fused = self.fused
        is_made = value in fused.maker and value not in fused.views
        if is_made and value not in taken:
            return value
        copy = Value(f"{value.name}.out", value.type)
        instr = Instr(COPY, (value,), (copy,), {"T": value.type.dtype})
        if value.type.dtype.name in UNSUPPORTED:
            self._single(instr, "host", contiguous=False)
        else:
            region = self._new_region(value.type.dims)
            self._join(region, instr, {copy: place_of(value.type.dims)})
        return copy


def key_dtype(instr: Instr) -> Any:
    """The dtype that chooses an instruction's scalar expression."""
    if instr.inputs:
        first = instr.inputs[0]
        return first.type.dtype
    return instr.outputs[0].type.dtype


def instr_cost(instr: Instr) -> int:
    """What an instruction adds to a region's cost."""
    if instr.definition.scalar is None:
        return 1
    return scalar.cost(instr.definition, key_dtype(instr))


def reduced_axes(instr: Instr) -> frozenset[int]:
    """The axes of a reduction, counted from the front."""
    given = instr.inputs[1]
    rank = len(instr.inputs[0].type.dims)
    assert isinstance(given, Host)
    return frozenset(int(axis) % rank for axis in given.items.reshape(-1)) if rank else frozenset()


def _reduction_kind(instr: Instr, axes: frozenset[int]) -> str:
    if "blocks" in instr.attrs:
        return BLOCKS
    dims = instr.inputs[0].type.dims
    last = max((axis for axis, dim in enumerate(dims) if not is_one(dim)), default=-1)
    return COLUMN if last >= 0 and last not in axes else ROW


def _reduced_place(region: Region, axes: frozenset[int], value: Value) -> Place:
    kept = region.whole_place()
    if len(value.type.dims) == len(kept):
        return tuple(None if axis in axes else place for axis, place in enumerate(kept))
    return tuple(place for axis, place in enumerate(kept) if axis not in axes)


def _viewed_place(instr: Instr, place: Place, source: Value, value: Value) -> Place | None:
    """The place of a view within its source's region, where it has one."""
    if instr.definition.view == "identity":
        return place
    if instr.definition.view == "reshape":
        found = unit_map(source.type.dims, value.type.dims)
        return None if found is None else tuple(None if k is None else place[k] for k in found)
    return None


def _agrees(axes: list[int | None], place: Place) -> bool:
    return all(axis is None or axis == own for axis, own in zip(axes, place, strict=True))


def _read_fits(earlier: Region, region: Region, instr: Instr, given: Value) -> bool:
    if instr.definition.reduce is not None:
        return earlier.places[given] == region.whole_place()
    place = region.places[instr.outputs[0]]
    axes = aligned(earlier.places[given], given.type.dims, len(instr.outputs[0].type.dims))
    return _agrees(axes, place)
