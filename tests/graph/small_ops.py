"""A vocabulary of five ops, so that the graph is tested without jitgraph's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import jitgraph.graph
from jitgraph import dtypes, errors, shapes
from jitgraph.dtypes import DType
from jitgraph.graph import Operation, Tensor, get_default_graph


def make(
    op_type: str, inputs: tuple[Tensor, ...], outputs: list[Any], name: Any, **attrs: Any
) -> Operation:
    kinds = tuple(dtype for dtype, _ in outputs)
    dims = tuple(dims for _, dims in outputs)
    return get_default_graph().create_op(op_type, inputs, kinds, dims, name, attrs)


def constant(value: Any, name: str = "Const") -> Tensor:
    dtype = dtypes.float32 if isinstance(value, float) else dtypes.int32
    dims = (len(value),) if isinstance(value, list) else ()
    return make("Const", (), [(dtype, dims)], name, dtype=dtype)._outputs[0]


def placeholder(dtype: DType, shape: Any = None, name: str = "Placeholder") -> Tensor:
    dims = shapes.as_shape(shape)._dims
    return make("Placeholder", (), [(dtype, dims)], name)._outputs[0]


def no_op(name: str = "NoOp") -> Operation:
    return make("NoOp", (), [], name)


def identity(x: Tensor, name: str = "Identity") -> Tensor:
    return make("Identity", (x,), [(x.dtype, x._dims)], name)._outputs[0]


def add(x: Tensor, y: Tensor, name: str = "Add") -> Tensor:
    return make("Add", (x, y), [(x.dtype, x._dims)], name)._outputs[0]


def namespace() -> SimpleNamespace:
    """What the snippets call tf."""
    return SimpleNamespace(
        **{name: getattr(jitgraph.graph, name) for name in jitgraph.graph.__all__},
        **{name: value for name, value in vars(dtypes).items() if isinstance(value, DType)},
        as_dtype=dtypes.as_dtype,
        errors=errors,
        Dimension=shapes.Dimension,
        TensorShape=shapes.TensorShape,
        dimension_value=shapes.dimension_value,
        dimension_at_index=shapes.dimension_at_index,
        constant=constant,
        placeholder=placeholder,
        no_op=no_op,
        identity=identity,
        add=add,
    )
