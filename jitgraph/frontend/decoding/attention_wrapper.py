"""AttentionWrapper: a cell that looks at memories.

In: a cell and attention mechanisms. Out: a cell whose inputs and outputs hold what the attention
found. The ops and variables are TensorFlow's, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from jitgraph import dtypes
from jitgraph.frontend.check_ops import assert_equal
from jitgraph.frontend.decoding.attention_mechanisms import AttentionMechanism
from jitgraph.frontend.decoding.leaves import map_together
from jitgraph.frontend.layers.dense import Dense
from jitgraph.frontend.recurrent.cell import RNNCell, assert_like_rnncell
from jitgraph.frontend.recurrent.state_shapes import zero_tensors
from jitgraph.frontend.shape_assertions import with_same_shape
from jitgraph.frontend.structures import flatten, map_leaves
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.filling import zeros
from jitgraph.ops.identities import identity
from jitgraph.ops.matmul import matmul
from jitgraph.ops.reshaping import expand_dims, squeeze
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.tensor_array import TensorArray
from jitgraph.shapes import TensorShape

_TILE = "via the tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width."


class AttentionWrapperState(NamedTuple):
    """The state of an `AttentionWrapper`.

    Attributes:
      cell_state: that of the cell inside.
      attention: what the attention found in the step before.
      time: the number of the step.
      alignments: how much each place of the memory mattered; a tuple for several mechanisms.
      alignment_history: arrays of all steps' alignments, or ().
      attention_state: the mechanisms' states.
    """

    cell_state: Any
    attention: Any
    time: Any
    alignments: Any
    alignment_history: Any
    attention_state: Any

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """A state with other parts, whose shapes must fit.

        Args:
          kwargs: the parts, by name.

        Raises:
          ValueError: another shape.
        """
        changed: AttentionWrapperState = map_together(_with_shape, self, self._replace(**kwargs))
        return changed


class AttentionWrapper(RNNCell):
    """A cell that looks at memories.

    Args:
      cell: the cell inside.
      attention_mechanism: a mechanism, or a list of them.
      attention_layer_size: the sizes of layers of output and context, one for each mechanism; the
        context is the attention if None.
      alignment_history: whether the state keeps all steps' alignments.
      cell_input_fn: of inputs and attention; gives the cell's inputs. Joins them if None.
      output_attention: whether the attention is the output, or the cell's output is.
      initial_cell_state: what `zero_state` gives the cell inside.
      name: the variable scope.
      attention_layer: layers instead of `attention_layer_size`.
      attention_fn: of mechanism, output, state and layer; gives (attention, alignments, state).
      dtype: that of the variables.

    Raises:
      TypeError, ValueError: arguments that do not fit.

    Example:
      >>> attention = tf.contrib.seq2seq.LuongAttention(4, tf.ones([2, 5, 3]))
      >>> inside = tf.nn.rnn_cell.GRUCell(4)
      >>> cell = tf.contrib.seq2seq.AttentionWrapper(inside, attention, attention_layer_size=6)
      >>> output, state = cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
    """

    def __init__(
        self,
        cell: Any,
        attention_mechanism: Any,
        attention_layer_size: Any = None,
        alignment_history: bool = False,
        cell_input_fn: Callable[..., Any] | None = None,
        output_attention: bool = True,
        initial_cell_state: Any = None,
        name: str | None = None,
        attention_layer: Any = None,
        attention_fn: Callable[..., Any] | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        assert_like_rnncell("cell", cell)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        self._mechanisms = _checked_mechanisms(attention_mechanism, self._is_multi)
        if cell_input_fn is not None and not callable(cell_input_fn):
            found = type(cell_input_fn).__name__
            raise TypeError(f"cell_input_fn must be callable, saw type: {found}")
        self._layers = _layers_of(self._mechanisms, attention_layer_size, attention_layer)
        self._attention_size = sum(_attention_sizes(cell, self._mechanisms, self._layers))
        self._attention_fn = attention_fn or _compute_attention
        self._cell = cell
        self._cell_input_fn = cell_input_fn or _joined
        self._output_attention = output_attention
        self._alignment_history = alignment_history
        with name_scope(name, "AttentionWrapperInit"):
            self._initial_cell_state = None
            if initial_cell_state is not None:
                self._initial_cell_state = self._checked_state(initial_cell_state)

    def _checked_state(self, state: Any) -> Any:
        last = flatten(state)[-1]
        message = (
            f"When constructing AttentionWrapper {self._base_name}: Non-matching batch sizes "
            "between the memory (encoder output) and initial_cell_state.  Are you using the "
            f"BeamSearchDecoder?  You may need to tile your initial state {_TILE}"
        )
        with control_dependencies(self._size_checks(_batch_of(last), message)):
            return map_leaves(lambda leaf: identity(leaf, name="check_initial_cell_state"), state)

    def _size_checks(self, batch_size: Any, message: str) -> list[Any]:
        return [
            assert_equal(batch_size, each.batch_size, message=message) for each in self._mechanisms
        ]

    def _one_or_all(self, items: Iterable[Any]) -> Any:
        found = tuple(items)
        return found if self._is_multi else found[0]

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        return self._attention_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> AttentionWrapperState:
        """The sizes of the state."""
        sizes = [each.alignments_size for each in self._mechanisms]
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=TensorShape([]),
            attention=self._attention_size,
            alignments=self._one_or_all(sizes),
            attention_state=self._one_or_all(each.state_size for each in self._mechanisms),
            alignment_history=self._one_or_all(
                size if self._alignment_history else () for size in sizes
            ),
        )

    def zero_state(self, batch_size: Any, dtype: Any) -> AttentionWrapperState:
        """A state of zeros, or of the cell's state that was given.

        Args:
          batch_size: an int or a scalar tensor: that of the memories.
          dtype: that of the state.

        Raises:
          InvalidArgumentError: another size than that of the memories.
        """
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            cell_state = self._initial_cell_state
            if cell_state is None:
                cell_state = self._cell.get_initial_state(batch_size=batch_size, dtype=dtype)
            message = (
                f"When calling zero_state of AttentionWrapper {self._base_name}: Non-matching "
                "batch sizes between the memory (encoder output) and the requested batch size.  "
                "Are you using the BeamSearchDecoder?  If so, make sure your encoder output has "
                "been tiled to beam_width via tf.contrib.seq2seq.tile_batch, and the batch_size= "
                "argument passed to zero_state is batch_size * beam_width."
            )
            with control_dependencies(self._size_checks(batch_size, message)):
                cell_state = map_leaves(
                    lambda leaf: identity(leaf, name="checked_cell_state"), cell_state
                )
            alignments = [each.initial_alignments(batch_size, dtype) for each in self._mechanisms]
            return AttentionWrapperState(
                cell_state=cell_state,
                time=zeros([], dtype=dtypes.int32),
                attention=zero_tensors(self._attention_size, batch_size, dtype),
                alignments=self._one_or_all(alignments),
                attention_state=self._one_or_all(
                    each.initial_state(batch_size, dtype) for each in self._mechanisms
                ),
                alignment_history=self._one_or_all(
                    self._history(dtype, each) for each in alignments
                ),
            )

    def _history(self, dtype: Any, alignments: Tensor) -> Any:
        if not self._alignment_history:
            return ()
        shape = alignments.get_shape()
        return TensorArray(dtype, size=0, dynamic_size=True, element_shape=shape)

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output, and the next state.

        Args:
          inputs: those of the step.
          state: an `AttentionWrapperState`.

        Raises:
          TypeError: another state.
        """
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                "Expected state to be instance of AttentionWrapperState. "
                f"Received type {type(state)} instead."
            )
        cell_inputs = self._cell_input_fn(inputs, state.attention)
        output, cell_state = self._cell(cell_inputs, state.cell_state)
        message = (
            f"When applying AttentionWrapper {self.name}: Non-matching batch sizes between the "
            "memory (encoder output) and the query (decoder output).  Are you using the "
            f"BeamSearchDecoder?  You may need to tile your memory input {_TILE}"
        )
        with control_dependencies(self._size_checks(_batch_of(output), message)):
            output = identity(output, name="checked_cell_output")
        attention, parts = self._attend(output, state)
        following = AttentionWrapperState(
            time=state.time + 1, cell_state=cell_state, attention=attention, **parts
        )
        return (attention if self._output_attention else output), following

    def _attend(self, output: Tensor, state: AttentionWrapperState) -> tuple[Any, dict[str, Any]]:
        """What all mechanisms find, joined; and their parts of the next state."""
        before, histories = state.attention_state, state.alignment_history
        if not self._is_multi:
            before, histories = [before], [histories]
        found, alignments, states, kept = [], [], [], []
        for index, mechanism in enumerate(self._mechanisms):
            layer = self._layers[index] if self._layers else None
            attention, alignment, following = self._attention_fn(
                mechanism, output, before[index], layer
            )
            is_kept = self._alignment_history
            kept.append(histories[index].write(state.time, alignment) if is_kept else ())
            found.append(attention)
            alignments.append(alignment)
            states.append(following)
        parts = {
            "attention_state": self._one_or_all(states),
            "alignments": self._one_or_all(alignments),
            "alignment_history": self._one_or_all(kept),
        }
        return concat(found, 1), parts


def _with_shape(old: Any, new: Any) -> Any:
    both = isinstance(old, Tensor) and isinstance(new, Tensor)
    return with_same_shape(old, new) if both else new


def _joined(inputs: Any, attention: Any) -> Tensor:
    return concat([inputs, attention], -1)


def _batch_of(tensor: Tensor) -> Any:
    return tensor.get_shape()[0].value or shape_of(tensor)[0]


def _compute_attention(
    mechanism: Any, output: Tensor, state: Any, layer: Any
) -> tuple[Any, Any, Any]:
    alignments, following = mechanism(output, state=state)
    context = squeeze(matmul(expand_dims(alignments, 1), mechanism.values), [1])
    attention = context if layer is None else layer(concat([output, context], 1))
    return attention, alignments, following


def _checked_mechanisms(given: Any, is_multi: bool) -> tuple[Any, ...]:
    mechanisms = tuple(given) if is_multi else (given,)
    must = (
        "attention_mechanism must contain only instances of AttentionMechanism"
        if is_multi
        else "attention_mechanism must be an AttentionMechanism or list of multiple "
        "AttentionMechanism instances"
    )
    for each in mechanisms:
        if not isinstance(each, AttentionMechanism):
            raise TypeError(f"{must}, saw type: {type(each).__name__}")
    return mechanisms


def _layers_of(mechanisms: tuple[Any, ...], sizes: Any, layers: Any) -> tuple[Any, ...] | None:
    if sizes is not None and layers is not None:
        raise ValueError("Only one of attention_layer_size and attention_layer should be set")
    if sizes is None and layers is None:
        return None
    given = layers if sizes is None else sizes
    found = tuple(given) if isinstance(given, (list, tuple)) else (given,)
    if len(found) != len(mechanisms):
        role, item = ("attention_layer", "layer") if sizes is None else (
            "attention_layer_size", "integer"
        )  # fmt: skip
        raise ValueError(
            f"If provided, {role} must contain exactly one {item} per attention_mechanism, saw: "
            f"{len(found)} vs {len(mechanisms)}"
        )
    if sizes is None:
        return found
    return tuple(
        Dense(size, name="attention_layer", use_bias=False, dtype=mechanism.dtype)
        for size, mechanism in zip(found, mechanisms, strict=True)
    )


def _attention_sizes(cell: Any, mechanisms: tuple[Any, ...], layers: Any) -> list[int]:
    widths = [each.values.get_shape()[-1].value for each in mechanisms]
    if layers is None:
        return widths
    return [
        layer.compute_output_shape([None, cell.output_size + width])[-1].value
        for layer, width in zip(layers, widths, strict=True)
    ]
