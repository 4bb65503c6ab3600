"""Stage graph: Tensor, a handle on one output of an operation. Holds no value; a Session gives one.

Compared and hashed by identity. The vocabulary hangs the Python operators on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from jitgraph.dtypes import DType
from jitgraph.errors import OperatorNotAllowedInGraphError
from jitgraph.graph.stacks import session_to_evaluate
from jitgraph.shapes import RawDims, TensorShape, as_shape

if TYPE_CHECKING:
    from jitgraph.graph.operation import Operation


class Tensor:
    """One output of an operation. Compared by identity.

    Programs may hang attributes of their own on it.
    """

    __slots__ = ("__dict__", "__weakref__", "_consumers", "_dims", "_dtype", "_index", "_op")

    __array_priority__ = 100

    aliases: list[str]
    """Only of outputs that tf.contrib's layers keep in a collection: the layers' names."""

    assign: Callable[..., Any]
    """Only of a slice of a variable: replaces the slice."""

    def __init__(self, op: Operation, index: int, dtype: DType, dims: RawDims) -> None:
        self._op = op
        self._index = index
        self._dtype = dtype
        self._dims = dims
        self._consumers: list[Operation] | None = None

    @property
    def op(self) -> Operation:
        """The operation that produces it."""
        return self._op

    @property
    def dtype(self) -> DType:
        """The element type."""
        return self._dtype

    @property
    def graph(self) -> Any:
        """The graph it belongs to."""
        return self._op._graph

    @property
    def name(self) -> str:
        """The operation's name and the output's number: "add:0"."""
        return f"{self._op._name}:{self._index}"

    @property
    def device(self) -> str:
        """The device of its operation."""
        return self._op.device

    @property
    def value_index(self) -> int:
        """Which output of its operation it is."""
        return self._index

    @property
    def shape(self) -> TensorShape:
        """What is known of its shape."""
        return TensorShape._of(self._dims)

    def get_shape(self) -> TensorShape:
        """What is known of its shape."""
        return TensorShape._of(self._dims)

    def _shape_as_list(self) -> list[int | None] | None:
        return None if self._dims is None else list(self._dims)

    def _shape_tuple(self) -> Any:
        return self._dims

    def set_shape(self, shape: Any) -> None:
        """Adds what the caller knows of the shape.

        Raises:
          ValueError: the shape can't be that.
        """
        merged = _merged(self._dims, as_shape(shape)._dims)
        if merged != self._dims:
            self._dims = merged
            self.graph._mutations += 1

    def consumers(self) -> list[Operation]:
        """The operations that have it as an input."""
        return list(self._consumers or ())

    def _as_node_def_input(self) -> str:
        return self._op._name if self._index == 0 else self.name

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Its value, computed in `session` or the default session.

        Raises:
          ValueError: there is no session.
        """
        return session_to_evaluate(session, self.graph).run(self, feed_dict)

    def __len__(self) -> int:
        raise TypeError(
            f"len is not well defined for symbolic Tensors. ({self.name}) "
            "Please call `x.shape` rather than `len(x)` for shape information."
        )

    def __iter__(self) -> Iterator[Tensor]:
        if self._dims and self._dims[0] is not None:
            return self._rows(self._dims[0])
        raise OperatorNotAllowedInGraphError(
            "iterating over `tf.Tensor` is not allowed in Graph execution. Use Eager execution or "
            "decorate this function with @tf.function. In jitgraph a tensor is iterable if its "
            f"first dimension is known; {self.name} has the shape {self.shape}."
        )

    def _rows(self, count: int) -> Iterator[Tensor]:
        for index in range(count):
            yield self[index]

    def __contains__(self, item: object) -> bool:
        raise OperatorNotAllowedInGraphError(
            f"`in` has no answer for {self.name} before it is run. In jitgraph use "
            "tf.reduce_any(tf.equal(tensor, item))."
        )

    def __bool__(self) -> bool:
        raise OperatorNotAllowedInGraphError(
            "using a `tf.Tensor` as a Python `bool` is not allowed in Graph execution. "
            "Use Eager execution or decorate this function with @tf.function. In jitgraph use "
            f"tf.cond or tf.where, or ask whether it `is not None`; {self.name} has no value "
            "before it is run."
        )

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError(
            f"Cannot convert a symbolic Tensor ({self.name}) to a numpy array."
        )

    def __copy__(self) -> Tensor:
        return self

    def __str__(self) -> str:
        shape = "" if self._dims is None else f", shape={self.shape}"
        device = f", device={self.device}" if self.device else ""
        return f'Tensor("{self.name}"{shape}, dtype={self._dtype.name}{device})'

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={self.shape} dtype={self._dtype.name}>"

    if TYPE_CHECKING:

        def __add__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __rtruediv__(self, other: Any) -> Tensor: ...
        def __floordiv__(self, other: Any) -> Tensor: ...
        def __rfloordiv__(self, other: Any) -> Tensor: ...
        def __mod__(self, other: Any) -> Tensor: ...
        def __rmod__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __rpow__(self, other: Any) -> Tensor: ...
        def __matmul__(self, other: Any) -> Tensor: ...
        def __rmatmul__(self, other: Any) -> Tensor: ...
        def __and__(self, other: Any) -> Tensor: ...
        def __rand__(self, other: Any) -> Tensor: ...
        def __or__(self, other: Any) -> Tensor: ...
        def __ror__(self, other: Any) -> Tensor: ...
        def __xor__(self, other: Any) -> Tensor: ...
        def __rxor__(self, other: Any) -> Tensor: ...
        def __lt__(self, other: Any) -> Tensor: ...
        def __le__(self, other: Any) -> Tensor: ...
        def __gt__(self, other: Any) -> Tensor: ...
        def __ge__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __abs__(self) -> Tensor: ...
        def __invert__(self) -> Tensor: ...
        def __getitem__(self, key: Any) -> Tensor: ...

    @staticmethod
    def _override_operator(operator: str, function: Callable[..., Any]) -> None:
        """Hangs a Python operator on the class (used by ops)."""
        setattr(Tensor, operator, function)


def _merged(known: RawDims, given: RawDims) -> RawDims:
    if known is None or given is None:
        return given if known is None else known
    if len(known) != len(given):
        raise ValueError(f"Shapes must be equal rank, but are {len(known)} and {len(given)}")
    for axis, (old, new) in enumerate(zip(known, given, strict=True)):
        if old is not None and new is not None and old != new:
            raise ValueError(
                f"Dimension {axis} in both shapes must be equal, but are {old} and {new}. "
                f"Shapes are {_text(known)} and {_text(given)}."
            )
    return tuple(new if old is None else old for old, new in zip(known, given, strict=True))


def _text(dims: tuple[int | None, ...]) -> str:
    return f"[{','.join('?' if dim is None else str(dim) for dim in dims)}]"
