"""The graph of a compiled model: targets, loss, metrics, updates; and functions that run it.

In: a model's outputs, losses and metrics. Out: what is fetched for a batch of training, evaluation
and prediction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph.frontend.keras import losses as known_losses
from jitgraph.frontend.keras.graph_state import get_session, phase_placeholder
from jitgraph.frontend.keras.losses import Loss, reduced, weighted
from jitgraph.frontend.keras.metrics import Metric, metric_of
from jitgraph.graph import name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.constants import constant
from jitgraph.ops.elementwise_sums import add_n
from jitgraph.ops.identities import group
from jitgraph.ops.placeholders import placeholder


def per_output(given: Any, names: Sequence[str], what: str) -> list[Any]:
    """A value for each output, from one for all, a list, or a dict by name.

    Raises:
      ValueError: another number of values, or unknown names.
    """
    if isinstance(given, dict):
        for name in given:
            if name not in names:
                raise ValueError(
                    f"Unknown entries in {what} dictionary: {[name]}. Only expected following "
                    f"keys: {list(names)}"
                )
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ValueError(
                f"When passing a list as {what}, it should have one entry per model outputs. The "
                f"model has {len(names)} outputs, but you passed {what}={given}"
            )
        return list(given)
    return [given] * len(names)


def metrics_per_output(given: Any, names: Sequence[str]) -> list[list[Any]]:
    """The metrics of each output, from a list for all, lists for each, or a dict by name.

    Raises:
      TypeError: neither.
    """
    if not given:
        return [[] for _ in names]
    if isinstance(given, dict):
        found = per_output(given, names, "metrics")
        return [
            each if isinstance(each, list) else [] if each is None else [each] for each in found
        ]
    if not isinstance(given, (list, tuple)):
        raise TypeError(
            "Type of `metrics` argument not understood. Expected a list or dictionary, found: "
            f"{given}"
        )
    if any(isinstance(each, (list, tuple)) for each in given):
        return [list(each) if isinstance(each, (list, tuple)) else [each] for each in given]
    return [list(given) for _ in names]


class TrainingGraph:
    """What a compiled model adds to its graph.

    Args:
      model: a model with inputs and outputs.
      loss, loss_weights, metrics, weighted_metrics: as given to `compile`.
      is_weighted: whether samples have weights.
    """

    def __init__(
        self,
        model: Any,
        loss: Any,
        loss_weights: Any,
        metrics: Any,
        weighted_metrics: Any,
        is_weighted: bool,
    ) -> None:
        self.model = model
        names = model.output_names
        self.losses = [known_losses.get(each) for each in per_output(loss, names, "loss")]
        self.weights = per_output(loss_weights, names, "loss_weights")
        self.targets = [
            self._target(name, each) for name, each in zip(names, model.outputs, strict=True)
        ]
        self.sample_weights = (
            [placeholder("float32", [None], name=f"{name}_sample_weights") for name in names]
            if is_weighted
            else []
        )
        self.metrics: list[tuple[str, Metric, Sequence[Any]]] = []
        for number, name in enumerate(names):
            prefix = f"{name}_" if len(names) > 1 else ""
            for is_by_weight, given in ((False, metrics), (True, weighted_metrics)):
                for each in metrics_per_output(given, names)[number]:
                    self._add_metric(number, prefix, each, is_by_weight)
        self._add_losses()
        if len(names) > 1:
            means = zip(names, self.output_losses, strict=True)
            self.metrics = [*(self._loss_metric(*each) for each in means), *self.metrics]

    def _loss_metric(self, name: str, loss: Any) -> tuple[str, Metric, Sequence[Any]]:
        """The mean of an output's loss over all batches."""
        return f"{name}_loss", Metric(f"{name}_loss"), [loss, constant(1.0, loss.dtype)]

    def _target(self, name: str, output: Any) -> Any:
        shape = [None] * (output.get_shape().ndims or 1)
        return placeholder(output.dtype.base_dtype, shape, name=f"{name}_target")

    def _weights_for(self, number: int) -> Any:
        """The samples' weights and the output's mask, or None."""
        mask = getattr(self.model.outputs[number], "_keras_mask", None)
        given = self.sample_weights[number] if self.sample_weights else None
        if mask is None:
            return given
        kept = cast(mask, self.model.outputs[number].dtype)
        return kept if given is None else weighted(kept, given)

    def _add_metric(self, number: int, prefix: str, given: Any, is_by_weight: bool) -> None:
        output, target = self.model.outputs[number], self.targets[number]
        with name_scope("metrics"):
            metric = metric_of(given, self.losses[number], target, output)
            by_weight = "weighted_" if is_by_weight and not isinstance(given, Metric) else ""
            name = _free(prefix + by_weight + metric.name, [each for each, _, _ in self.metrics])
            weights = self._weights_for(number) if is_by_weight or not self.sample_weights else None
            with name_scope(name):
                self.metrics.append((name, metric, list(metric.sums(target, output, weights))))

    def _add_losses(self) -> None:
        self.output_losses: list[Any] = []
        total: Any = None
        with name_scope("loss"):
            for number, name in enumerate(self.model.output_names):
                with name_scope(f"{name}_loss"):
                    loss = self._loss(number)
                self.output_losses.append(loss)
                weight = self.weights[number]
                part = loss * (1.0 if weight is None else float(weight))
                total = part if total is None else total + part
            extra = self.model.losses
            if extra:
                total = total + add_n(extra)
        self.total = total

    def _loss(self, number: int) -> Any:
        loss, target, output = self.losses[number], self.targets[number], self.model.outputs[number]
        weights = self._weights_for(number)
        if isinstance(loss, Loss):
            values, reduction = loss.call(target, output), loss.reduction
        else:
            values, reduction = loss(target, output), "auto"
        if values.get_shape().ndims == 0 and weights is None:
            return values
        return reduced(weighted(values, weights), reduction)

    @property
    def loss_fetches(self) -> list[Any]:
        """The loss."""
        return [self.total]

    @property
    def feeds(self) -> list[Any]:
        """What a batch is fed to."""
        return [*self.model.inputs, *self.targets, *self.sample_weights]

    def train_updates(self, optimizer: Any) -> Any:
        """The operation that makes a step."""
        weights = self.model.trainable_weights
        with name_scope("training"):
            updates = optimizer.get_updates(self.total, weights) if weights else []
        return group(*updates, *self.model.updates)


def _free(name: str, taken: list[str]) -> str:
    found, number = name, 1
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


class BatchFunction:
    """Runs a batch: losses, and sums of metrics that are added up until `reset`.

    Args:
      graph: the model's graph; None for predictions.
      model: the model.
      update: an operation to run, too.
      is_training: what the learning phase is.
    """

    def __init__(
        self, graph: TrainingGraph | None, model: Any, update: Any, is_training: bool
    ) -> None:
        self._graph = graph
        losses = graph.loss_fetches if graph else []
        self._losses = len(losses)
        sums = [each for _, _, found in (graph.metrics if graph else []) for each in found]
        fetches = [*losses, *sums] if graph else list(model.outputs)
        feeds = graph.feeds if graph else list(model.inputs)
        own = model.own_graph
        phase = phase_placeholder(own)
        self._phase = () if phase is None else (is_training,)
        session = get_session(own)
        self.session = session
        fetched = [*fetches, update] if update is not None else fetches
        self._count = len(fetches)
        self._run: Callable[..., Any] = session.make_callable(
            fetched, [*feeds, *([] if phase is None else [phase])]
        )
        self._sums: list[Any] = []

    def reset(self) -> None:
        """Forgets the sums of metrics."""
        self._sums = []

    def predict(self, arrays: Sequence[np.ndarray]) -> list[Any]:
        """The outputs of a batch."""
        return list(self._run(*arrays, *self._phase))

    def __call__(self, arrays: Sequence[np.ndarray]) -> list[Any]:
        """The losses of a batch, and the metrics of all batches since `reset`."""
        found = self._run(*arrays, *self._phase)
        losses, new = found[: self._losses], found[self._losses : self._count]
        if self._sums:
            self._sums = [a + b for a, b in zip(self._sums, new, strict=True)]
        else:
            self._sums = list(new)
        return [*losses, *self._results()]

    def _results(self) -> list[Any]:
        results, place = [], 0
        for _, metric, sums in self._graph.metrics if self._graph else ():
            own = self._sums[place : place + len(sums)]
            results.append(metric.result_of(own))
            place += len(sums)
        return results
