"""Tensor: a handle on one output of an operation. Holds no value; a Session gives one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from jitgraph.dtypes import DType
from jitgraph.shapes import TensorShape, as_shape

if TYPE_CHECKING:
    from jitgraph.graph.operation import Operation


class Tensor:
    """One output of an operation. Compared by identity."""

    __slots__ = ("__weakref__", "_consumers", "_dims", "_dtype", "_index", "_keras", "_op", "_uses")

    __array_priority__ = 100

    def __init__(self, op: Operation, index: int, dtype: DType, dims: Any) -> None:
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
        return TensorShape(self._dims)

    def get_shape(self) -> TensorShape:
        """What is known of its shape."""
        return TensorShape(self._dims)

    def _shape_as_list(self) -> list[int | None] | None:
        return None if self._dims is None else list(self._dims)

    def _shape_tuple(self) -> Any:
        return self._dims

    def set_shape(self, shape: Any) -> None:
        """Adds what the caller knows of the shape.

        Raises:
          ValueError: the shape can't be that.
        """
        merged = TensorShape(self._dims).merge_with(as_shape(shape))._dims
        if merged != self._dims:
            self._dims = merged
            self.graph._mutations += 1

    def consumers(self) -> list[Operation]:
        """The operations that have it as an input."""
        return list(self._consumers or ())

    def _as_node_def_input(self) -> str:
        return self._op._name if self._index == 0 else self.name

    def _as_tf_output(self) -> Any:
        return self

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Its value, computed in `session` or the default session.

        Raises:
          ValueError: there is no session.
        """
        from jitgraph.graph.stacks import session_for

        return session_for(session, self.graph, "evaluate tensor", "eval()").run(self, feed_dict)

    def __len__(self) -> int:
        raise TypeError(
            f"len is not well defined for symbolic Tensors. ({self.name}) "
            "Please call `x.shape` rather than `len(x)` for shape information."
        )

    def __iter__(self) -> Iterator[Tensor]:
        if self._dims is None:
            raise TypeError("Cannot iterate over a tensor with unknown first dimension.")
        if not self._dims:
            raise TypeError("Cannot iterate over a scalar tensor.")
        if self._dims[0] is None:
            raise TypeError("Cannot iterate over a tensor with unknown first dimension.")
        return (self[index] for index in range(self._dims[0]))  # type: ignore[index]

    def __bool__(self) -> bool:
        raise TypeError(
            "Using a `tf.Tensor` as a Python `bool` is not allowed. "
            "Use `if t is not None:` instead of `if t:` to test if a tensor is defined, and use "
            "TensorFlow ops such as tf.cond to execute subgraphs conditioned on the value of a "
            "tensor."
        )

    __nonzero__ = __bool__

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

    @staticmethod
    def _override_operator(operator: str, function: Callable[..., Any]) -> None:
        """Hangs a Python operator on the class (used by ops)."""
        setattr(Tensor, operator, function)


