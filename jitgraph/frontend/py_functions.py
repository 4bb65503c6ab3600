"""tf.py_func, tf.numpy_function, tf.py_function: Python functions as operations.

In: a function of arrays and the tensors to call it with. Out: tensors of unknown shape. A run calls
the function between its native programs, once for each time the operation runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.gradient_registry import RegisterGradient
from jitgraph.graph import Tensor
from jitgraph.ops.apply import create
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef
from jitgraph.ops.py_functions import EAGER_PY_FUNC, PY_FUNC, PY_FUNC_STATELESS, PyFunction

Function = Callable[..., Any]


def py_func(
    func: Function, inp: Sequence[Any], Tout: Any, stateful: bool = True, name: str | None = None
) -> Any:
    """An operation that calls a Python function of arrays.

    Args:
      func: called with an array for each of `inp` (a NumPy scalar for shape ()); gives an array, a
        list of arrays, or None where `Tout` is empty.
      inp: tensors.
      Tout: the dtype of what it gives, or a list of dtypes.
      stateful: False says that equal inputs give equal results.
      name: the operation's name.

    Returns:
      A tensor of unknown shape, or a list of them where `Tout` is a list; the operation where it is
      an empty list. `set_shape` tells what is known of the shape.

    Raises:
      ValueError: `func` is not callable.
      InvalidArgumentError: when run, if it gives other dtypes or raises ValueError or TypeError.
        StopIteration becomes OutOfRangeError, MemoryError ResourceExhaustedError,
        NotImplementedError UnimplementedError, all else UnknownError.

    Example:
      >>> x = tf.constant([3.0, 1.0, 2.0])
      >>> middle = tf.py_func(np.median, [x], tf.float32)
    """
    return _created(PY_FUNC if stateful else PY_FUNC_STATELESS, func, inp, Tout, name)


def numpy_function(func: Function, inp: Sequence[Any], Tout: Any, name: str | None = None) -> Any:
    """`py_func` under the name that TensorFlow 2 has for it.

    Args:
      func, inp, Tout, name: as for `tf.py_func`.

    Raises:
      ValueError: `func` is not callable.

    Example:
      >>> y = tf.numpy_function(np.sort, [tf.constant([3.0, 1.0])], tf.float32)
    """
    return _created(PY_FUNC, func, inp, Tout, name)


def py_function(func: Function, inp: Sequence[Any], Tout: Any, name: str | None = None) -> Any:
    """An operation that calls a Python function, which may compute with tensors.

    Its arguments are arrays with a method `numpy()`; it may give arrays or tensors made of them,
    which are converted to `Tout`. Its gradient calls it with tensors, and follows what it does with
    them.

    Args:
      func: the function.
      inp: tensors.
      Tout: the dtype of what it gives, or a list of dtypes.
      name: the operation's name.

    Raises:
      ValueError: `func` is not callable.

    Example:
      >>> x = tf.constant(3.0)
      >>> y = tf.py_function(lambda v: tf.square(v), [x], tf.float32)
    """
    return _created(EAGER_PY_FUNC, func, inp, Tout, name)


def _created(definition: OpDef, func: Function, inp: Sequence[Any], kinds: Any, name: Any) -> Any:
    if not callable(func):
        raise ValueError(f"Expected func to be callable, got func of type {type(func)}")
    is_list = isinstance(kinds, (list, tuple))
    found = tuple(dtypes.as_dtype(kind) for kind in (kinds if is_list else [kinds]))
    function = PyFunction(func, found, definition is EAGER_PY_FUNC)
    op = create(definition, [inp], {"token": function.token, "Tout": found}, name)
    op._py_function = function  # type: ignore[attr-defined]
    if not found:
        return op
    return list(op.outputs) if is_list else op.outputs[0]


@RegisterGradient("EagerPyFunc")
def _eager_gradient(op: Any, *grads: Tensor) -> Any:
    function: PyFunction = op._py_function
    kinds = [tensor.dtype.base_dtype for tensor in op.inputs]
    differentiate = _Gradient(function, len(kinds))
    return py_function(differentiate, [*op.inputs, *grads], kinds)


class _Gradient:
    """The gradients of a function for its inputs: it is called with tensors, and what it makes of
    them is differentiated.

    Args:
      function: the function; count: how many inputs it has.
    """

    def __init__(self, function: PyFunction, count: int) -> None:
        self.function = function
        self.count = count

    def __call__(self, *arrays: np.ndarray) -> list[Any]:
        from jitgraph.frontend.gradients import gradients

        inputs = [_eager_tensor(array) for array in arrays[: self.count]]
        result = self.function.function(*inputs)
        results = result if isinstance(result, (list, tuple)) else [result]
        outputs = [
            convert_to_tensor(each, kind)
            for each, kind in zip(results, self.function.kinds, strict=False)
        ]
        found = gradients(outputs, inputs, [constant(each) for each in arrays[self.count :]])
        return [
            np.zeros_like(array) if each is None else each
            for array, each in zip(arrays, found, strict=False)
        ]


def _eager_tensor(array: np.ndarray) -> Tensor:
    tensor = constant(np.asarray(array))
    tensor.numpy = lambda: np.asarray(array)[()]  # type: ignore[attr-defined]
    return tensor
