"""tf.keras.backend: small functions of tensors, and settings. In: tensors. Out: tensors, values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.api import math, nn
from jitgraph.frontend.keras.graph_state import get_session, graph_state
from jitgraph.frontend.keras.variables import KerasVariable
from jitgraph.graph import Graph, Tensor, get_default_graph
from jitgraph.ops import state
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast as cast_op
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_extrema import clip_by_value
from jitgraph.ops.filling import ones_like as ones_like_op, zeros_like as zeros_like_op
from jitgraph.ops.identities import group
from jitgraph.ops.matmul import matmul
from jitgraph.ops.placeholders import placeholder as placeholder_op
from jitgraph.ops.reshaping import (
    expand_dims as expand_dims_op,
    reshape as reshape_op,
    squeeze as squeeze_op,
)
from jitgraph.ops.shapes_of import shape as shape_op
from jitgraph.ops.tensor_products import tensordot
from jitgraph.ops.transposing import transpose as transpose_op

_EPSILON = 1e-7


def epsilon() -> float:
    """The small number that keeps divisors and logarithms from zero: 1e-7."""
    return _EPSILON


def floatx() -> str:
    """The dtype of variables: "float32"."""
    return "float32"


def image_data_format() -> str:
    """Where images have their channels: "channels_last"."""
    return "channels_last"


def backend() -> str:
    """What runs the graphs: "tensorflow"."""
    return "tensorflow"


def get_graph() -> Graph:
    """The default graph."""
    return get_default_graph()


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Any:
    """A variable.

    Args:
      value: its first value.
      dtype: float32 if None.
      name: its name.
      constraint: a function that optimizers apply after an update.
    """
    kind = dtypes.as_dtype(dtype or "float32")
    made = KerasVariable(value, dtype=kind, name=name, constraint=constraint)
    graph_state(made.graph).variables.append(made)
    return made


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A constant, float32 if `dtype` is None."""
    from jitgraph.ops.constants import constant as constant_op

    return constant_op(value, dtype=dtype or "float32", shape=shape, name=name or "Const")


def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, name: str | None = None
) -> Tensor:
    """A placeholder of a shape or a rank."""
    if shape is None and ndim:
        shape = (None,) * ndim
    return placeholder_op(dtypes.as_dtype(dtype or "float32"), shape, name=name)


def eval(x: Any) -> Any:
    """The value of a tensor or variable."""
    return get_session().run(x)


def get_value(x: Any) -> Any:
    """The value of a variable."""
    return get_session().run(x)


def batch_get_value(tensors: Any) -> list[Any]:
    """The values of variables."""
    return list(get_session().run(list(tensors))) if tensors else []


def set_value(x: Any, value: Any) -> None:
    """Gives a variable a value."""
    x.load(np.asarray(value, x.dtype.base_dtype.as_numpy_dtype), get_session())


def batch_set_value(tuples: Any) -> None:
    """Gives variables values, as pairs (variable, value)."""
    for each, value in tuples:
        set_value(each, value)


def function(inputs: Any, outputs: Any, updates: Any = None, **_: Any) -> Callable[..., Any]:
    """A function of a list of values that runs outputs and updates.

    Args:
      inputs: placeholders.
      outputs: a tensor or a list of them.
      updates: operations, or pairs (variable, new value).

    Example:
      >>> x = tf.keras.backend.placeholder((2,))
      >>> tf.keras.backend.function([x], [x * 2])([[1, 2]])[0].tolist()
      [2.0, 4.0]
    """
    several = isinstance(outputs, (list, tuple))
    fetched = list(outputs) if several else [outputs]
    run = group(*(_update(each) for each in updates or ()))

    def call(values: Any) -> Any:
        pairs = zip(inputs, values, strict=True)
        feeds = {tensor: value for tensor, value in pairs if isinstance(tensor, Tensor)}
        found = get_session().run([*fetched, run], feeds)[:-1]
        return found if several else found[0]

    return call


def _update(given: Any) -> Any:
    return state.assign(*given).op if isinstance(given, tuple) else given


def gradients(loss: Any, variables: Any) -> list[Any]:
    """The gradients of a loss for variables."""
    from jitgraph.frontend.gradients import gradients as gradients_of

    given = variables if isinstance(variables, (list, tuple)) else [variables]
    return list(gradients_of(loss, [getattr(v, "_variable", v) for v in given]))


def int_shape(x: Any) -> tuple[int | None, ...] | None:
    """The shape as a tuple, None where a size is not known."""
    known = x.get_shape()
    return None if known.ndims is None else tuple(known.as_list())


def ndim(x: Any) -> int | None:
    """The number of axes."""
    return x.get_shape().ndims  # type: ignore[no-any-return]


def dtype(x: Any) -> str:
    """The name of the dtype."""
    return x.dtype.base_dtype.name  # type: ignore[no-any-return]


def shape(x: Any) -> Tensor:
    """The shape as a tensor."""
    return shape_op(x)


def cast(x: Any, dtype: Any) -> Any:
    """x in another dtype."""
    return cast_op(x, dtype)


def dot(x: Any, y: Any) -> Any:
    """The product over the last axis of x and the last but one of y."""
    if x.get_shape().ndims == y.get_shape().ndims == 2:
        return matmul(x, y)
    rank = y.get_shape().ndims
    return tensordot(x, y, [[x.get_shape().ndims - 1], [max(rank - 2, 0)]])


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean along axes; that of bools as numbers."""
    if x.dtype.base_dtype == dtypes.bool:
        x = cast_op(x, dtypes.float32)
    return math.reduce_mean(x, axis, keepdims)


def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum along axes."""
    return math.reduce_sum(x, axis, keepdims)


def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The product along axes."""
    return math.reduce_prod(x, axis, keepdims)


def max(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The largest along axes."""
    return math.reduce_max(x, axis, keepdims)


def min(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The smallest along axes."""
    return math.reduce_min(x, axis, keepdims)


def argmax(x: Any, axis: int = -1) -> Tensor:
    """The place of the largest."""
    return math.argmax(x, axis)


def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The standard deviation along axes."""
    return math.sqrt(var(x, axis, keepdims))


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The variance along axes."""
    centre = math.reduce_mean(x, axis, True)
    return math.reduce_mean(math.square(x - centre), axis, keepdims)


def abs(x: Any) -> Any:
    """|x|."""
    return math.abs(x)


def square(x: Any) -> Any:
    """x * x."""
    return math.square(x)


def sqrt(x: Any) -> Any:
    """The square root, of what is negative zero."""
    zero = convert_to_tensor(0.0, x.dtype.base_dtype)
    return math.sqrt(math.maximum(x, zero))


def exp(x: Any) -> Any:
    """e to the power x."""
    return math.exp(x)


def log(x: Any) -> Any:
    """The natural logarithm."""
    return math.log(x)


def pow(x: Any, a: Any) -> Any:
    """x to the power a."""
    return math.pow(x, a)


def round(x: Any) -> Any:
    """The nearest integer, halves to the even one."""
    return math.round(x)


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """x within an interval."""
    return clip_by_value(x, min_value, max_value)


def equal(x: Any, y: Any) -> Any:
    """Where x and y are equal."""
    return math.equal(x, y)


def greater(x: Any, y: Any) -> Any:
    """Where x is greater."""
    return math.greater(x, y)


def less(x: Any, y: Any) -> Any:
    """Where x is less."""
    return math.less(x, y)


def maximum(x: Any, y: Any) -> Any:
    """The greater of both."""
    return math.maximum(x, y)


def minimum(x: Any, y: Any) -> Any:
    """The less of both."""
    return math.minimum(x, y)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0) -> Any:
    """See `tf.keras.activations.relu`."""
    from jitgraph.frontend.keras.activations import relu as rectified

    return rectified(x, alpha, max_value, threshold)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return nn.sigmoid(x)


def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return math.tanh(x)


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along an axis."""
    return nn.softmax(x, axis=axis)


def flatten(x: Any) -> Any:
    """All elements in one axis."""
    return reshape_op(x, [-1])


def batch_flatten(x: Any) -> Any:
    """Each example in one axis."""
    return reshape_op(x, [-1, np.prod(x.get_shape().as_list()[1:], dtype=int)])


def reshape(x: Any, shape: Any) -> Any:
    """x in another shape."""
    return reshape_op(x, shape)


def transpose(x: Any) -> Any:
    """The axes in reverse."""
    return transpose_op(x)


def permute_dimensions(x: Any, pattern: Any) -> Any:
    """The axes in another order."""
    return transpose_op(x, perm=pattern)


def expand_dims(x: Any, axis: int = -1) -> Any:
    """x with one more axis."""
    return expand_dims_op(x, axis)


def squeeze(x: Any, axis: int) -> Any:
    """x without an axis of size one."""
    return squeeze_op(x, [axis])


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """The tensors one after another."""
    rank = tensors[0].get_shape().ndims
    return concat(list(tensors), axis % rank if rank else 0)


def stack(x: Any, axis: int = 0) -> Any:
    """The tensors along a new axis."""
    from jitgraph.ops.packing import stack as packed

    return packed(x, axis=axis)


def zeros_like(x: Any) -> Any:
    """Zeros of the shape of x."""
    return zeros_like_op(x)


def ones_like(x: Any) -> Any:
    """Ones of the shape of x."""
    return ones_like_op(x)


def stop_gradient(x: Any) -> Any:
    """x, through which no gradient goes."""
    from jitgraph.ops.identities import stop_gradient as stopped

    return stopped(x)


def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Normal numbers; without a seed one of NumPy's generator."""
    from jitgraph.frontend.api import random

    chosen = np.random.randint(10_000_000) if seed is None else seed
    return random.normal(shape, mean, stddev, dtype or "float32", chosen)


def random_uniform(
    shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Uniform numbers; without a seed one of NumPy's generator."""
    from jitgraph.frontend.api import random

    chosen = np.random.randint(10_000_000) if seed is None else seed
    return random.uniform(shape, minval, maxval, dtype or "float32", chosen)


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """x by its norm along an axis."""
    return nn.l2_normalize(x, axis=axis)


def _from_softmax(output: Any) -> Any:
    return output.op.inputs[0] if output.op.type == "Softmax" else None


def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """-sum(target * log(output)) along an axis; by the logits where output is a softmax.

    Args:
      target: probabilities.
      output: probabilities, or logits.
      from_logits: whether `output` are logits.
      axis: that of the classes.
    """
    if not from_logits:
        logits = _from_softmax(output)
        if logits is None:
            output = output / math.reduce_sum(output, axis, True)
            small = convert_to_tensor(_EPSILON, output.dtype.base_dtype)
            output = clip_by_value(output, small, 1.0 - small)
            return -math.reduce_sum(target * math.log(output), axis)
        output = logits
    return nn.softmax_cross_entropy_with_logits_v2(labels=target, logits=output, axis=axis)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """-log of the probability of each class; by the logits where output is a softmax.

    Args:
      target: the classes.
      output: probabilities, or logits.
      from_logits: whether `output` are logits.
      axis: that of the classes, the last one.
    """
    if not from_logits:
        logits = _from_softmax(output)
        if logits is None:
            small = convert_to_tensor(_EPSILON, output.dtype.base_dtype)
            output = math.log(clip_by_value(output, small, 1.0 - small))
        else:
            output = logits
    rank = output.get_shape().ndims
    known = target.get_shape()
    target = cast_op(target, dtypes.int64)
    if known.ndims is None or known.ndims != rank - 1 or rank > 2:
        target = flatten(target)
        output = reshape_op(output, [-1, output.get_shape().as_list()[-1]])
    found = nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=output)
    return reshape_op(found, shape_op(output)[:-1]) if rank == 2 else found


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """-(target * log(output) + (1 - target) * log(1 - output)); by the logits of a sigmoid.

    Args:
      target: zeros and ones, or probabilities.
      output: probabilities, or logits.
      from_logits: whether `output` are logits.
    """
    if not from_logits:
        if output.op.type != "Sigmoid":
            small = convert_to_tensor(_EPSILON, output.dtype.base_dtype)
            output = clip_by_value(output, small, 1.0 - small)
            found = target * math.log(output + _EPSILON)
            return -(found + (1 - target) * math.log(1 - output + _EPSILON))
        output = output.op.inputs[0]
    return nn.sigmoid_cross_entropy_with_logits(labels=target, logits=output)
