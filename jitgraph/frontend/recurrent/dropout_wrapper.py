"""DropoutWrapper: a cell whose inputs, states and outputs are zeroed at random.

In: a cell and the shares that are kept. Out: a cell. The same elements at every step if asked for:
Gal and Ghahramani, 2015 (https://arxiv.org/abs/1512.05287).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from jitgraph.frontend.dropout import dropout
from jitgraph.frontend.recurrent.cell_wrappers import CellWrapper
from jitgraph.frontend.recurrent.lstm_cells import LSTMStateTuple
from jitgraph.frontend.recurrent.state_shapes import size_leaves
from jitgraph.frontend.structures import is_nested
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import div
from jitgraph.ops.elementwise_rounding import floor
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.random_numbers import random_uniform
from jitgraph.ops.tensor_array import TensorArray
from jitgraph.shapes import as_shape


class DropoutWrapper(CellWrapper):
    """A cell with dropout around another one.

    Args:
      cell: the cell inside.
      input_keep_prob, output_keep_prob, state_keep_prob: the probabilities to keep an element of
        the inputs, the outputs and the next states; floats or scalar tensors. The memory `c` of an
        LSTM is never dropped unless the visitor says so.
      variational_recurrent: whether the same elements are dropped at all steps of a run.
      input_size: the sizes of the inputs; needed where these are dropped at all steps alike.
      dtype: that of the tensors; needed with `variational_recurrent`.
      seed: see `tf.set_random_seed`.
      dropout_state_filter_visitor: a function of each level of the state that tells whether, or
        which of its parts, are dropped.

    Raises:
      TypeError: no cell, or the visitor is no function.
      ValueError: a probability out of range; what `variational_recurrent` needs is missing.

    Example:
      >>> cell = tf.nn.rnn_cell.LSTMCell(8)
      >>> cell = tf.nn.rnn_cell.DropoutWrapper(cell, output_keep_prob=0.9)
    """

    def __init__(
        self,
        cell: Any,
        input_keep_prob: Any = 1.0,
        output_keep_prob: Any = 1.0,
        state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False,
        input_size: Any = None,
        dtype: Any = None,
        seed: int | None = None,
        dropout_state_filter_visitor: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cell, dtype=dtype, **kwargs)
        visitor = dropout_state_filter_visitor
        if visitor is not None and not callable(visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._visitor = visitor or _all_but_memory
        with name_scope("DropoutWrapperInit"):
            self._input_keep = _probability(input_keep_prob, "input_keep_prob")
            self._state_keep = _probability(state_keep_prob, "state_keep_prob")
            self._output_keep = _probability(output_keep_prob, "output_keep_prob")
        self._seed = seed
        self._is_same = variational_recurrent
        self._noise: dict[str, list[Any]] = {"input": [], "state": [], "output": []}
        if variational_recurrent:
            self._draw_noise(input_size, dtype)

    @property
    def wrapped_cell(self) -> Any:
        """The cell inside."""
        return self.cell

    def _draw_noise(self, input_size: Any, dtype: Any) -> None:
        if dtype is None:
            raise ValueError("When variational_recurrent=True, dtype must be provided")
        sizes = {"state": self.cell.state_size, "output": self.cell.output_size}
        if _may_drop(self._input_keep):
            if input_size is None:
                raise ValueError(
                    "When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, "
                    "input_size must be provided"
                )
            sizes = {"input": input_size, **sizes}
        for role, size in sizes.items():
            self._noise[role] = [
                random_uniform(_row_shape(leaf), seed=self._seed_of(role, index), dtype=dtype)
                for index, leaf in enumerate(size_leaves(size))
            ]

    def _seed_of(self, role: str, index: int) -> int | None:
        if self._seed is None:
            return None
        text = f"{self._seed}{role}_{index}".encode()
        return int(hashlib.md5(text, usedforsecurity=False).hexdigest()[:8], 16) & 0x7FFFFFFF

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        if _may_drop(self._input_keep):
            inputs = self._dropped(inputs, "input", self._input_keep, _everything(inputs))
        output, new_state = self.cell(inputs, state, scope=scope)
        if _may_drop(self._state_keep):
            chosen = _visited(self._visitor, new_state)
            new_state = self._dropped(new_state, "state", self._state_keep, chosen)
        if _may_drop(self._output_keep):
            output = self._dropped(output, "output", self._output_keep, _everything(output))
        return output, new_state

    def _dropped(self, values: Any, role: str, keep: Any, chosen: Any) -> Any:
        """`values` with those dropped that are chosen; a False stands for all below it."""
        leaves = _up_to(chosen, values)
        made = [
            self._drop(value, role, index, keep) if is_chosen else value
            for index, (is_chosen, value) in enumerate(leaves)
        ]
        return _packed_up_to(chosen, values, iter(made))

    def _drop(self, value: Any, role: str, index: int, keep: Any) -> Any:
        if not self._is_same:
            return dropout(value, rate=1.0 - keep, seed=self._seed_of(role, index))
        kept = floor(keep + self._noise[role][index])
        result = div(value, keep) * kept
        result.set_shape(value.get_shape())
        return result


def _probability(given: Any, role: str) -> Any:
    """A float where the value is known, else the tensor."""
    tensor = convert_to_tensor(given)
    value = constant_value(tensor)
    if value is None:
        return tensor
    if value < 0 or value > 1:
        raise ValueError(f"Parameter {role} must be between 0 and 1: {int(value)}")
    return float(value)


def _may_drop(keep: Any) -> bool:
    return not isinstance(keep, float) or keep < 1


def _row_shape(size: Any) -> Tensor:
    return concat(([1], as_shape([size] if isinstance(size, int) else size).as_list()), 0)


def _all_but_memory(level: Any) -> Any:
    if isinstance(level, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not isinstance(level, TensorArray)


def _everything(values: Any) -> Any:
    return _visited(lambda _: True, values)


def _visited(visitor: Callable[[Any], Any], level: Any) -> Any:
    """For each part of a structure whether it is chosen; False for all that is below it."""
    found = visitor(level)
    if not is_nested(level) or found is False:
        return found
    parts = list(level)
    wanted = [True] * len(parts) if found is True else list(found)
    return [
        _visited(visitor, part) if is_wanted else False
        for part, is_wanted in zip(parts, wanted, strict=True)
    ]


def _up_to(chosen: Any, values: Any) -> list[tuple[bool, Any]]:
    if not is_nested(chosen):
        return [(bool(chosen), values)]
    pairs = zip(chosen, values, strict=True)
    return [leaf for part, value in pairs for leaf in _up_to(part, value)]


def _packed_up_to(chosen: Any, values: Any, made: Any) -> Any:
    if not is_nested(chosen):
        return next(made)
    parts = [_packed_up_to(part, value, made) for part, value in zip(chosen, values, strict=True)]
    return type(values)(*parts) if hasattr(values, "_fields") else type(values)(parts)
