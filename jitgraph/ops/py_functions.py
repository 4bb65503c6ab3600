"""Ops that call the user's Python functions: PyFunc, PyFuncStateless, EagerPyFunc.

In: arrays. Out: what the function gives, as arrays of the dtypes that the op declares. A function
is known by its token; operations keep theirs alive.
"""

from __future__ import annotations

import itertools
import threading
import traceback
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes, errors
from jitgraph.dtypes import DType
from jitgraph.graph import Graph, Tensor
from jitgraph.ops.definition import ANY, REQUIRED, OpDef, ShapeQuery, no_gradient

_TEXT = ("S", "U")
_WORDS = {"float16": "half", "float32": "float", "float64": "double"}

_ERRORS: tuple[tuple[type[BaseException], type[errors.OpError]], ...] = (
    (ValueError, errors.InvalidArgumentError),
    (TypeError, errors.InvalidArgumentError),
    (StopIteration, errors.OutOfRangeError),
    (MemoryError, errors.ResourceExhaustedError),
    (NotImplementedError, errors.UnimplementedError),
)


class PyFunction:
    """A function that graphs call, and the dtypes of what it gives.

    Args:
      function: takes and gives arrays.
      kinds: the dtypes of its results.
      is_eager: it takes `EagerArray`s and may give tensors; results are converted to `kinds`.
    """

    def __init__(
        self, function: Callable[..., Any], kinds: Sequence[DType], is_eager: bool = False
    ) -> None:
        self.function = function
        self.kinds = tuple(kinds)
        self.is_eager = is_eager
        self.token = _new_token(self)

    def __call__(self, inputs: Sequence[np.ndarray]) -> tuple[Any, ...]:
        """The results for these arrays; an EagerPyFunc's may be tensors.

        Raises:
          errors.OpError: the function failed, as TensorFlow maps what it raised; or gave something
            else than declared.
        """
        given = [_as_argument(array, self.is_eager) for array in inputs]
        try:
            result = self.function(*given)
        except errors.OpError:
            raise
        except Exception as error:
            raise _failure(error) from error
        return self._eager_results(result) if self.is_eager else self._results(result)

    def _results(self, result: Any) -> tuple[np.ndarray, ...]:
        found = [] if result is None else result if isinstance(result, (list, tuple)) else [result]
        arrays = [_converted(each) for each in found]
        if len(arrays) != len(self.kinds):
            raise _refused(
                f"{self.token} returns {len(arrays)} values, but expects to see "
                f"{len(self.kinds)} values."
            )
        for number, (array, kind) in enumerate(zip(arrays, self.kinds, strict=True)):
            if _kind_of(array) is not kind:
                raise _refused(
                    f"{number}-th value returned by {self.token} is {_word(_kind_of(array))}, "
                    f"but expects {_word(kind)}"
                )
        return tuple(arrays)

    def _eager_results(self, result: Any) -> tuple[Any, ...]:
        found = [] if result is None else result if isinstance(result, (list, tuple)) else [result]
        if len(found) < len(self.kinds):
            raise _refused(
                f"{self.token} returns {len(found)} values, but expects to see "
                f"{len(self.kinds)} values."
            )
        return tuple(as_result(x, kind) for x, kind in zip(found, self.kinds, strict=False))


class EagerArray(np.ndarray):
    """An array as tf.py_function hands it over: `numpy()` gives the plain array."""

    def numpy(self) -> Any:
        """The plain array; a scalar for shape ()."""
        return np.asarray(self)[()]


_numbers = itertools.count()
_lock = threading.Lock()
_functions: weakref.WeakValueDictionary[str, PyFunction] = weakref.WeakValueDictionary()


def _new_token(function: PyFunction) -> str:
    with _lock:
        token = f"pyfunc_{next(_numbers)}"
        _functions[token] = function
        return token


def _called(inputs: Sequence[Any], token: Any) -> tuple[Any, ...]:
    name = token.decode() if isinstance(token, bytes) else token
    function = _functions.get(name)
    if function is None:
        raise ValueError(f"ValueError: callback {name} is not found")
    with Graph().as_default():
        return function([np.asarray(each) for each in inputs])


def _as_argument(array: np.ndarray, is_eager: bool) -> Any:
    if is_eager:
        return array.copy().view(EagerArray)
    return array.copy() if array.ndim else array[()]


def _converted(value: Any) -> np.ndarray:
    """An array that stands for a result: text as bytes."""
    array = np.asarray(value, order="C")
    if array.dtype.kind in _TEXT:
        array = np.asarray(value, dtype=object)
    if array.dtype == object:
        items = [_as_bytes(item) for item in array.reshape(-1).tolist()]
        result = np.empty(len(items), object)
        result[:] = items
        return result.reshape(array.shape)
    return array


def _as_bytes(item: Any) -> bytes:
    if isinstance(item, str):
        return item.encode()
    if not isinstance(item, bytes):
        raise errors.InternalError(None, None, f"Unsupported object type {type(item).__name__}")
    return item


def _kind_of(array: np.ndarray) -> DType:
    return dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype)


def as_result(value: Any, kind: DType) -> Any:
    """What a function gave, as an array of a dtype; tensors as they are."""
    if isinstance(value, Tensor):
        return value
    if kind is dtypes.string:
        return _converted(value)
    return np.asarray(value, kind.as_numpy_dtype, order="C")


def _word(kind: DType) -> str:
    return _WORDS.get(kind.name, kind.name)


def _refused(text: str) -> errors.InvalidArgumentError:
    return errors.InvalidArgumentError(None, None, text)


def _failure(error: Exception) -> errors.OpError:
    """TensorFlow's error for what the function raised, with where it did."""
    kinds = (found for kind, found in _ERRORS if isinstance(error, kind))
    trace = error.__traceback__.tb_next if error.__traceback__ else None
    lines = "".join(traceback.format_exception(type(error), error, trace, chain=False))
    text = f"{type(error).__name__}: {error}\n{lines}"
    return next(kinds, errors.UnknownError)(None, None, text)


def _unknown_shapes(q: ShapeQuery) -> list[Any]:
    return [None] * len(q.attrs["Tout"])


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


def _definition(name: str, gradient: Any, **traits: Any) -> OpDef:
    return OpDef(
        name,
        "input: [Tin] -> output: [Tout]",
        _unknown_shapes,
        types={"Tin": ANY, "Tout": ANY},
        attrs={"token": REQUIRED, **traits.pop("attrs", {})},
        reference=traits.pop("reference", _called),
        gradient=gradient,
        calls_python=True,
        must_run=True,
        stateful=True,
        samples=_no_samples,
        **traits,
    )


def _called_eagerly(inputs: Sequence[Any], token: Any, is_async: bool) -> tuple[Any, ...]:
    return _called(inputs, token)


PY_FUNC = _definition("PyFunc", no_gradient)
PY_FUNC_STATELESS = _definition("PyFuncStateless", no_gradient)
EAGER_PY_FUNC = _definition(
    "EagerPyFunc", None, attrs={"is_async": False}, reference=_called_eagerly
)
