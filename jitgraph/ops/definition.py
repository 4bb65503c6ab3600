"""What an op is: `OpDef`, one immutable value that holds all that is known of an op type.

In: nothing. Out: the definitions that op families write down, and the small query objects through
which rules see an op's inputs. Everything else (graph construction, tracing, interpreting,
lowering, gradients, the test sweep) asks a definition and never lists op names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType

Dims = tuple[Any, ...]
"""A shape: each dimension is an int, None (unknown while building) or a symbolic Size."""

REQUIRED = type("Required", (), {"__repr__": lambda self: "REQUIRED"})()
"""The default of an attribute that has none."""

DIVISION_BY_ZERO = 1
INDEX_OUT_OF_RANGE = 2
LABEL_OUT_OF_RANGE = 3
EMPTY_AXIS = 4
MATRIX_TOO_LARGE = 5
NOT_FINITE = 6
LIMIT_REACHED = 7
EMPTY_RANGE = 8
ASSERTION_FAILED = 9
NOT_INVERTIBLE = 10
NOT_POSITIVE = 11


def _types(*names: str) -> tuple[DType, ...]:
    return tuple(dtypes.as_dtype(name) for name in names)


FLOATS = _types("bfloat16", "float16", "float32", "float64")
SIGNED = _types("int8", "int16", "int32", "int64")
UNSIGNED = _types("uint8", "uint16", "uint32", "uint64")
INTEGERS = SIGNED + UNSIGNED
COMPLEX = _types("complex64", "complex128")
REALS = _types(
    *("float32", "float64", "int32", "uint8", "int16", "int8", "int64", "bfloat16", "uint16"),
    *("float16", "uint32", "uint64"),
)
NUMBERS = _types(
    *("float32", "float64", "int32", "uint8", "int16", "int8", "complex64", "int64", "bfloat16"),
    *("uint16", "complex128", "float16", "uint32", "uint64"),
)
"""In TensorFlow's order, which its messages show."""

BOOL = _types("bool")
INDEX = _types("int32", "int64")
STRING = _types("string")
ANY = NUMBERS + BOOL + STRING


class Arg(NamedTuple):
    """One input or output of a signature."""

    name: str
    type_attr: str | None
    dtype: DType | None
    number_attr: str | None
    is_ref: bool
    is_type_list: bool

    def count(self, attrs: Mapping[str, Any]) -> int:
        """How many tensors it stands for."""
        if self.is_type_list:
            return len(attrs[str(self.type_attr)])
        return int(attrs[self.number_attr]) if self.number_attr else 1


class Attr(NamedTuple):
    """A type attribute: the dtypes allowed and the default."""

    allowed: tuple[DType, ...]
    default: DType | None


class ShapeQuery:
    """What a shape rule may ask: shapes, dtypes, attributes and (partial) values of the inputs.

    `shapes[i]` is a tuple of dimensions or None for an unknown rank. `value(i)` is None or an
    object array of ints, Nones (unknown elements) and symbolic sizes. While tracing, ranks and
    values of host inputs are always known and dimensions are ints or symbolic sizes.
    """

    __slots__ = ("_value", "attrs", "dtypes", "shapes")

    def __init__(
        self,
        shapes: Sequence[Dims | None],
        in_dtypes: Sequence[DType],
        attrs: Mapping[str, Any],
        value: Callable[[int], np.ndarray | None],
    ) -> None:
        self.shapes = shapes
        self.dtypes = in_dtypes
        self.attrs = attrs
        self._value = value

    def value(self, index: int) -> np.ndarray | None:
        """The contents of input `index` as far as they are known."""
        return self._value(index)

    def known_dims(self, index: int) -> Dims:
        """The shape of input `index` where its rank must be known, as it always is in tracing."""
        dims = self.shapes[index]
        assert dims is not None, f"the rank of input {index} is not known"
        return dims

    def known_value(self, index: int) -> np.ndarray:
        """The contents of host input `index`, which are always known in tracing."""
        value = self._value(index)
        assert value is not None, f"the contents of input {index} are not known"
        return value


ShapeRule = Callable[[ShapeQuery], Sequence[Dims | None]]


@dataclass(frozen=True)
class AffineMap:
    """Where each output element of a movement op comes from: one input element per output index.

    Output dimension d walks input dimension `sources[d][0]` by `sources[d][1]` elements (or
    stands still where `sources[d]` is None); input dimension k starts at `offsets[k]`.
    """

    offsets: tuple[Any, ...]
    sources: tuple[tuple[int, Any] | None, ...]


@dataclass(frozen=True)
class Piece:
    """A part of an output assembled from parts: input `index`, seen through `map` (None: as it
    is), of `sizes`, written at `offsets` of the output."""

    index: int
    offsets: tuple[Any, ...]
    sizes: tuple[Any, ...]
    map: AffineMap | None = None


@dataclass(frozen=True)
class Assembly:
    """An output made of pieces; `fill` names the input or value that all the rest holds."""

    pieces: tuple[Piece, ...]
    fill: Any = None


@dataclass(frozen=True)
class Sample:
    """One test case of the op sweep: input arrays (or lists of arrays) and attributes."""

    inputs: tuple[Any, ...]
    attrs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Draw:
    """How a random op is computed: by `op`, a pure function of (state of the op's generator,
    *inputs); `steps(dims of its first output, attributes)` is how far a run moves
    the generator on."""

    op: OpDef
    steps: Callable[[Sequence[Any], Any], Any]


def no_gradient(op: Any, *grads: Any) -> list[None]:
    """The gradient of an op that has, by definition, none (TensorFlow's NotDifferentiable)."""
    return [None] * len(op.inputs)


@dataclass(frozen=True, eq=False)
class OpDef:
    """An op type: TensorFlow's name and signature, and its meaning in every stage.

    Args:
      name: the type name as TensorFlow registers it ("AddV2").
      signature: inputs and outputs as in "x: T, y: T -> z: T". Forms of a type: a type attribute
        (`T`), a fixed dtype (`int32`), a list (`N*T`), a list of types (`[Tlist]`), a reference
        (`Ref(T)`).
      types: for each type attribute the allowed dtypes, or (allowed, default).
      attrs: the other attributes (and type attributes that no input determines) with their
        defaults; REQUIRED has none. They are the keyword arguments of `reference`.
      shape: the shape rule.
      misfit: what a run says when the rule refuses its sizes: misfit(query of ints, op's name) ->
        text, or None for the rule's own; None also where no kernel says it in other words.
      reference: the meaning, on NumPy arrays (lists for list inputs); returns an array, or a tuple
        for several outputs. Must also accept object arrays where the op is used on shapes.
      faster: name of what the runtime has that makes the same on the host, but for inputs that it
        leaves to `reference`.
      scalar: for an elementwise op, an expression over the inputs' names (see lowering/scalar.py);
        or one per class of dtype of the first input: {"float": .., "int": .., "complex": ..,
        "bool": ..}.
      check: for an elementwise op, (expression that is true for bad data, reason); or one per
        class of dtype of the first input, as for `scalar`.
      reduce: for a reduction with inputs (x, axes): "sum", "prod", "max", "min", "any", "all".
      view: for a movement op, rule that gives its AffineMap, or "reshape" for a relabelling.
      assemble: for concat, pad and the like: the rule that gives an Assembly.
      decompose: rewrites an instruction into simpler ones: decompose(builder, instr) -> values;
        None leaves the instruction as it is.
      library: name of the library kernel that computes it ("matmul"), or one per class of dtype of
        the first input, as for `scalar`.
      host: indices of inputs whose contents must be known before native code runs (axes, shapes);
        negative ones count from the end (ConcatV2's axis).
      counted: for an op with a row for each number up to the last item of one of its inputs, a
        vector: (the op that is told behind its inputs how many rows there are; the vector's index).
      contents: for an op whose value depends on its inputs' shapes alone (Shape, Size): the rule
        that gives that value (a list of them for several outputs), with None for what is unknown.
      gradient: rule (op, *grads) -> gradients for each input; no_gradient; None: not yet defined.
      state: how the first (reference) input is used: "write" replaces its contents by the output,
        "step" does so and gives the old contents; None for no reference.
      also_writes: indices of further reference inputs that are written. What they hold then,
        `reference` and `decompose` give behind the op's own outputs, and so do instructions.
      draw: for a random op, how it is computed from the generator that a session keeps for it.
      scaled: for an op that gives random floats, the name of the one that takes two scalars more
        and gives the same times the first plus the second, each rounded.
      control: what the op does in a branch or loop ("switch", "merge", "enter", "exit", "next",
        "loop_cond"); None for ops that compute.
      array: what the op does with a tensor array or a stack ("make", "grad", "read", "write",
        "gather", "scatter", "concat", "split", "size", "close", "stack", "push", "pop").
      bodies: names of the attributes that are programs (branches, a loop's condition and body).
      commutative, idempotent, involution, neutral, absorbing: algebra of binary and unary ops;
        idempotent of three inputs: op(c, x, x) = x.
      with_constant: for a binary op, {number: name of the op that gives the same of the left
        operand alone when every element of the right one is that number}.
      product: for a division, the name of the op that multiplies: x / c is x * (1 / c) where
        1 / c is exact.
      turned_by: for a product of matrices, for each operand the attribute that exchanges its last
        two axes; `turns_conjugate`: and that conjugates complex numbers.
      stateful: never merged, folded or dropped (placeholders, random numbers, prints).
      must_run: runs although nobody reads what it gives, because it can fail the run.
      calls_python: runs Python code that may take its time, between the programs of a run.
      functions: names of the attributes that are functions, graphs of their own: `reference` gets
        what binds them to their captured values, and then calls them.
      holds: its output stands for a thing that a session keeps (a queue, a reader), and has no
        value: `reference` makes the thing when it is first used, from a title, its inputs, which
        must be constants, and the attributes.
        Ops that take it must call Python; their `reference` gets the thing.
      no_kernel: dtypes of the first input that graphs may hold and no run takes, as TensorFlow
        has no kernel for them.
      internal: the compiler makes it: TensorFlow has no such op, no user's graph holds it.
      samples: yields test cases from a NumPy random generator; None takes the elementwise default
        over `domain`.
      domain: (low, high) of values drawn for float inputs; a tuple of pairs gives one each.
    """

    name: str
    signature: str
    shape: ShapeRule
    types: Mapping[str, Any] = field(default_factory=dict)
    attrs: Mapping[str, Any] = field(default_factory=dict)
    misfit: Callable[[ShapeQuery, str], str | None] | None = None
    reference: Callable[..., Any] | None = None
    faster: str | None = None
    scalar: str | Mapping[str, str] | None = None
    check: tuple[str, int] | Mapping[str, tuple[str, int]] | None = None
    reduce: str | None = None
    view: Callable[[ShapeQuery], AffineMap] | str | None = None
    assemble: Callable[[ShapeQuery], Assembly] | None = None
    decompose: Callable[[Any, Any], Sequence[Any] | None] | None = None
    library: str | Mapping[str, str] | None = None
    host: tuple[int, ...] = ()
    counted: tuple[OpDef, int] | None = None
    contents: Callable[[ShapeQuery], Any] | None = None
    gradient: Callable[..., Any] | None = None
    state: str | None = None
    draw: Draw | None = None
    scaled: str | None = None
    also_writes: tuple[int, ...] = ()
    control: str | None = None
    bodies: tuple[str, ...] = ()
    array: str | None = None
    commutative: bool = False
    idempotent: bool = False
    involution: bool = False
    neutral: float | None = None
    absorbing: float | None = None
    with_constant: Mapping[float, str] = field(default_factory=dict)
    product: str | None = None
    turned_by: tuple[str, ...] = ()
    turns_conjugate: bool = False
    stateful: bool = False
    must_run: bool = False
    calls_python: bool = False
    functions: tuple[str, ...] = ()
    holds: bool = False
    no_kernel: tuple[DType, ...] = ()
    internal: bool = False
    samples: Callable[[np.random.Generator], Iterable[Sample]] | None = None
    domain: Any = (-3.0, 3.0)
    inputs: tuple[Arg, ...] = field(init=False)
    outputs: tuple[Arg, ...] = field(init=False)
    type_attrs: Mapping[str, Attr] = field(init=False)

    def __post_init__(self) -> None:
        left, _, right = self.signature.partition("->")
        put = object.__setattr__
        put(self, "inputs", _parse_args(left, self.types))
        put(self, "outputs", _parse_args(right, self.types))
        put(self, "type_attrs", {name: _attr(given) for name, given in self.types.items()})

    def scalar_for(self, dtype: DType) -> str | None:
        """The scalar expression for inputs of `dtype`, or None."""
        if self.scalar is None or isinstance(self.scalar, str):
            return self.scalar
        return self.scalar.get(dtype_class(dtype))

    def check_for(self, dtype: DType) -> tuple[str, int] | None:
        """The test for bad data in inputs of `dtype`, (expression, reason), or None."""
        if self.check is None or isinstance(self.check, tuple):
            return self.check
        return self.check.get(dtype_class(dtype))

    def library_for(self, dtype: DType) -> str | None:
        """The name of the library kernel for inputs of `dtype`, or None."""
        if self.library is None or isinstance(self.library, str):
            return self.library
        return self.library.get(dtype_class(dtype))

    def __repr__(self) -> str:
        return f"OpDef({self.name}: {self.signature})"


def dtype_class(dtype: DType) -> str:
    """ "float", "int", "complex", "bool" or "string"."""
    if dtype.is_floating:
        return "float"
    if dtype.is_complex:
        return "complex"
    if dtype.is_bool:
        return "bool"
    return "int" if dtype.is_integer else "string"


def _attr(given: Any) -> Attr:
    if isinstance(given, Attr):
        return given
    allowed, default = given if isinstance(given[0], tuple) else (given, None)
    return Attr(tuple(allowed), default)


_ARG = re.compile(r"(\w+):\s*(Ref\()?(?:(\w+)\s*\*\s*)?(\[?)(\w+)\]?\)?$")


def _parse_args(text: str, types: Mapping[str, Any]) -> tuple[Arg, ...]:
    return tuple(_parse_arg(part.strip(), types) for part in text.split(",") if part.strip())


def _parse_arg(text: str, types: Mapping[str, Any]) -> Arg:
    match = _ARG.match(text)
    if match is None:
        raise ValueError(f"not an argument of an op signature: {text!r}")
    name, ref, number, bracket, type_name = match.groups()
    is_attr = type_name in types or type_name[0].isupper()
    fixed = None if is_attr else dtypes.as_dtype(type_name)
    type_attr = type_name if fixed is None else None
    return Arg(name, type_attr, fixed, number, bool(ref), bool(bracket))
