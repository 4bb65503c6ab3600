"""Keras's Layer: variables and a function of tensors, in a name scope, remembered by its outputs.

In: tensors. Out: what `call` makes of them; each says which layer made it of what, so that models
are found again from their inputs and outputs.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.keras import constraints, initializers, regularizers
from jitgraph.frontend.keras.graph_state import get_session, graph_state, unique_name
from jitgraph.frontend.keras.variables import KerasVariable
from jitgraph.frontend.layers import layer as graph_layers
from jitgraph.frontend.layers.input_spec import check_inputs
from jitgraph.frontend.layers.layer import _as_tensors, _snake_case
from jitgraph.frontend.structures import flatten
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.identities import identity
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import as_shape


@dataclass(frozen=True, eq=False)
class Node:
    """One call of a layer: what it was given, and what it gave."""

    layer: Any
    given: Any
    arguments: dict[str, Any]
    outputs: Any

    @property
    def inputs(self) -> list[Any]:
        """The tensors it was given."""
        return list(flatten(self.given))


class KerasLayer(graph_layers.Layer):
    """The base of Keras's layers: a subclass has a `call`, and a `build` that makes its variables.

    Args:
      trainable: whether optimizers change its variables.
      name: its name scope; the name of its class, made unique, if None.
      dtype: that of its variables.
      input_shape, batch_input_shape, input_dim, batch_size: the shape of its inputs, for the first
        layer of a model; without the batch but for `batch_input_shape`.
      weights: the first values of its variables.

    Example:
      >>> class Scale(tf.keras.layers.Layer):
      ...     def build(self, input_shape):
      ...         self.factor = self.add_weight("factor", [], initializer="ones")
      ...     def call(self, inputs):
      ...         return inputs * self.factor
      >>> Scale()(tf.zeros([2, 3]))
      <tf.Tensor 'scale/mul:0' shape=(2, 3) dtype=float32>
    """

    _arguments: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Remembers the arguments: they are its configuration."""
        made: Any = super().__new__(cls)
        made._arguments = args, kwargs
        return made

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._batch_input_shape = _batch_shape(kwargs)
        self._first_values = kwargs.pop("weights", None)
        for unused in ("dynamic", "autocast", "implementation"):
            kwargs.pop(unused, None)
        self._inbound_nodes: list[Node] = []
        self.supports_masking = False
        for key, module in (("activity_regularizer", regularizers),):
            if key in kwargs:
                kwargs[key] = module.get(kwargs[key])
        super().__init__(*args, **kwargs)

    # Names

    def _set_name(self, name: Any) -> None:
        self._name = self._base_name = name or unique_name(_snake_case(type(self)))

    # What it has

    def _sublayers(self) -> Iterator[KerasLayer]:
        """The layers among its attributes."""
        for key, value in vars(self).items():
            if key not in ("_arguments", "_inbound_nodes"):
                items = value if isinstance(value, (list, tuple)) else [value]
                yield from (each for each in items if isinstance(each, KerasLayer))

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables that optimizers change."""
        if not self.trainable:
            return []
        below = (each.trainable_weights for each in self._sublayers())
        return _unique([*self._trainable_weights, *(w for each in below for w in each)])

    @property
    def non_trainable_weights(self) -> list[Any]:
        """Its other variables."""
        if not self.trainable:
            return self._all_weights()
        below = (each.non_trainable_weights for each in self._sublayers())
        return _unique([*self._non_trainable_weights, *(w for each in below for w in each)])

    def _all_weights(self) -> list[Any]:
        below = [w for each in self._sublayers() for w in each._all_weights()]
        return _unique([*self._trainable_weights, *self._non_trainable_weights, *below])

    @property
    def weights(self) -> list[Any]:
        """All its variables, the trainable ones first."""
        return self.trainable_weights + self.non_trainable_weights

    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    @property
    def updates(self) -> list[Any]:
        """The operations that update its state; none if it is not trainable."""
        if not (self.trainable or self.stateful):
            return []
        return [*self._updates, *(u for each in self._sublayers() for u in each.updates)]

    @property
    def losses(self) -> list[Any]:
        """The losses of its regularizers."""
        late = [loss() for loss in self._late_losses]
        below = [loss for each in self._sublayers() for loss in each.losses]
        return [*self._losses, *(loss for loss in late if loss is not None), *below]

    @property
    def input(self) -> Any:
        """The tensor (or list) of its one call.

        Raises:
          AttributeError: it was not called, or more than once.
        """
        return self._only_node("input").given

    @property
    def output(self) -> Any:
        """What it gave at its one call. Raises as `input`."""
        return self._only_node("output").outputs

    @property
    def input_shape(self) -> Any:
        """The shape of `input`, a tuple."""
        return _shapes_of(self.input)

    @property
    def output_shape(self) -> Any:
        """The shape of `output`, a tuple."""
        return _shapes_of(self.output)

    @property
    def inbound_nodes(self) -> list[Node]:
        """Its calls."""
        return self._inbound_nodes

    def _only_node(self, what: str) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(f"Layer {self.name} is not connected, no {what} to return.")
        if len(self._inbound_nodes) > 1:
            raise AttributeError(
                f"The layer {self.name} has multiple inbound nodes, hence the notion of "
                f'"layer {what}" is ill-defined. Use `get_{what}_at(node_index)` instead.'
            )
        return self._inbound_nodes[0]

    def get_input_at(self, node_index: int) -> Any:
        """The tensor (or list) of a call."""
        return self._inbound_nodes[node_index].given

    def get_output_at(self, node_index: int) -> Any:
        """What a call gave."""
        return self._inbound_nodes[node_index].outputs

    def get_weights(self) -> list[np.ndarray]:
        """The values of its variables, in the order of `weights`."""
        weights = self.weights
        return list(get_session().run(weights)) if weights else []

    def set_weights(self, weights: Any) -> None:
        """Gives its variables values.

        Args:
          weights: arrays in the order of `weights`.

        Raises:
          ValueError: another number of arrays, or other shapes.
        """
        given, own = list(weights), self.weights
        if len(given) != len(own):
            raise ValueError(
                f'You called `set_weights(weights)` on layer "{self.name}" with a  weight list of '
                f"length {len(given)}, but the layer was expecting {len(own)} weights. Provided "
                f"weights: {str(given)[:50]}..."
            )
        session = get_session() if own else None
        for variable, value in zip(own, given, strict=True):
            shape = tuple(variable.get_shape().as_list())
            if shape != np.shape(value):
                raise ValueError(
                    f"Layer weight shape {shape} not compatible with provided weight shape "
                    f"{np.shape(value)}"
                )
            variable.load(np.asarray(value), session)

    def get_config(self) -> dict[str, Any]:
        """The arguments by which it can be made again, and its name."""
        from jitgraph.frontend.keras.configurations import layer_config

        return layer_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The layer of a configuration."""
        return cls(**config)

    # For subclasses

    def add_weight(  # type: ignore[override]
        self,
        name: str | None = None,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        trainable: bool | None = None,
        constraint: Any = None,
        **others: Any,
    ) -> Any:
        """Makes a variable of the layer.

        Args:
          name: its name below the layer's scope.
          shape: its shape; that of a scalar if None.
          dtype: the layer's if None.
          initializer: Glorot's uniform one for floats if None, else zeros.
          regularizer: a function of it that gives a loss.
          trainable: whether optimizers change it; True if None.
          constraint: a function that optimizers apply after an update.
        """
        kind = dtypes.as_dtype(dtype or self._dtype or dtypes.float32)
        if initializer is None:
            initializer = "glorot_uniform" if kind.is_floating else "zeros"
        make = initializers.get(initializer)
        sizes = tuple(as_shape(() if shape is None else shape).as_list())
        is_trainable = trainable is not False and str(others.get("synchronization")) != _ON_READ
        variable = KerasVariable(
            lambda: make(sizes, dtype=kind),
            trainable=is_trainable,
            name=name,
            constraint=constraints.get(constraint),
        )
        (self._trainable_weights if is_trainable else self._non_trainable_weights).append(variable)
        graph_state(variable.graph).variables.append(variable)
        self._regularize_weight(name or "Variable", variable, regularizers.get(regularizer))
        return variable

    add_variable = add_weight  # type: ignore[assignment]

    def _regularize_weight(self, name: str, variable: Any, regularizer: Any) -> None:
        if regularizer is None:
            return

        def loss() -> Any:
            with name_scope(f"{name}/Regularizer"):
                return regularizer(variable)

        self._late_losses.append(loss)

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Adds losses: tensors, or functions that give them."""
        for loss in flatten(losses):
            (self._late_losses if callable(loss) else self._losses).append(loss)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Which steps of its outputs count: the mask of its inputs, if it passes masks on."""
        return mask

    # Calls

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """What it makes of its inputs.

        Raises:
          ValueError: inputs that don't meet `input_spec`, or `call` gives None.
        """
        inputs = _as_tensors(inputs)
        leaves = flatten(inputs)
        takes = _parameters(self)
        mask = _mask_of(inputs)
        if "mask" in takes and mask is not None:
            kwargs.setdefault("mask", mask)
        if "training" in kwargs and "training" not in takes and "kwargs" not in takes:
            kwargs.pop("training")
        check_inputs(self.input_spec, leaves, self.name)
        with name_scope(self.name):
            if not self.built:
                self._build(inputs)
                if self._first_values is not None:
                    self.set_weights(self._first_values)
            outputs = self.call(inputs, *args, **kwargs)
            if outputs is None:
                raise ValueError(
                    "A layer's `call` method should return a Tensor or a list of Tensors, not None "
                    f"(layer: {self.name})."
                )
            if any(output is each for output in flatten(outputs) for each in leaves):
                outputs = _renewed(outputs, leaves)
            if self._activity_regularizer:
                self._regularize_activity(outputs)
            self._note(inputs, args, kwargs, outputs, mask)
        return outputs

    def _build(self, inputs: Any) -> None:
        leaves = flatten(inputs)
        if self._dtype is None and leaves:
            kind = leaves[0].dtype.base_dtype
            self._dtype = kind.name if kind.is_floating else "float32"
        shapes = [leaf.get_shape() for leaf in leaves]
        self.build(shapes if isinstance(inputs, (list, tuple)) else shapes[0])
        self.built = True

    def _regularize_activity(self, outputs: Any) -> None:
        regularizer: Any = self._activity_regularizer
        with name_scope("ActivityRegularizer"):
            for output in flatten(outputs):
                loss = regularizer(output)
                self.add_loss(loss / cast(shape_of(output)[0], loss.dtype), inputs=True)

    def _note(self, inputs: Any, args: Any, kwargs: Any, outputs: Any, mask: Any) -> None:
        names = [name for name in _parameters(self) if name != "self"][1:]
        arguments = {**dict(zip(names, args, strict=False)), **kwargs}
        node = Node(self, inputs, arguments, outputs)
        self._inbound_nodes.append(node)
        masks = self.compute_mask(inputs, mask)
        for output in flatten(outputs):
            if type(output) is Tensor:
                made: Any = output
                made._keras_history = node
                if masks is not None and getattr(made, "_keras_mask", None) is None:
                    made._keras_mask = masks


_ON_READ = "VariableSynchronization.ON_READ"


def _parameters(layer: Any) -> Any:
    return inspect.signature(layer.call).parameters


def _batch_shape(kwargs: dict[str, Any]) -> tuple[int | None, ...] | None:
    if "input_dim" in kwargs and "input_shape" not in kwargs:
        kwargs["input_shape"] = (kwargs.pop("input_dim"),)
    kwargs.pop("input_dim", None)
    batch = kwargs.pop("batch_size", None)
    shape = kwargs.pop("input_shape", None)
    whole = kwargs.pop("batch_input_shape", None)
    if whole is not None:
        return tuple(as_shape(whole).as_list())
    if shape is None:
        return None
    return (batch, *as_shape(tuple(shape) if not isinstance(shape, int) else [shape]).as_list())


def _mask_of(inputs: Any) -> Any:
    if isinstance(inputs, (list, tuple)):
        found = [getattr(each, "_keras_mask", None) for each in inputs]
        return found if any(each is not None for each in found) else None
    return getattr(inputs, "_keras_mask", None)


def _renewed(outputs: Any, inputs: list[Any]) -> Any:
    """The outputs, those that are inputs as tensors of their own."""
    if isinstance(outputs, (list, tuple)):
        return type(outputs)(_renewed(each, inputs) for each in outputs)
    return identity(outputs) if any(outputs is each for each in inputs) else outputs


def _unique(items: list[Any]) -> list[Any]:
    return list({id(item): item for item in items}.values())


def _shapes_of(tensors: Any) -> Any:
    if isinstance(tensors, (list, tuple)):
        return [_shapes_of(each) for each in tensors]
    return tuple(tensors.get_shape().as_list())
