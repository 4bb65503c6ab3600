"""VariableRequest: all that get_variable knows of the variable that it is to find or make."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.variable_kinds import (
    VariableAggregation,
    VariableSynchronization,
    checked_kinds,
)


@dataclasses.dataclass(frozen=True)
class VariableRequest:
    """The arguments of the getter that a custom getter is given, in their order.

    `name` is the full name. `reuse` is True where the variable must exist, False or None where it
    must not, AUTO_REUSE where both will do. The others are those of `tf.get_variable`.
    """

    name: str
    shape: Any = None
    dtype: Any = dtypes.float32
    initializer: Any = None
    regularizer: Callable[[Any], Any] | None = None
    reuse: Any = None
    trainable: bool | None = None
    collections: Any = None
    caching_device: Any = None
    partitioner: Any = None
    validate_shape: bool = True
    use_resource: bool | None = None
    constraint: Callable[[Any], Any] | None = None
    synchronization: VariableSynchronization = VariableSynchronization.AUTO
    aggregation: VariableAggregation = VariableAggregation.NONE

    def normalized(self) -> VariableRequest:
        """With a dtype that is no reference, and with the kinds checked and filled in.

        Raises:
          ValueError: synchronization or aggregation is none of its enumeration's.
        """
        synchronization, aggregation, trainable = checked_kinds(
            self.synchronization, self.aggregation, self.trainable, self.name
        )
        return dataclasses.replace(
            self,
            dtype=getattr(self.dtype, "base_dtype", self.dtype),
            synchronization=synchronization,
            aggregation=aggregation,
            trainable=trainable,
        )

    def arguments(self) -> dict[str, Any]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
