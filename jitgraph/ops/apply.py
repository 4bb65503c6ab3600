"""Adds one op to the graph: converts inputs, infers attributes, dtypes and shapes, names it.

In: a definition, Python values, attributes, a name. Out: the outputs of the new Operation.
Follows TensorFlow 1.15: the same constants in the same name scopes in the same order, the same
error classes and texts. This is the hot path of building a graph.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Operation, Tensor, get_default_graph, name_scope
from jitgraph.graph.default import _get_graph_from_inputs
from jitgraph.ops.convert import internal_convert
from jitgraph.ops.definition import REQUIRED, Arg, OpDef, ShapeQuery
from jitgraph.ops.partial_value import partial_value

Attrs = dict[str, Any]


def apply(
    definition: OpDef,
    inputs: Sequence[Any],
    attrs: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """Adds an op of type `definition` to the graph of its inputs (or the default graph).

    Args:
      definition: what to add.
      inputs: one value per input of the signature; lists for list inputs.
      attrs: attributes by TensorFlow's names, for those that no input determines.
      name: the op's name; the type's name when None.

    Returns:
      The output Tensor; a list for a list output; a named tuple for several outputs; the
      Operation when there is no output.

    Raises:
      TypeError: an input of a wrong dtype.
      ValueError: shapes that don't fit, or inputs of different graphs.
    """
    op = create(definition, inputs, attrs, name)
    return _results(definition, op)


def create(
    definition: OpDef,
    inputs: Sequence[Any],
    attrs: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Operation:
    """`apply`, giving the Operation."""
    if all(type(value) is Tensor for value in inputs):
        graph = _common_graph(inputs)
        if graph is get_default_graph() and not graph._builds_control_flow:
            tensors = list(inputs)
            known = _types_of_tensors(definition, tensors, attrs)
            return _add(graph, definition, tensors, known, name or definition.name)
    return _create_converting(definition, inputs, attrs, name)


def create_with(
    graph: Any,
    definition: OpDef,
    tensors: list[Tensor],
    attrs: Mapping[str, Any],
    name: str,
) -> Operation:
    """An op of which all is known: nothing is converted; dtypes must fit the attributes.

    Args:
      graph: where it is added.
      tensors: the inputs, lists of them flattened.
      attrs: all attributes that inputs determine, and those that differ from their defaults.
      name: with a trailing slash it is the full name.
    """
    return _add(graph, definition, tensors, dict(attrs), name)


def _common_graph(inputs: Sequence[Any]) -> Any:
    if not inputs:
        return get_default_graph()
    graph = inputs[0].graph
    for tensor in inputs[1:]:
        if tensor.graph is not graph:
            return _get_graph_from_inputs(inputs)
    return graph


def _create_converting(
    definition: OpDef, inputs: Sequence[Any], attrs: Mapping[str, Any] | None, name: str | None
) -> Operation:
    graph = _get_graph_from_inputs(_flat(inputs))
    with graph.as_default(), name_scope(name or definition.name) as scope:
        known: Attrs = dict(attrs or ())
        tensors: list[Tensor] = []
        for arg, value in zip(definition.inputs, inputs, strict=True):
            tensors.extend(_converted(definition, arg, value, known))
        return _add(graph, definition, tensors, known, scope)


def _flat(inputs: Sequence[Any]) -> list[Any]:
    flat: list[Any] = []
    for value in inputs:
        flat.extend(value if isinstance(value, (list, tuple)) else (value,))
    return flat


def _types_of_tensors(
    definition: OpDef, tensors: list[Tensor], attrs: Mapping[str, Any] | None
) -> Attrs:
    known: Attrs = dict(attrs) if attrs else {}
    for arg, tensor in zip(definition.inputs, tensors, strict=True):
        if arg.number_attr is not None or arg.is_type_list:
            raise TypeError(f"Expected list for '{arg.name}' argument to '{definition.name}' Op.")
        _note_dtype(definition, arg, tensor, known)
    return known


def _converted(definition: OpDef, arg: Arg, value: Any, known: Attrs) -> list[Tensor]:
    if arg.is_type_list:
        tensors = _convert_many(arg, value, None, None, definition)
        known[str(arg.type_attr)] = tuple(t.dtype.base_dtype for t in tensors)
        return tensors
    dtype, hint = _wanted_dtype(definition, arg, known)
    if arg.number_attr is not None:
        if not isinstance(value, (list, tuple)):
            raise TypeError(
                f"Expected list for '{arg.name}' argument to '{definition.name}' Op, not {value}."
            )
        tensors = _convert_many(arg, value, dtype, hint, definition)
        known[arg.number_attr] = len(tensors)
    else:
        tensors = [_convert_one(definition, arg, value, dtype, hint, known)]
    for tensor in tensors:
        _note_dtype(definition, arg, tensor, known)
    return tensors


def _wanted_dtype(definition: OpDef, arg: Arg, known: Attrs) -> tuple[DType | None, DType | None]:
    if arg.dtype is not None:
        return arg.dtype, None
    name = str(arg.type_attr)
    if name in known:
        return known[name], None
    return None, definition.type_attrs[name].default


def _convert_many(
    arg: Arg, values: Sequence[Any], dtype: DType | None, hint: DType | None, definition: OpDef
) -> list[Tensor]:
    if dtype is None and not arg.is_type_list:
        dtype = next((v.dtype.base_dtype for v in values if isinstance(v, Tensor)), None)
    try:
        return [
            internal_convert(value, dtype, f"{arg.name}_{i}", hint, as_ref=arg.is_ref)
            for i, value in enumerate(values)
        ]
    except (TypeError, ValueError):
        raise TypeError(_list_mismatch(arg, values, dtype, definition)) from None


def _list_mismatch(arg: Arg, values: Sequence[Any], dtype: DType | None, definition: OpDef) -> str:
    found = ", ".join(_type_name(value) for value in values)
    prefix = (
        f"Tensors in list passed to '{arg.name}' of '{definition.name}' Op have types [{found}] "
    )
    if arg.dtype is not None and dtype is not None:
        return f"{prefix}that do not match expected type {dtype.name}."
    return f"{prefix}that don't all match."


def _type_name(value: Any) -> str:
    try:
        return internal_convert(value).dtype.base_dtype.name
    except (TypeError, ValueError):
        return "<NOT CONVERTIBLE TO TENSOR>"


def _convert_one(
    definition: OpDef, arg: Arg, value: Any, dtype: DType | None, hint: DType | None, known: Attrs
) -> Tensor:
    try:
        return internal_convert(value, dtype, arg.name, hint, as_ref=arg.is_ref)
    except ValueError:
        if not isinstance(getattr(value, "dtype", None), DType):
            raise
        _raise_mismatch(definition, arg, value.dtype, known)
    except TypeError as error:
        if dtype is None:
            raise
        raise TypeError(
            f"Expected {dtype.name} passed to parameter '{arg.name}' of op '{definition.name}', "
            f"got {value!r} of type '{type(value).__name__}' instead. Error: {error}"
        ) from None
    raise AssertionError


def _raise_mismatch(definition: OpDef, arg: Arg, found: DType, known: Attrs) -> None:
    prefix = f"Input '{arg.name}' of '{definition.name}' Op has type {found.base_dtype.name} that"
    if arg.dtype is not None:
        raise TypeError(f"{prefix} does not match expected type of {arg.dtype.name}.")
    earlier = next((a.name for a in definition.inputs if a.type_attr == arg.type_attr), arg.name)
    expected = known[str(arg.type_attr)]
    if earlier == arg.name:
        raise TypeError(f"{prefix} does not match expected type of {expected.name}.")
    raise TypeError(f"{prefix} does not match type {expected.name} of argument '{earlier}'.")


def _note_dtype(definition: OpDef, arg: Arg, tensor: Tensor, known: Attrs) -> None:
    found = tensor._dtype
    if arg.is_ref and not found._is_ref_dtype:
        raise TypeError(
            f"'{definition.name}' Op requires that input '{arg.name}' be a mutable tensor "
            "(e.g.: a tf.Variable)"
        )
    base = found.base_dtype
    if arg.type_attr is None:
        if base is not arg.dtype:
            _raise_mismatch(definition, arg, base, known)
        return
    expected = known.get(arg.type_attr)
    if expected is None:
        _check_allowed(definition, arg, base)
        known[arg.type_attr] = base
    elif base is not expected:
        _raise_mismatch(definition, arg, base, known)


def _check_allowed(definition: OpDef, arg: Arg, dtype: DType) -> None:
    allowed = definition.type_attrs[str(arg.type_attr)].allowed
    if dtype not in allowed:
        names = ", ".join(item.name for item in allowed)
        raise TypeError(
            f"Value passed to parameter '{arg.name}' has DataType {dtype.name} not in list of "
            f"allowed values: {names}"
        )


def _add(
    graph: Any, definition: OpDef, tensors: list[Tensor], known: Attrs, name: str
) -> Operation:
    _complete_attrs(definition, known)
    kinds = output_dtypes(definition, known)
    query = ShapeQuery(
        [t._dims for t in tensors],
        [t._dtype for t in tensors],
        known,
        lambda index: partial_value(tensors[index]),
    )
    try:
        dims = definition.shape(query)
    except ValueError as error:
        raise ValueError(_described(graph, definition, tensors, name, error)) from None
    references = _references(definition)
    if references:
        with _colocated(graph, [tensors[index].op for index in references]):
            return graph.create_op(
                definition.name, tuple(tensors), kinds, tuple(dims), name, known, definition
            )
    return graph.create_op(
        definition.name, tuple(tensors), kinds, tuple(dims), name, known, definition
    )


@cache
def _references(definition: OpDef) -> tuple[int, ...]:
    """Positions of the inputs that are references: the op is placed where their variables are."""
    return tuple(index for index, arg in enumerate(definition.inputs) if arg.is_ref)


@contextmanager
def _colocated(graph: Any, ops: Sequence[Operation]) -> Iterator[None]:
    with ExitStack() as blocks:
        for op in ops:
            blocks.enter_context(graph.colocate_with(op))
        yield


def _complete_attrs(definition: OpDef, known: Attrs) -> None:
    for name, default in definition.attrs.items():
        if name not in known:
            if default is REQUIRED:
                raise TypeError(f"{definition.name} needs the attribute {name!r}")
            known[name] = default
    for name, attr in definition.type_attrs.items():
        if name not in known and attr.default is not None:
            known[name] = attr.default


def output_dtypes(definition: OpDef, known: Attrs) -> tuple[DType, ...]:
    """The dtypes of all outputs, flattened, by the attributes that are known."""
    found: list[DType] = []
    for arg in definition.outputs:
        if arg.is_type_list:
            found.extend(known[str(arg.type_attr)])
            continue
        dtype = arg.dtype or dtypes.as_dtype(known[str(arg.type_attr)])
        if arg.is_ref:
            dtype = dtype._as_ref
        found.extend([dtype] * (known[arg.number_attr] if arg.number_attr else 1))
    return tuple(found)


def _described(
    graph: Any, definition: OpDef, tensors: list[Tensor], name: str, error: Exception
) -> str:
    """TensorFlow's text for shapes that don't fit: what, which op, which input shapes."""
    full = name[:-1] if name.endswith("/") else graph.unique_name(name, mark_as_used=False)
    shapes = ", ".join(shape_text(t._dims) for t in tensors)
    kind = f"'{full}' (op: '{definition.name}') with input shapes: {shapes}"
    return f"{error} for {kind}."


def shape_text(dims: Any) -> str:
    """A shape as TensorFlow's messages print it: [2,?,3], or <unknown>."""
    if dims is None:
        return "<unknown>"
    return "[" + ",".join("?" if d is None else str(d) for d in dims) + "]"


@cache
def _result_type(definition: OpDef) -> Any:
    return namedtuple(definition.name, [arg.name for arg in definition.outputs])


def _results(definition: OpDef, op: Operation) -> Any:
    outputs = op._outputs
    if len(definition.outputs) == 1:
        arg = definition.outputs[0]
        return list(outputs) if arg.number_attr or arg.is_type_list else outputs[0]
    if not definition.outputs:
        return op
    if any(arg.number_attr or arg.is_type_list for arg in definition.outputs):
        return _result_type(definition)(*_grouped(definition, op))
    return _result_type(definition)(*outputs)


def _grouped(definition: OpDef, op: Operation) -> Iterator[Any]:
    """For each output of the signature its tensor, or the list of its tensors."""
    rest = iter(op._outputs)
    for arg in definition.outputs:
        if arg.is_type_list:
            yield [next(rest) for _ in op._attrs[str(arg.type_attr)]]
        elif arg.number_attr:
            yield [next(rest) for _ in range(op._attrs[arg.number_attr])]
        else:
            yield next(rest)
