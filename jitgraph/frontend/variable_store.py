"""The variables that get_variable made in a graph, by name: finds them, or makes new ones.

In: a VariableRequest. Out: the variable of that name; its regularization loss goes into the
graph's collection when it is made.
"""

from __future__ import annotations

import dataclasses
import inspect
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.frontend.partitioned_variables import (
    PartitionedVariable,
    Partitions,
    SaveSliceInfo,
    checked_partitions,
    known_sizes,
)
from jitgraph.frontend.variable_request import VariableRequest
from jitgraph.frontend.variables import Variable
from jitgraph.graph import (
    GraphKeys,
    Tensor,
    add_to_collection,
    colocate_with,
    control_dependencies,
    get_collection,
    name_scope,
)
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.slicing import slice as slice_of
from jitgraph.shapes import TensorShape, as_shape

_STORE_KEY: Any = ("__variable_store",)


class VariableStore:
    """The variables of one graph, by name."""

    def __init__(self) -> None:
        self._vars: dict[str, Variable] = {}
        self._partitioned_vars: dict[str, PartitionedVariable] = {}

    def get_variable(
        self, request: VariableRequest, custom_getter: Callable[..., Any] | None = None
    ) -> Any:
        """Finds or makes a variable, through a custom getter if there is one.

        Args:
          request: what is asked for.
          custom_getter: called instead, with the getter itself and all arguments by name.

        Raises:
          ValueError: the custom getter can't be called; or the variable exists and must not, or
            the other way round; or it exists with another shape or dtype.
        """
        if custom_getter is None:
            return self._find_or_make(request.normalized())
        if not callable(custom_getter):
            raise ValueError(f"Passed a custom_getter which is not callable: {custom_getter}")
        arguments = request.normalized().arguments()
        if not _takes(custom_getter, "constraint"):
            del arguments["constraint"]
        return custom_getter(getter=self._getter, **arguments)

    def _getter(self, *args: Any, **kwargs: Any) -> Any:
        return self._find_or_make(VariableRequest(*args, **kwargs))

    def _find_or_make(self, request: VariableRequest) -> Any:
        name = request.name
        is_scalar = isinstance(request.shape, (list, tuple)) and not request.shape
        if request.partitioner is not None and not is_scalar:
            if not callable(request.partitioner):
                raise ValueError(
                    f"Partitioner must be callable, but received: {request.partitioner}"
                )
            with name_scope(None):
                return self._partitioned(request)
        if request.reuse is True and name in self._partitioned_vars:
            return self._partitioned(request)
        if f"{name}/part_0" in self._vars:
            raise ValueError(
                "No partitioner was provided, but a partitioned version of the variable was "
                f"found: {name}/part_0. Perhaps a variable of the same name was already created "
                "with partitioning?"
            )
        return self._single(request, None)

    # One variable

    def _single(self, request: VariableRequest, partition_info: Any) -> Variable:
        is_value = request.initializer is not None and not callable(request.initializer)
        if request.shape is not None and is_value:
            raise ValueError("If initializer is a constant, do not specify shape.")
        dtype, shape = dtypes.as_dtype(request.dtype), as_shape(request.shape)
        found = self._vars.get(request.name)
        if found is not None:
            _check_shared(request, found, shape, dtype)
            return found
        if request.reuse is True:
            raise ValueError(
                f"Variable {request.name} does not exist, or was not created with "
                "tf.get_variable(). Did you mean to set reuse=tf.AUTO_REUSE in VarScope?"
            )
        value, dtype_wanted = _initial_value(request, shape, dtype, partition_info)
        made = Variable(
            initial_value=value,
            name=request.name,
            trainable=request.trainable,
            collections=request.collections,
            caching_device=request.caching_device,
            dtype=dtype_wanted,
            validate_shape=request.validate_shape,
            constraint=request.constraint,
            use_resource=request.use_resource,
            synchronization=request.synchronization,
            aggregation=request.aggregation,
        )
        self._vars[request.name] = made
        if request.regularizer:
            _regularize(request.name, made, request.regularizer)
        return made

    # One variable in parts

    def _partitioned(self, request: VariableRequest) -> PartitionedVariable:
        name = request.name
        if name in self._vars:
            raise ValueError(
                "A partitioner was provided, but an unpartitioned version of the variable was "
                f"found: {name}.  Perhaps a variable of the same name was already created without "
                "partitioning?"
            )
        dtype, shape = dtypes.as_dtype(request.dtype), as_shape(request.shape)
        if isinstance(request.initializer, Tensor):
            shape = shape.merge_with(request.initializer.get_shape())
        partitions: list[int] | None = None
        if not request.reuse or request.partitioner:
            partitions = checked_partitions(request.partitioner, shape, dtype)
        found = self._partitioned_vars.get(name)
        if found is not None:
            _check_shared_parts(request, found, shape, dtype, partitions)
            return found
        if request.reuse is True or partitions is None:
            raise ValueError(
                f"PartitionedVariable {name} does not exist, or was not created with "
                "tf.get_variable(). Did you mean to set reuse=False or reuse=tf.AUTO_REUSE in "
                "VarScope?"
            )
        parts = Partitions.of(known_sizes(shape), partitions)
        made = [self._part(request, shape, dtype, parts, index) for index in range(parts.number)]
        whole = PartitionedVariable(name, shape, dtype, made, partitions)
        self._partitioned_vars[name] = whole
        return whole

    def _part(
        self,
        request: VariableRequest,
        shape: TensorShape,
        dtype: DType,
        parts: Partitions,
        index: int,
    ) -> Variable:
        name = f"{request.name}/part_{index}"
        offset, part_shape = parts.place(index)
        initializer: Any = request.initializer
        own_shape: Any = part_shape
        with name_scope(f"{name}/PartitionedInitializer"):
            if initializer is None:
                initializer = _default_initializer(request.name, dtype)
            elif not callable(initializer):
                if not isinstance(initializer, Tensor):
                    initializer = convert_to_tensor(initializer, dtype)
                initializer = slice_of(initializer, offset, part_shape)
                dtype, own_shape = initializer.dtype.base_dtype, None
        part_request = dataclasses.replace(
            request, name=name, shape=own_shape, dtype=dtype, initializer=initializer
        )
        with name_scope(None):
            made = self._single(part_request, parts.info(index))
        made._set_save_slice_info(
            SaveSliceInfo(request.name, known_sizes(shape), offset, part_shape)
        )
        return made


def default_variable_store() -> VariableStore:
    """The store of the default graph, made where there is none."""
    found = get_collection(_STORE_KEY)
    if found:
        return found[0]  # type: ignore[no-any-return]
    store = VariableStore()
    add_to_collection(_STORE_KEY, store)
    return store


def _takes(function: Callable[..., Any], name: str) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any(p.name == name or p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)


def _initial_value(
    request: VariableRequest, shape: TensorShape, dtype: DType, partition_info: Any
) -> tuple[Any, DType | None]:
    """What the variable is made from, and the dtype to convert it to."""
    initializer = request.initializer
    if initializer is None:
        initializer = _default_initializer(request.name, dtype)
    elif not callable(initializer):
        return initializer, None
    if inspect.isclass(initializer):
        initializer = initializer()
    if shape.is_fully_defined():
        sizes = shape.as_list()
        late = initializer
        return (lambda: late(sizes, dtype=dtype, partition_info=partition_info)), dtype
    if not _needs_arguments(initializer):
        return initializer, None
    raise ValueError(
        "The initializer passed is not valid. It should be a callable with no arguments and the "
        "shape should not be provided or an instance of `tf.keras.initializers.*' and `shape` "
        "should be fully defined."
    )


def _needs_arguments(function: Callable[..., Any]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any(
        p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        for p in parameters
    )


def _default_initializer(name: str, dtype: DType) -> Any:
    from jitgraph.frontend.initializers import glorot_uniform_initializer, zeros_initializer

    if dtype.is_floating:
        return glorot_uniform_initializer()
    if dtype.is_integer or dtype.is_bool or dtype == dtypes.string:
        return zeros_initializer()
    raise ValueError(f"An initializer for variable {name} of {dtype.base_dtype} is required")


def _regularize(name: str, variable: Variable, regularizer: Callable[[Any], Any]) -> None:
    with colocate_with(variable), name_scope(f"{name}/Regularizer/"), control_dependencies(None):
        loss = regularizer(variable)
    if loss is not None:
        add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)


def _check_shared(
    request: VariableRequest, found: Variable, shape: TensorShape, dtype: DType
) -> None:
    if request.reuse is False:
        _raise_exists(request.name, found)
    if not shape.is_compatible_with(found.get_shape()):
        raise ValueError(
            f"Trying to share variable {request.name}, but specified shape {shape} and found "
            f"shape {found.get_shape()}."
        )
    if not dtype.is_compatible_with(found.dtype):
        raise ValueError(
            f"Trying to share variable {request.name}, but specified dtype {dtype.name} and found "
            f"dtype {found.dtype.name}."
        )


def _raise_exists(name: str, found: Variable) -> NoReturn:
    where = "".join(traceback.format_list(found.op.traceback[::-1][:5]))
    raise ValueError(
        f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
        f"reuse=tf.AUTO_REUSE in VarScope? Originally defined at:\n\n{where}"
    )


def _check_shared_parts(
    request: VariableRequest,
    found: PartitionedVariable,
    shape: TensorShape,
    dtype: DType,
    partitions: list[int] | None,
) -> None:
    if request.reuse is False:
        raise ValueError(
            f"Partitioned variable with name {request.name} already exists. Did you mean to set "
            "reuse=True or reuse=tf.AUTO_REUSE in VarScope?"
        )
    text = f"Trying to reuse partitioned variable {request.name}, but specified"
    if not shape.is_compatible_with(found.get_shape()):
        raise ValueError(f"{text} shape {shape} and found shape {found.get_shape()}.")
    if not dtype.is_compatible_with(found.dtype):
        raise ValueError(f"{text} dtype {dtype.name} and found dtype {found.dtype.name}.")
    if partitions is not None and found._get_partitions() != partitions:
        raise ValueError(
            f"{text} partitions {partitions} and found partitions {found._get_partitions()}."
        )
