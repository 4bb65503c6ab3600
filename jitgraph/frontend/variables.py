"""tf.Variable: a tensor whose value outlives a run, kept by each session for itself.

In: an initial value. Out: the four ops that make a variable (its initial value, the reference, the
assignment that initialises it, the read), and an object that stands for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from jitgraph.dtypes import DType
from jitgraph.frontend.initial_values import guarded_initial_value
from jitgraph.frontend.variable_kinds import (
    VariableAggregation,
    VariableSynchronization,
    checked_kinds,
)
from jitgraph.frontend.variable_writes import VariableWrites
from jitgraph.graph import (
    Graph,
    GraphKeys,
    Operation,
    Tensor,
    add_to_collections,
    colocate_with,
    control_dependencies,
    device,
    get_default_graph,
    get_default_session,
    name_scope,
)
from jitgraph.ops import state
from jitgraph.ops.convert import convert_to_tensor, register_tensor_conversion_function
from jitgraph.ops.identities import identity
from jitgraph.ops.indexing import slice_helper
from jitgraph.ops.operators import override_operators
from jitgraph.shapes import TensorShape


class Variable(VariableWrites):
    """A tensor with a value that outlives a run. Every session has a value of its own.

    Args:
      initial_value: what the initializer assigns: a tensor, whatever can become one, or a function
        without arguments that gives one.
      trainable: whether optimizers change it when they aren't told what to change; True if None.
      collections: the graph collections to add it to; the global variables if None.
      validate_shape: when False, its shape may be unknown and may change.
      caching_device: the device of the op that reads it.
      name: its name, "Variable" if None.
      variable_def: a VariableDef: the ops are in the default graph already.
      dtype: the dtype to convert the initial value to.
      expected_shape: accepted for compatibility.
      import_scope: with `variable_def`, what the ops' names begin with.
      constraint: a function that optimizers apply to the value after each update.
      use_resource: accepted for compatibility.
      synchronization, aggregation: accepted for compatibility.
      shape: its shape; the initial value's if None.

    Raises:
      ValueError: no initial value was given, or its shape isn't known and `validate_shape` is
        True; or `collections` is no list, tuple or set; or `constraint` can't be called.

    Example:
      >>> tf.Variable([1.0, 2.0], name="w")
      <tf.Variable 'w:0' shape=(2,) dtype=float32_ref>
    """

    __array_priority__ = 100
    _save_slice_info: Any = None

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: str | None = None,
        constraint: Callable[[Tensor], Tensor] | None = None,
        use_resource: bool | None = None,
        synchronization: VariableSynchronization | None = None,
        aggregation: VariableAggregation | None = None,
        shape: Any = None,
    ) -> None:
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            self._adopt_ops(variable_def, import_scope)
            return
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        collections = _checked_collections(collections)
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        kinds = checked_kinds(synchronization, aggregation, trainable, name)
        self._synchronization, self._aggregation, self._trainable = kinds
        if self._trainable and GraphKeys.TRAINABLE_VARIABLES not in collections:
            collections.append(GraphKeys.TRAINABLE_VARIABLES)
        self._constraint = constraint
        self._caching_device = caching_device
        values = [] if callable(initial_value) else [initial_value]
        graph = get_default_graph()
        while graph.building_function:
            graph = graph.outer
        with (
            graph.as_default(),
            control_dependencies(None),
            name_scope(name, "Variable", values) as scope,
        ):
            self._initial_value = _initial_tensor(initial_value, dtype, scope)
            self._create_ops(scope, shape, validate_shape, is_late=callable(initial_value))
            add_to_collections(collections, self)

    def _create_ops(self, scope: str, shape: Any, validate_shape: bool, is_late: bool) -> None:
        initial = self._initial_value
        if shape is None:
            shape = initial.get_shape() if validate_shape else TensorShape(None)
        dtype = initial.dtype.base_dtype
        if is_late:
            with get_default_graph()._attr_scope(_own_place(scope)):
                self._variable = state.variable_op_v2(shape, dtype, scope)
        else:
            self._variable = state.variable_op_v2(shape, dtype, scope)
        if validate_shape and not initial.get_shape().is_fully_defined():
            raise ValueError(f"initial_value must have a shape specified: {initial}")
        guarded = guarded_initial_value(scope, initial)
        assigned = state.assign(self._variable, guarded, validate_shape)
        self._initializer_op = assigned.op
        self._snapshot = self._read_op()

    def _adopt_ops(self, variable_def: Any, scope: str | None) -> None:
        """Stands for ops that are there already, as a VariableDef names them."""
        graph = get_default_graph()

        def element(name: str) -> Any:
            return graph.as_graph_element(f"{scope}/{name}" if scope else name)

        self._variable = element(variable_def.variable_name)
        self._initializer_op = element(variable_def.initializer_name)
        self._snapshot = element(variable_def.snapshot_name)
        initial = variable_def.initial_value_name
        self._initial_value = element(initial) if initial else self._initializer_op.inputs[1]
        self._trainable = variable_def.trainable
        self._synchronization = VariableSynchronization(variable_def.synchronization)
        self._aggregation = VariableAggregation(variable_def.aggregation)
        self._constraint = self._caching_device = None

    def to_proto(self, export_scope: str | None = None) -> Any:
        """A VariableDef: the names of its ops.

        Raises:
          ImportError: the package `protobuf` is missing.
        """
        from jitgraph import protos

        return protos.VariableDef(
            variable_name=self._variable.name,
            initial_value_name=self._initial_value.name,
            initializer_name=self._initializer_op.name,
            snapshot_name=self._snapshot.name,
            trainable=self._trainable,
            synchronization=self._synchronization.value,
            aggregation=self._aggregation.value,
        )

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
        """A variable whose ops are in the default graph already."""
        return Variable(variable_def=variable_def, import_scope=import_scope)

    def _read_op(self) -> Tensor:
        if self._caching_device is not None:
            with device(self._caching_device):
                return identity(self._variable, name="read")
        with colocate_with(self._variable.op):
            return identity(self._variable, name="read")

    def value(self) -> Tensor:
        """The tensor that reads it."""
        return self._snapshot

    def read_value(self) -> Tensor:
        """A new op that reads it, under the control dependencies in force."""
        return identity(self._variable, name="read")

    def initialized_value(self) -> Tensor:
        """Its value if it has one, else its initial value."""
        from jitgraph.frontend.control_flow import cond

        is_initialized = state.is_variable_initialized(self._variable)
        result: Tensor = cond(is_initialized, self.read_value, lambda: self._initial_value)
        return result

    def eval(self, session: Any = None) -> Any:
        """Its value in `session` or the default session."""
        return self._variable.eval(session=session)

    def load(self, value: Any, session: Any = None) -> None:
        """Gives it a value in a session, without making an op.

        Args:
          value: the new contents.
          session: the session, or None for the default one.

        Raises:
          ValueError: there is no session, or the value has another shape.
        """
        session = session or get_default_session()
        if session is None:
            raise ValueError(
                "Either session argument should be provided or default session should be "
                "established"
            )
        session.run(self._initializer_op, {self._initializer_op.inputs[1]: value})

    @property
    def initial_value(self) -> Tensor:
        """The tensor that the initializer assigns."""
        return self._initial_value

    @property
    def initializer(self) -> Operation:
        """The operation that gives it its initial value."""
        return self._initializer_op

    @property
    def trainable(self) -> bool:
        """Whether optimizers change it by themselves."""
        return self._trainable

    @property
    def constraint(self) -> Callable[[Tensor], Tensor] | None:
        """The function that optimizers apply after an update."""
        return self._constraint

    @property
    def synchronization(self) -> VariableSynchronization:
        """As given."""
        return self._synchronization

    @property
    def aggregation(self) -> VariableAggregation:
        """As given."""
        return self._aggregation

    @property
    def name(self) -> str:
        """Its name, "w:0"."""
        return self._variable.name

    @property
    def _shared_name(self) -> str:
        return self.name[: self.name.index(":")]

    @property
    def dtype(self) -> DType:
        """Its dtype, a reference type."""
        return self._variable.dtype

    @property
    def op(self) -> Operation:
        """The operation that holds it."""
        return self._variable.op

    @property
    def graph(self) -> Graph:
        """The graph it belongs to."""
        return self._variable.graph

    @property
    def device(self) -> str:
        """The device it was placed on."""
        return self._variable.device

    @property
    def shape(self) -> TensorShape:
        """What is known of its shape."""
        return self._variable.get_shape()

    def get_shape(self) -> TensorShape:
        """What is known of its shape."""
        return self._variable.get_shape()

    def set_shape(self, shape: Any) -> None:
        """Adds what the caller knows of its shape."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    def _set_save_slice_info(self, info: Any) -> None:
        self._save_slice_info = info

    def _get_save_slice_info(self) -> Any:
        """Which part of a partitioned variable it is; None for a whole one."""
        return self._save_slice_info

    def _ref(self) -> Tensor:
        return self._variable

    def _as_graph_element(self) -> Tensor:
        return self._variable

    def __getitem__(self, slice_spec: Any) -> Tensor:
        return slice_helper(self.value(), slice_spec, self)

    def __iter__(self) -> NoReturn:
        raise TypeError("'Variable' object is not iterable.")

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={self.get_shape()} dtype={self.dtype.name}>"


def _checked_collections(collections: Any) -> list[Any]:
    if collections is None:
        return [GraphKeys.GLOBAL_VARIABLES]
    if not isinstance(collections, (list, tuple, set)):
        raise ValueError(
            "collections argument to Variable constructor must be a list, tuple, or set. "
            f"Got {collections} of type {type(collections)}"
        )
    return list(collections)


def _own_place(scope: str) -> dict[str, Any]:
    return {"_class": [f"loc:@{scope.removesuffix('/')}".encode()]}


def _initial_tensor(initial_value: Any, dtype: Any, scope: str) -> Tensor:
    if not callable(initial_value):
        return convert_to_tensor(initial_value, dtype, "initial_value")
    placed = get_default_graph()._attr_scope(_own_place(scope))
    with placed, name_scope("Initializer"), device(None):
        return convert_to_tensor(initial_value(), dtype, "initial_value")


def _to_tensor(
    value: Variable, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type "
            f"'{value.dtype.name}'"
        )
    return value._ref() if as_ref else value.value()


register_tensor_conversion_function(Variable, _to_tensor)


def _overload(name: str, function: Callable[..., Any]) -> None:
    def operator(self: Variable, *args: Any) -> Any:
        return function(self.value(), *args)

    operator.__name__ = name
    setattr(Variable, name, operator)


override_operators(_overload)
