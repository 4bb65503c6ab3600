"""Stage frontend: the networks of ready-made models: deep, linear, none at all.

In: features by name, columns. Out: logits, a row for each example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import float32
from jitgraph.frontend.check_ops import assert_equal
from jitgraph.frontend.control_flow import cond
from jitgraph.frontend.estimator.model_spec import ModeKeys
from jitgraph.frontend.feature_columns.columns import (
    CategoricalColumn,
    Features,
    check_sizes,
    checked_columns,
)
from jitgraph.frontend.feature_columns.embedding import EmbeddingColumn
from jitgraph.frontend.feature_columns.input_layer import dense_columns, flat_values
from jitgraph.frontend.feature_columns.linear_model import weighted_sum
from jitgraph.frontend.layers.batch_normalization import BatchNormalization
from jitgraph.frontend.layers.dense import Dense, Dropout
from jitgraph.frontend.plain_initializers import Zeros
from jitgraph.frontend.scaled_initializers import GlorotUniform
from jitgraph.frontend.summaries.functions import histogram, scalar
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.frontend.zero_fraction import zero_fraction
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.bias import bias_add
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.constants import constant
from jitgraph.ops.elementwise_sums import add_n
from jitgraph.ops.filling import ones
from jitgraph.ops.identities import identity
from jitgraph.ops.random_seed import seeded_after
from jitgraph.ops.shapes_of import shape as shape_of, size as size_of

_DENSE_OPS_MORE = 4
"""How many operations TensorFlow makes more for a dense layer, whose variables are resources."""
_NORM_OPS_MORE = 10
"""How many it makes more for a layer that is normalised, in training."""


def deep_logits(
    features: Mapping[str, Any],
    mode: str,
    units: int,
    hidden_units: Sequence[int],
    columns: Sequence[Any],
    activation: Callable[..., Any] | None,
    dropout: float | None,
    batch_norm: bool,
    partitioner: Any,
) -> Tensor:
    """The logits of a network of dense layers.

    Args:
      features: the features; mode: one of ModeKeys.
      units: how many logits an example has; hidden_units: how wide the layers are.
      columns: columns of numbers.
      activation: the layers' function; dropout: the share of numbers left out in training.
      batch_norm: whether layers are normalised.
      partitioner: divides the columns' variables.
    """
    trains = mode == ModeKeys.TRAIN
    tables = sum(isinstance(column, EmbeddingColumn) for column in columns)
    hidden = [
        _Hidden.made(at, width, activation, dropout, batch_norm)
        for at, width in enumerate(hidden_units)
    ]
    with variable_scope("logits") as scope:
        last = Dense(units, kernel_initializer=GlorotUniform(), name=scope.name, _scope=scope)
        last_name = scope.name
    with variable_scope("input_from_feature_columns", partitioner=partitioner):
        found = _input(features, columns)
    more = tables
    for layer in hidden:
        found, more = layer.applied(found, trains, more)
    with seeded_after(more):
        logits: Tensor = last(found)
    summarise(logits, last_name)
    return logits


@dataclass(frozen=True)
class _Hidden:
    """A dense layer and what stands behind it."""

    name: str
    dense: Any
    dropout: Any
    norm: Any

    @staticmethod
    def made(
        at: int, width: int, activation: Any, dropout: float | None, batch_norm: bool
    ) -> _Hidden:
        with variable_scope(f"hiddenlayer_{at}") as scope:
            dense = Dense(
                width, activation=activation, kernel_initializer=GlorotUniform(), name=scope.name,
                _scope=scope,
            )  # fmt: skip
            norm = None
            if batch_norm:
                name = f"batchnorm_{at}"
                norm = BatchNormalization(momentum=0.999, name=name, _scope=name)
            drop = None if dropout is None else Dropout(rate=dropout)
            return _Hidden(scope.name, dense, drop, norm)

    def applied(self, value: Tensor, trains: bool, more: int) -> tuple[Tensor, int]:
        """What it makes of a value, and how many operations more TensorFlow made until then."""
        with seeded_after(more):
            found = self.dense(value)
        more += _DENSE_OPS_MORE
        if self.dropout is not None and trains:
            with seeded_after(more):
                found = self.dropout(found, training=True)
        if self.norm is not None:
            found = self.norm(found, training=trains)
            more += _NORM_OPS_MORE
        summarise(found, self.name)
        return found, more


def _input(features: Mapping[str, Any], columns: Sequence[Any]) -> Tensor:
    ordered = dense_columns(columns)
    made: dict[Any, Any] = {}

    def make(_: Any, name: str, shape: Sequence[int], initializer: Any, trained: bool) -> Any:
        return get_variable(name, shape, float32, initializer=initializer, trainable=trained)

    with variable_scope("input_layer", auxiliary_name_scope=False):
        for column in ordered:
            if not isinstance(column, EmbeddingColumn):
                continue
            with (
                variable_scope(column.scope_name, auxiliary_name_scope=False),
                seeded_after(len(made)),
            ):
                made[column] = column.table(make)
    seen, found = Features(features), []
    with name_scope("input_layer"):
        for column in ordered:
            with name_scope(column.name):
                found.append(flat_values(column, seen, lambda each, *_: made[each]))
        check_sizes(found, ordered)
        return concat(found, -1)


def summarise(value: Tensor, tag: str) -> None:
    scalar(f"{tag}/fraction_of_zero_values", zero_fraction(value))
    histogram(f"{tag}/activation", value)


def linear_logits(
    features: Mapping[str, Any], units: int, columns: Sequence[Any], combiner: str
) -> Tensor:
    """The logits of a linear model.

    Args:
      features: the features; units: how many logits an example has.
      columns: columns of numbers and of categories.
      combiner: how weights of several categories are combined.
    """
    ordered = checked_columns(columns)
    tables: dict[Any, Any] = {}
    inner: dict[Any, Any] = {}

    def make(_: Any, name: str, shape: Sequence[int], initializer: Any, trained: bool) -> Any:
        return get_variable(name, shape, float32, initializer=initializer, trainable=trained)

    with variable_scope("linear_model", auxiliary_name_scope=False):
        for column in ordered:
            with variable_scope(column.scope_name, auxiliary_name_scope=False):
                if isinstance(column, EmbeddingColumn):
                    inner[column] = column.table(make)
                is_counted = isinstance(column, CategoricalColumn)
                size = column.num_buckets if is_counted else column.variable_shape.num_elements()
                tables[column] = get_variable(
                    "weights", (size, units), float32, initializer=Zeros()
                )
        bias = get_variable("bias_weights", [units], float32, initializer=Zeros())
    seen, sums = Features(features), []
    with name_scope("linear_model"), name_scope("linear_model"):
        for column in ordered:
            with name_scope(column.name):
                sums.append(
                    weighted_sum(column, seen, lambda *_, at=column: tables[at], units, combiner,
                                 lambda each, *_: inner[each])
                )  # fmt: skip
        check_sizes(sums, ordered)
        logits = bias_add(add_n(sums, name="weighted_sum_no_bias"), bias, name="weighted_sum")
    if units == 1:
        scalar("bias", identity(bias)[0])
    weights = [*inner.values(), *tables.values()]
    scalar("fraction_of_zero_weights", _zero_share(weights))
    return logits


def _zero_share(variables: Sequence[Any]) -> Tensor:
    """The share of zeros in all variables together."""
    parts = [part for each in variables for part in _parts(each)]
    with name_scope("zero_fraction"):
        with name_scope("total_size"):
            sizes = [size_of(each, out_type=dtypes.int64) for each in parts]
            size = add_n(sizes)
        with name_scope("total_zero"):
            zeros = add_n([_zeros(each, own) for each, own in zip(parts, sizes, strict=True)])
        with name_scope("compute"):
            share = zeros / cast(size, float32, name="float32_size")
        return identity(share, name="zero_fraction_or_nan")


def _zeros(part: Any, size: Tensor) -> Tensor:
    is_empty = equal(size, constant(0, dtypes.int64))
    found: Tensor = cond(
        is_empty,
        lambda: constant(0, float32),
        lambda: zero_fraction(part) * cast(size, float32),
        name="zero_count",
    )
    return found


def _parts(variable: Any) -> list[Any]:
    return list(variable) if hasattr(variable, "_get_variable_list") else [variable]


def constant_logits(features: Mapping[str, Any], units: int, weight: str | None) -> Tensor:
    """The logits of a model that knows labels alone: the same for all examples.

    Args:
      features: the features, that tell how many examples there are.
      units: how many logits an example has.
      weight: the name of the feature with the examples' weights, that may be missing.
    """
    rows: Any = None
    checks = []
    for name, feature in features.items():
        if name == weight:
            continue
        own = shape_of(feature)[0]
        if rows is None:
            rows = own
        else:
            checks.append(assert_equal(rows, own))
    with control_dependencies(checks), variable_scope("baseline"):
        bias = get_variable("bias", shape=[units], initializer=Zeros())
        logits: Tensor = bias * ones([rows, units])
        return logits
