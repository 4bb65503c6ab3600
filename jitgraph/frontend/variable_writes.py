"""The methods of a variable that change it: assign and scatter.

In: values, or IndexedSlices. Out: a reference that holds the new contents, or the operation.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Operation, Tensor
from jitgraph.ops import counting, scatter, state
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.strided_slice_assign import strided_slice_assign


class VariableWrites:
    """What a variable's object does to the variable."""

    _variable: Tensor

    def assign(
        self,
        value: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Tensor | Operation:
        """Gives it a new value.

        Args:
          value: the new contents.
          use_locking: accepted for compatibility.
          name: the op's name.
          read_value: whether to return a reference that holds the new value (or the operation).

        Raises:
          TypeError, ValueError: the value has another dtype or shape.
        """
        assigned = state.assign(self._variable, value, use_locking=use_locking, name=name)
        return assigned if read_value else assigned.op

    def assign_add(
        self,
        delta: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Tensor | Operation:
        """Adds `delta` to it. See `assign`."""
        assigned = state.assign_add(self._variable, delta, use_locking, name)
        return assigned if read_value else assigned.op

    def assign_sub(
        self,
        delta: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Tensor | Operation:
        """Subtracts `delta` from it. See `assign`."""
        assigned = state.assign_sub(self._variable, delta, use_locking, name)
        return assigned if read_value else assigned.op

    def count_up_to(self, limit: int) -> Tensor:
        """Adds 1 to it, and gives what it held before. See `tf.count_up_to`."""
        return counting.count_up_to(self._variable, limit)

    def _strided_slice_assign(
        self,
        begin: Any,
        end: Any,
        strides: Any,
        value: Any,
        name: str | None = None,
        **masks: int,
    ) -> Tensor:
        """Replaces a slice; what `v[1:3].assign(value)` calls."""
        return strided_slice_assign(self._variable, begin, end, strides, value, name, **masks)

    def scatter_update(
        self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Replaces rows.

        Args:
          sparse_delta: the rows and where they belong.
          use_locking: accepted for compatibility.
          name: the op's name.

        Raises:
          TypeError: `sparse_delta` isn't IndexedSlices.
        """
        return self._scatter(scatter.scatter_update, sparse_delta, use_locking, name)

    def scatter_add(
        self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Adds to rows. See `scatter_update`."""
        return self._scatter(scatter.scatter_add, sparse_delta, use_locking, name)

    def scatter_sub(
        self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Subtracts from rows. See `scatter_update`."""
        return self._scatter(scatter.scatter_sub, sparse_delta, use_locking, name)

    def scatter_mul(
        self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Multiplies rows. See `scatter_update`."""
        return self._scatter(scatter.scatter_mul, sparse_delta, use_locking, name)

    def scatter_div(
        self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Divides rows. See `scatter_update`."""
        return self._scatter(scatter.scatter_div, sparse_delta, use_locking, name)

    def scatter_min(
        self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Lowers rows to at most those given. See `scatter_update`."""
        return self._scatter(scatter.scatter_min, sparse_delta, use_locking, name)

    def scatter_max(
        self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Raises rows to at least those given. See `scatter_update`."""
        return self._scatter(scatter.scatter_max, sparse_delta, use_locking, name)

    def _scatter(
        self, write: Any, sparse_delta: Any, use_locking: bool, name: str | None
    ) -> Tensor:
        if not isinstance(sparse_delta, IndexedSlices):
            raise TypeError(f"sparse_delta is not IndexedSlices: {sparse_delta}")
        rows, updates = sparse_delta.indices, sparse_delta.values
        return write(self._variable, rows, updates, use_locking=use_locking, name=name)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Replaces elements or slices: the last axis of `indices` indexes the leading axes."""
        return scatter.scatter_nd_update(self._variable, indices, updates, True, name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Adds to elements or slices."""
        return scatter.scatter_nd_add(self._variable, indices, updates, True, name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Subtracts from elements or slices."""
        return scatter.scatter_nd_sub(self._variable, indices, updates, True, name)
