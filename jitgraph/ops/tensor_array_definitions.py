"""The ops of tensor arrays and of stacks, as TensorFlow's graphs hold them.

In: handles, indices, values and a `flow`, a number that only says what comes after what. They have
no meaning one by one: `trace` makes the array part of a run's state, and each op what it does to
it. Their gradients are in tensor_array_gradients.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.ops import tensor_array_gradients as gradients
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import ANY, REQUIRED, OpDef, ShapeQuery, no_gradient
from jitgraph.shapes import TensorShape

HELD = (*ANY, dtypes.resource)
"""What an array, a stack or a loop may hold."""


def _new_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 0)
    return [(2,), ()]


def _flow_shape(q: ShapeQuery) -> list[Dims | None]:
    return [()]


def _unknown_shape(q: ShapeQuery) -> list[Dims | None]:
    return [None]


def _gathered_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[1], 1)
    return [None]


def _definition(name: str, signature: str, shape: Any, does: str, **more: Any) -> OpDef:
    return OpDef(
        name,
        signature,
        shape,
        array=does,
        stateful=True,
        samples=lambda rng: (),
        **{"gradient": no_gradient, **more},
    )


TENSOR_ARRAY_V3 = _definition(
    "TensorArrayV3",
    "size: int32 -> handle: resource, flow: float32",
    _new_shape,
    "make",
    types={"dtype": HELD},
    attrs={
        "element_shape": TensorShape(None),
        "dynamic_size": False,
        "clear_after_read": True,
        "identical_element_shapes": False,
        "tensor_array_name": "",
    },
)
TENSOR_ARRAY_GRAD_V3 = _definition(
    "TensorArrayGradV3",
    "handle: resource, flow_in: float32 -> grad_handle: resource, flow_out: float32",
    lambda q: [(2,), ()],
    "grad",
    attrs={"source": REQUIRED},
)
TENSOR_ARRAY_WRITE_V3 = _definition(
    "TensorArrayWriteV3",
    "handle: resource, index: int32, value: T, flow_in: float32 -> flow_out: float32",
    _flow_shape,
    "write",
    types={"T": HELD},
    gradient=gradients.write,
)
TENSOR_ARRAY_READ_V3 = _definition(
    "TensorArrayReadV3",
    "handle: resource, index: int32, flow_in: float32 -> value: dtype",
    _unknown_shape,
    "read",
    types={"dtype": HELD},
    gradient=gradients.read,
)
TENSOR_ARRAY_GATHER_V3 = _definition(
    "TensorArrayGatherV3",
    "handle: resource, indices: int32, flow_in: float32 -> value: dtype",
    _gathered_shape,
    "gather",
    types={"dtype": HELD},
    attrs={"element_shape": TensorShape(None)},
    gradient=gradients.gather,
)
TENSOR_ARRAY_SCATTER_V3 = _definition(
    "TensorArrayScatterV3",
    "handle: resource, indices: int32, value: T, flow_in: float32 -> flow_out: float32",
    _flow_shape,
    "scatter",
    types={"T": HELD},
    gradient=gradients.scatter,
)
TENSOR_ARRAY_CONCAT_V3 = _definition(
    "TensorArrayConcatV3",
    "handle: resource, flow_in: float32 -> value: dtype, lengths: int64",
    lambda q: [None, (None,)],
    "concat",
    types={"dtype": HELD},
    attrs={"element_shape_except0": TensorShape(None)},
    gradient=gradients.concat,
)
TENSOR_ARRAY_SPLIT_V3 = _definition(
    "TensorArraySplitV3",
    "handle: resource, value: T, lengths: int64, flow_in: float32 -> flow_out: float32",
    _flow_shape,
    "split",
    types={"T": HELD},
    gradient=gradients.split,
)
TENSOR_ARRAY_SIZE_V3 = _definition(
    "TensorArraySizeV3",
    "handle: resource, flow_in: float32 -> size: int32",
    _flow_shape,
    "size",
)
TENSOR_ARRAY_CLOSE_V3 = _definition(
    "TensorArrayCloseV3", "handle: resource ->", lambda q: [], "close"
)
STACK_V2 = _definition(
    "StackV2",
    "max_size: int32 -> handle: resource",
    lambda q: [(2,)],
    "stack",
    types={"elem_type": HELD},
    attrs={"stack_name": ""},
)
STACK_PUSH_V2 = _definition(
    "StackPushV2",
    "handle: resource, elem: T -> output: T",
    lambda q: [q.shapes[1]],
    "push",
    types={"T": HELD},
    attrs={"swap_memory": False},
)
STACK_POP_V2 = _definition(
    "StackPopV2",
    "handle: resource -> elem: elem_type",
    _unknown_shape,
    "pop",
    types={"elem_type": HELD},
)
STACK_CLOSE_V2 = _definition("StackCloseV2", "handle: resource ->", lambda q: [], "close")
