"""How variables of distributed training would be synchronised: accepted, checked, without effect.

In: what a caller of `tf.Variable` gives. Out: the values that the variable remembers.
"""

from __future__ import annotations

import enum


class VariableSynchronization(enum.Enum):
    """When copies of a variable would be synchronised."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How copies of a variable would be combined."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3  # noqa: PIE796


def checked_kinds(
    synchronization: VariableSynchronization | None,
    aggregation: VariableAggregation | None,
    trainable: bool | None,
    name: str | None,
) -> tuple[VariableSynchronization, VariableAggregation, bool]:
    """The three with their defaults.

    Raises:
      ValueError: a value is none of the enumeration's.
    """
    aggregation = VariableAggregation.NONE if aggregation is None else aggregation
    if not isinstance(aggregation, VariableAggregation):
        raise ValueError(f"Invalid variable aggregation mode: {aggregation} for variable: {name}")
    synchronization = synchronization or VariableSynchronization.AUTO
    if not isinstance(synchronization, VariableSynchronization):
        raise ValueError(
            f"Invalid variable synchronization mode: {synchronization} for variable: {name}"
        )
    if trainable is None:
        trainable = synchronization is not VariableSynchronization.ON_READ
    return synchronization, aggregation, bool(trainable)
