"""Layer: variables and a function of tensors, under one variable scope.

In: tensors. Out: what `call` makes of them; variables are made at the first call and used again at
the next. Losses of regularizers and updates join the graph's collections.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.layers.input_spec import InputSpec, check_inputs
from jitgraph.frontend.layers.settings import initializer_of
from jitgraph.frontend.structures import flatten
from jitgraph.frontend.variable_collections import global_variables, trainable_variables
from jitgraph.frontend.variable_kinds import VariableAggregation, VariableSynchronization
from jitgraph.frontend.variable_scope import VariableScope
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.graph import (
    GraphKeys,
    Operation,
    add_to_collection,
    get_collection,
    get_collection_ref,
    name_scope,
)
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.shapes_of import shape as shape_of

_NAMES_KEY: Any = ("__layer_names",)


class Layer:
    """The base of layers: a subclass has a `call`, and a `build` that makes its variables.

    Args:
      trainable: whether optimizers change its variables.
      name: the variable scope it opens; the name of its class, made unique, if None.
      dtype: that of its variables; the first input's if None.
      activity_regularizer: a function of its output, whose result by the batch size is a loss.

    Example:
      >>> class Scale(tf.layers.Layer):
      ...     def build(self, input_shape):
      ...         self.factor = self.add_weight("factor", [], initializer=tf.ones_initializer())
      ...     def call(self, inputs):
      ...         return inputs * self.factor
      >>> Scale()(tf.zeros([2, 3]))
      <tf.Tensor 'scale/mul:0' shape=(2, 3) dtype=float32>
    """

    def __init__(
        self,
        trainable: bool = True,
        name: Any = None,
        dtype: Any = None,
        activity_regularizer: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        scope = kwargs.pop("_scope", None)
        self._reuse = kwargs.pop("_reuse", None)
        for unknown in kwargs:
            raise TypeError("Keyword argument not understood:", unknown)
        self.trainable = trainable
        self.built = False
        self.stateful = False
        self.input_spec: InputSpec | Sequence[InputSpec] | None = None
        self._set_name(name)
        self._dtype = None if dtype is None else dtypes.as_dtype(dtype).base_dtype.name
        self._activity_regularizer = activity_regularizer
        self._trainable_weights: list[Any] = []
        self._non_trainable_weights: list[Any] = []
        self._losses: list[Any] = []
        self._late_losses: list[Callable[[], Any]] = []
        self._updates: list[Operation] = []
        self._scope: VariableScope | None = None
        self._current_scope: VariableScope | None = None
        if scope:
            with variable_scope(scope) as captured:
                self._scope = captured

    # Names

    def _set_name(self, name: Any) -> None:
        if isinstance(name, VariableScope):
            self._name, self._base_name = _unique_name(_snake_case(type(self))), name.name
        elif name:
            self._name = self._base_name = name
        else:
            self._base_name = _snake_case(type(self))
            self._name = _unique_name(self._base_name)

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def scope_name(self) -> str:
        """The variable scope it opened.

        Raises:
          ValueError: it was not called yet.
        """
        if not self._scope:
            raise ValueError(
                f'No name available for layer scope because the layer "{self._name}" has not been '
                "used yet. The scope name  is determined the first time the layer instance is "
                "called. You must therefore call the layer before querying `scope_name`."
            )
        return self._scope.name

    @property
    def graph(self) -> None:
        """None: layers belong to no graph."""
        return

    def _open_scope(self, scope: Any = None) -> VariableScope:
        if self._scope is None:
            if self._reuse:
                opened = variable_scope(scope if scope is not None else self._base_name)
            else:
                opened = variable_scope(scope, default_name=self._base_name)
            with opened as captured:
                self._scope = captured
        return self._scope

    # What it has

    @property
    def dtype(self) -> str | None:
        """The name of its variables' dtype, None as long as that is not known."""
        return self._dtype

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables that optimizers change."""
        return list(self._trainable_weights) if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        """Its other variables."""
        if self.trainable:
            return list(self._non_trainable_weights)
        return self._trainable_weights + self._non_trainable_weights

    @property
    def weights(self) -> list[Any]:
        """All its variables, the trainable ones first."""
        return self.trainable_weights + self.non_trainable_weights

    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    @property
    def updates(self) -> list[Operation]:
        """The operations that update its state; none if it is not trainable."""
        return list(self._updates) if self.trainable or self.stateful else []

    @property
    def losses(self) -> list[Any]:
        """The losses of its regularizers."""
        late = [loss() for loss in self._late_losses]
        return self._losses + [loss for loss in late if loss is not None]

    def count_params(self) -> int:
        """How many numbers its variables hold.

        Raises:
          ValueError: it has no variables yet.
        """
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on {self.name}, but the layer isn't built. You "
                f"can build it manually via: `{self.name}.build(batch_input_shape)`."
            )
        return int(sum(np.prod(weight.get_shape().as_list()) for weight in self.weights))

    # For subclasses

    def build(self, input_shape: Any) -> None:
        """Makes its variables; a subclass overrides it."""
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """What it makes of its inputs; a subclass overrides it."""
        return inputs

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Adds losses, tensors or functions that give them; they join REGULARIZATION_LOSSES."""
        for loss in flatten(losses):
            if callable(loss):
                self._late_losses.append(loss)
                made = loss()
            else:
                self._losses.append(loss)
                made = loss
            if made is not None:
                _join(GraphKeys.REGULARIZATION_LOSSES, made)

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Adds operations that update its state, or functions that give them."""
        for update in updates if isinstance(updates, (list, tuple)) else [updates]:
            made = update() if callable(update) else update
            self._updates.append(made if isinstance(made, Operation) else made.op)

    def add_weight(
        self,
        name: str,
        shape: Any,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        trainable: bool | None = None,
        constraint: Callable[[Any], Any] | None = None,
        use_resource: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
        partitioner: Any = None,
    ) -> Any:
        """Makes a variable of the layer, or takes it where the layer reuses variables.

        Args:
          name: its name below the layer's scope.
          shape: its shape.
          dtype: the layer's if None.
          initializer: the scope's if None, else Glorot's uniform one.
          regularizer: a function of it that gives a loss.
          trainable: whether optimizers change it.
          constraint, use_resource, synchronization, aggregation, partitioner: as for
            `tf.get_variable`.

        Raises:
          ValueError: it is trainable, but `synchronization` is ON_READ; or as `tf.get_variable`.
        """
        if synchronization == VariableSynchronization.ON_READ:
            if trainable:
                raise ValueError(
                    "Synchronization value can be set to VariableSynchronization.ON_READ only for "
                    "non-trainable variables. You have specified trainable=True and "
                    "synchronization=VariableSynchronization.ON_READ."
                )
            trainable = False
        is_trainable = (trainable is None or trainable) and self.trainable
        before = {id(variable) for variable in global_variables()}
        reuse = self.built or self._reuse
        opened = variable_scope(self._open_scope(), reuse=reuse, auxiliary_name_scope=False)
        with opened as scope, name_scope(scope.original_name_scope):
            self._current_scope = scope
            variable = get_variable(
                name,
                shape=shape,
                dtype=dtypes.as_dtype(dtype or self._dtype or dtypes.float32),
                initializer=initializer_of(initializer or scope.initializer),
                trainable=is_trainable,
                constraint=constraint,
                partitioner=partitioner,
                use_resource=use_resource or scope.use_resource,
                synchronization=synchronization,
                aggregation=aggregation,
            )
            is_trainable = is_trainable and any(variable is each for each in trainable_variables())
            (self._trainable_weights if is_trainable else self._non_trainable_weights).append(
                variable
            )
            self._regularize(name, variable, regularizer, before)
        return variable

    add_variable = add_weight

    def _regularize(self, name: str, variable: Any, regularizer: Any, before: set[int]) -> None:
        parts = list(variable) if hasattr(variable, "_get_variable_list") else [variable]
        if regularizer is None or any(id(part) in before for part in parts):
            return

        def loss_of(part: Any) -> Any:
            with name_scope(f"{name}/Regularizer"):
                return regularizer(part)

        for part in parts:
            self.add_loss(lambda part=part: loss_of(part))

    # Calls

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """What it makes of its inputs.

        Raises:
          ValueError: inputs that don't meet `input_spec`, or `call` gives None.
        """
        own = self._open_scope(kwargs.pop("scope", None))
        reuse = True if self.built else self._reuse
        with variable_scope(own, reuse=reuse, auxiliary_name_scope=False) as scope:
            self._current_scope = scope
            takes = inspect.signature(self.call).parameters
            if "scope" in takes:
                kwargs["scope"] = scope
            if "training" not in takes and not _takes_any(takes):
                kwargs.pop("training", None)
            inputs = _as_tensors(inputs)
            check_inputs(self.input_spec, flatten(inputs), self.name)
            with name_scope(scope.original_name_scope):
                outputs = self._called(inputs, args, kwargs)
        for update in self.updates:
            _join(GraphKeys.UPDATE_OPS, update)
        return outputs

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as to call it."""
        return self(inputs, *args, **kwargs)

    def _called(self, inputs: Any, args: Any, kwargs: Any) -> Any:
        if not self.built:
            self._build(inputs)
        outputs = self.call(inputs, *args, **kwargs)
        if outputs is None:
            raise ValueError(
                "A layer's `call` method should return a Tensor or a list of Tensors, not None "
                f"(layer: {self.name})."
            )
        if self._activity_regularizer:
            self._regularize_activity(outputs)
        return outputs

    def _build(self, inputs: Any) -> None:
        leaves = flatten(inputs)
        if self._dtype is None and leaves:
            self._dtype = leaves[0].dtype.base_dtype.name
        shapes = [leaf.get_shape() for leaf in leaves]
        self.build(shapes if isinstance(inputs, (list, tuple)) else shapes[0])
        self.built = True

    def _regularize_activity(self, outputs: Any) -> None:
        regularizer: Any = self._activity_regularizer
        with name_scope("ActivityRegularizer"):
            for output in flatten(outputs):
                loss = regularizer(output)
                self.add_loss(loss / cast(shape_of(output)[0], loss.dtype), inputs=True)


def _takes_any(parameters: Any) -> bool:
    return any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())


def _as_tensors(inputs: Any) -> Any:
    if isinstance(inputs, (list, tuple)):
        return type(inputs)(_as_tensors(each) for each in inputs)
    if isinstance(inputs, (np.ndarray, np.generic, float, int)):
        return convert_to_tensor(inputs)
    return inputs


def _join(key: str, item: Any) -> None:
    if not any(item is each for each in get_collection_ref(key)):
        add_to_collection(key, item)


def _snake_case(kind: type) -> str:
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", kind.__name__)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
    return f"private{name}" if name.startswith("_") else name


def _unique_name(base: str) -> str:
    """`base_1`, `base_2` ... in the default graph."""
    found = get_collection(_NAMES_KEY)
    if not found:
        add_to_collection(_NAMES_KEY, {})
        found = get_collection(_NAMES_KEY)
    counts: dict[str, int] = found[0]
    counts[base] = counts.get(base, 0) + 1
    return f"{base}_{counts[base]}"
