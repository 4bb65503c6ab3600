"""Training of models: compile, fit, evaluate, predict.

In: arrays (or generators of batches). Out: a history of losses and metrics, or predictions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph.frontend.keras import callbacks as known_callbacks, optimizers
from jitgraph.frontend.keras.callbacks import CallbackList, History, ProgbarLogger
from jitgraph.frontend.keras.graph_state import get_session
from jitgraph.frontend.keras.training_data import (
    Batches,
    as_arrays,
    check_lengths,
    check_targets,
    shuffled,
    weights_of,
)
from jitgraph.frontend.keras.training_graph import BatchFunction, TrainingGraph

_NOT_COMPILED = (
    "You must compile your model before training/testing. Use `model.compile(optimizer, loss)`."
)
_LAZY = ("fit", "evaluate")


class Trained:
    """The part of a model that trains it."""

    inputs: Any
    outputs: Any
    input_names: Any
    output_names: Any
    is_connected: Any
    own_graph: Any

    def _reset_training(self) -> None:
        self.optimizer: Any = None
        self.loss: Any = None
        self.stop_training = False
        self.history: Any = None
        self._settings: dict[str, Any] | None = None
        self._graphs: dict[bool, TrainingGraph] = {}
        self._functions: dict[Any, BatchFunction] = {}
        self._steps: dict[bool, Any] = {}

    # Settings

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        sample_weight_mode: Any = None,
        weighted_metrics: Any = None,
        **_: Any,
    ) -> None:
        """Says how to train.

        Args:
          optimizer: a word, a `tf.keras.optimizers.Optimizer` or a `tf.train.Optimizer`.
          loss: a word, a function of targets and predictions, or a list or dict of such for
            several outputs.
          metrics: a list of words and functions; a list of lists or a dict for several outputs.
          loss_weights: what the losses of several outputs are multiplied by.
          sample_weight_mode: accepted for compatibility.
          weighted_metrics: metrics that weigh samples.

        Raises:
          ValueError: unknown words.
        """
        self._reset_training()
        self.optimizer = optimizers.get(optimizer)
        self.loss = loss
        self._settings = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        if self.is_connected and loss is not None:
            with self.own_graph.as_default():
                self._training_graph(False)

    def _training_graph(self, is_weighted: bool) -> TrainingGraph:
        if self._settings is None:
            raise RuntimeError(_NOT_COMPILED)
        if self._settings["loss"] is None:
            raise ValueError("The model cannot be compiled because it has no loss to optimize.")
        if is_weighted not in self._graphs:
            self._graphs[is_weighted] = TrainingGraph(
                self, **self._settings, is_weighted=is_weighted
            )
        return self._graphs[is_weighted]

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` gives.

        Raises:
          RuntimeError: the model is not compiled.
        """
        graph = self._graphs.get(False) or next(iter(self._graphs.values()), None)
        if graph is None:
            graph = self._training_graph(False)
        return ["loss", *(name for name, _, _ in graph.metrics)]

    @property
    def total_loss(self) -> Any:
        """The tensor of the loss."""
        return self._training_graph(False).total

    # Functions

    def _function(self, mode: str, is_weighted: bool = False) -> BatchFunction:
        key = mode, is_weighted
        made = self._functions.get(key)
        session = get_session(self.own_graph)
        if made is not None and made.session is session:
            made.reset()
            return made
        with self.own_graph.as_default():
            graph = None if mode == "predict" else self._training_graph(is_weighted)
            update = None
            if mode == "train":
                if is_weighted not in self._steps:
                    self._steps[is_weighted] = graph.train_updates(self.optimizer)  # type: ignore[union-attr]
                update = self._steps[is_weighted]
            made = BatchFunction(graph, self, update, mode == "train")
        self._functions[key] = made
        return made

    def _connect_for(self, x: Any) -> None:
        """Gives a model without inputs the placeholders for data."""
        if self.is_connected:
            return
        from jitgraph.frontend.keras.input_layer import Input

        data = list(x.values()) if isinstance(x, dict) else x
        arrays = (
            [np.asarray(each) for each in data]
            if isinstance(data, (list, tuple))
            else [np.asarray(data)]
        )
        inputs = [Input(batch_shape=(None, *each.shape[1:]), dtype=_kind(each)) for each in arrays]
        given = inputs if len(inputs) > 1 else inputs[0]
        connect: Callable[[Any], None] | None = getattr(self, "_connect_to", None)
        if connect is not None:
            connect(given)
            return
        outputs = self(given)  # type: ignore[operator]
        self._given_inputs, self._given_outputs = given, outputs
        self._graph = inputs[0].graph

    # Data

    def _arrays(self, x: Any, y: Any, sample_weight: Any, class_weight: Any) -> tuple[Any, ...]:
        inputs = self._input_arrays(x)
        losses = self._training_graph(False).losses
        shapes = [tuple(each.get_shape().as_list()) for each in self.outputs]
        wanted = [
            (*shape[:-1], 1) if _is_sparse(loss) else (None if not _has_name(loss) else shape)
            for loss, shape in zip(losses, shapes, strict=True)
        ]
        kinds = [each.dtype.as_numpy_dtype for each in self.outputs]
        any_shape = [None] * len(wanted)
        targets = as_arrays(y, self.output_names, any_shape, kinds, "target")
        check_targets(targets, losses, shapes)
        targets = as_arrays(targets, self.output_names, wanted, kinds, "target")
        weights = weights_of(sample_weight, class_weight, targets, self.output_names) or []
        check_lengths(inputs, targets, weights)
        return inputs, targets, weights

    def _input_arrays(self, x: Any) -> list[np.ndarray]:
        self._connect_for(x)
        shapes = [tuple(each.get_shape().as_list()) for each in self.inputs]
        kinds = [each.dtype.as_numpy_dtype for each in self.inputs]
        return as_arrays(x, self.input_names, shapes, kinds, "input")

    # Training

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_freq: Any = 1,
        **_: Any,
    ) -> Any:
        """Trains the model.

        Args:
          x: the inputs: an array, a list of them or a dict by name; or a generator of batches.
          y: the targets alike.
          batch_size: the samples of a step; 32 if None.
          epochs: how often all samples are seen.
          verbose: 0 for no text, 1 for a bar, 2 for a line each epoch.
          callbacks: what happens between batches and epochs.
          validation_split: the share of samples, the last ones, that is only evaluated.
          validation_data: (x, y) or (x, y, weights) to evaluate after each epoch.
          shuffle: whether samples are seen in another order each epoch ("batch": whole batches).
          class_weight: the weights of classes, a dict.
          sample_weight: the weights of samples.
          initial_epoch: the first epoch's number.
          steps_per_epoch, validation_steps: how many batches of a generator make an epoch.
          validation_freq: the epochs between two evaluations, or which ones.

        Returns:
          A `History`: `.history` maps names to a value for each epoch.

        Raises:
          RuntimeError: the model is not compiled.
          ValueError: data that does not fit.
        """
        self._check_compiled()
        if y is None and not isinstance(x, (np.ndarray, dict)):
            return self.fit_generator(
                x, steps_per_epoch, epochs, verbose, callbacks, validation_data, validation_steps,
                initial_epoch=initial_epoch,
            )  # fmt: skip
        size = batch_size or 32
        inputs, targets, weights = self._arrays(x, y, sample_weight, class_weight)
        arrays = [*inputs, *targets, *weights]
        held_out: Any = None
        if validation_data is not None:
            if len(validation_data) not in (2, 3):
                raise ValueError(
                    "When passing a `validation_data` argument, it must contain either 2 items "
                    "(x_val, y_val), or 3 items (x_val, y_val, val_sample_weights), or "
                    "alternatively it could be a dataset or a dataset or a dataset iterator. "
                    f"However we received `validation_data={validation_data}`"
                )
            extra = validation_data[2] if len(validation_data) == 3 else None
            held_out = self._arrays(validation_data[0], validation_data[1], extra, None)
        elif validation_split and 0.0 < validation_split < 1.0:
            split = int(len(arrays[0]) * (1.0 - validation_split))
            kinds = [len(inputs), len(targets), len(weights)]
            held_out = _grouped([each[split:] for each in arrays], kinds)
            arrays = [each[:split] for each in arrays]
        function = self._function("train", bool(weights))
        evaluated = None
        if held_out is not None:
            flat = [each for group in held_out for each in group]
            evaluated = self._function("test", bool(held_out[2])), Batches(flat, size)
        batches = Batches(arrays, size)
        if verbose:
            extra_text = f", validate on {evaluated[1].samples} samples" if evaluated else ""
            print(f"Train on {batches.samples} samples{extra_text}")

        def epoch_batches() -> Iterator[Any]:
            order = shuffled(batches.samples, shuffle, size)
            return batches.in_order() if order is None else batches.by_index(order)

        def validate() -> list[Any] | None:
            if evaluated is None:
                return None
            np.random.shuffle(np.arange(evaluated[1].samples))  # as TensorFlow does: same numbers
            return self._evaluated(*evaluated)

        params = {
            "batch_size": size, "epochs": epochs, "steps": None, "samples": batches.samples,
            "verbose": verbose,
        }  # fmt: skip
        run = _Run(self, function, "samples", params, callbacks, evaluated is not None)
        return run.train(epoch_batches, validate, initial_epoch, epochs, validation_freq)

    def _check_compiled(self) -> None:
        if self._settings is None:
            raise RuntimeError(_NOT_COMPILED)

    def _evaluated(self, function: BatchFunction, batches: Batches, verbose: int = 0) -> list[Any]:
        function.reset()
        names = self.metrics_names
        bar = None
        if verbose == 1:
            bar = known_callbacks.Progbar(
                batches.samples, stateful_metrics=names[1:], unit_name="sample"
            )
        total, last, seen = 0.0, [], 0
        for arrays in batches.in_order():
            found = function(arrays)
            count = len(arrays[0])
            seen += count
            total, last = total + float(found[0]) * count, found
            if bar is not None:
                bar.update(seen, list(zip(names, found, strict=True)))
        if not last:
            raise ValueError("Empty training data.")
        return [total / batches.samples, *last[1:]]

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int = 1,
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        **_: Any,
    ) -> Any:
        """The loss and the metrics of data.

        Args:
          x, y, batch_size, verbose, sample_weight: as for `fit`.
          steps: how many batches of a generator to take.

        Returns:
          The loss, or a list as `metrics_names` says.

        Raises:
          RuntimeError: the model is not compiled.
          ValueError: data that does not fit.
        """
        self._check_compiled()
        if y is None and not isinstance(x, (np.ndarray, dict)):
            return self.evaluate_generator(x, steps)
        inputs, targets, weights = self._arrays(x, y, sample_weight, None)
        function = self._function("test", bool(weights))
        found = self._evaluated(
            function, Batches([*inputs, *targets, *weights], batch_size or 32), verbose
        )
        return found if len(found) > 1 else found[0]

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: int = 0, steps: Any = None, **_: Any
    ) -> Any:
        """What the model makes of inputs.

        Args:
          x, batch_size, verbose: as for `fit`.
          steps: how many batches of a generator to take.

        Returns:
          An array, or a list of them for several outputs.

        Raises:
          ValueError: data that does not fit.
        """
        if not isinstance(x, (np.ndarray, list, tuple, dict)) and hasattr(x, "__next__"):
            found = [self.predict(_inputs_of(next(x))) for _ in range(steps)]
            return np.concatenate(found)
        arrays = self._input_arrays(x)
        function = self._function("predict")
        batches = Batches(arrays, batch_size or 32)
        made: list[list[np.ndarray]] = []
        bar = known_callbacks.Progbar(batches.samples, unit_name="sample") if verbose else None
        seen = 0
        for each in batches.in_order():
            made.append([np.array(found) for found in function.predict(each)])
            seen += len(each[0])
            if bar is not None:
                bar.update(seen)
        joined = [
            parts[0] if len(parts) == 1 else np.concatenate(parts)
            for parts in zip(*made, strict=True)
        ]
        return joined if len(joined) > 1 else joined[0]

    # Batches

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None,
        reset_metrics: bool = True,
    ) -> Any:  # fmt: skip
        """Makes one step.

        Args:
          x, y, sample_weight, class_weight: as for `fit`.
          reset_metrics: whether metrics are of this batch only.

        Returns:
          The loss, or a list as `metrics_names` says.
        """
        return self._on_batch("train", x, y, sample_weight, class_weight, reset_metrics)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, reset_metrics: bool = True
    ) -> Any:
        """The loss and the metrics of one batch. See `train_on_batch`."""
        return self._on_batch("test", x, y, sample_weight, None, reset_metrics)

    def _on_batch(
        self, mode: str, x: Any, y: Any, sample_weight: Any, class_weight: Any, resets: bool
    ) -> Any:
        self._check_compiled()
        inputs, targets, weights = self._arrays(x, y, sample_weight, class_weight)
        function = self._functions.get((mode, bool(weights)))
        if function is None or resets:
            function = self._function(mode, bool(weights))
        found = function([*inputs, *targets, *weights])
        return found if len(found) > 1 else found[0]

    def predict_on_batch(self, x: Any) -> Any:
        """What the model makes of one batch."""
        found = self._function("predict").predict(self._input_arrays(x))
        return found if len(found) > 1 else found[0]

    # Generators

    def fit_generator(
        self,
        generator: Any,
        steps_per_epoch: int | None = None,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Any = None,
        validation_data: Any = None,
        validation_steps: int | None = None,
        validation_freq: Any = 1,
        class_weight: Any = None,
        shuffle: bool = True,
        initial_epoch: int = 0,
        **_: Any,
    ) -> Any:
        """Trains the model by batches of a generator or a `tf.keras.utils.Sequence`.

        Args:
          generator: gives (x, y) or (x, y, weights).
          steps_per_epoch: how many batches are an epoch; all of a Sequence if None.
          shuffle: whether the batches of a Sequence come in another order each epoch.
          the others: as for `fit`.

        Raises:
          ValueError: a generator without an end, and no number of steps.
        """
        self._check_compiled()
        steps = steps_per_epoch or _length(generator, "steps_per_epoch")
        batches = _endless(generator, shuffle)
        first = next(batches)
        self._connect_for(first[0])
        prepared = self._prepared(first, class_weight)
        function = self._function("train", len(first) == 3 or class_weight is not None)
        waiting = [prepared]

        def epoch_batches() -> Iterator[Any]:
            for _ in range(steps):
                yield waiting.pop() if waiting else self._prepared(next(batches), class_weight)

        def validate() -> list[Any] | None:
            if validation_data is None:
                return None
            if isinstance(validation_data, (tuple, list)):
                found = self.evaluate(validation_data[0], validation_data[1], verbose=0)
            else:
                found = self.evaluate_generator(validation_data, validation_steps)
            return found if isinstance(found, list) else [found]

        params = {"epochs": epochs, "steps": steps, "samples": None, "verbose": verbose}
        run = _Run(self, function, "steps", params, callbacks, validation_data is not None)
        return run.train(epoch_batches, validate, initial_epoch, epochs, validation_freq)

    def _prepared(self, batch: Any, class_weight: Any = None) -> list[Any]:
        weights = batch[2] if len(batch) == 3 else None
        inputs, targets, known = self._arrays(batch[0], batch[1], weights, class_weight)
        return [*inputs, *targets, *known]

    def evaluate_generator(self, generator: Any, steps: int | None = None, **_: Any) -> Any:
        """The loss and the metrics of a generator's batches. See `fit_generator`."""
        self._check_compiled()
        count = steps or _length(generator, "steps")
        batches = _endless(generator, False)
        total, samples, last = 0.0, 0, []
        function: Any = None
        for _step in range(count):
            batch = next(batches)
            arrays = self._prepared(batch)
            function = function or self._function("test", len(batch) == 3)
            last = function(arrays)
            total += float(last[0]) * len(arrays[0])
            samples += len(arrays[0])
        found = [total / samples, *last[1:]]
        return found if len(found) > 1 else found[0]

    def predict_generator(self, generator: Any, steps: int | None = None, **_: Any) -> Any:
        """What the model makes of a generator's batches. See `fit_generator`."""
        count = steps or _length(generator, "steps")
        batches = _endless(generator, False)
        return np.concatenate([self.predict(_inputs_of(next(batches))) for _ in range(count)])

    def reset_states(self) -> None:
        """Accepted for compatibility: layers keep no state between batches."""


class _Run:
    """The epochs of one training, with their callbacks."""

    def __init__(
        self,
        model: Any,
        function: BatchFunction,
        count_mode: str,
        params: dict[str, Any],
        callbacks: Any,
        validates: bool,
    ) -> None:
        names = model.metrics_names
        self._names = names
        shown = [*names, *(f"val_{name}" for name in names)] if validates else names
        params = {**params, "metrics": shown, "do_validation": validates}
        self._model, self._function = model, function
        model.history = History()
        self._bar = ProgbarLogger(count_mode, names[1:])
        self._bar.set_params(params)
        self._callbacks = CallbackList([*(callbacks or ()), model.history], model, params, "train")
        self._shows = params["verbose"] == 1
        self._by_samples = count_mode == "samples"

    def train(
        self,
        epoch_batches: Callable[[], Iterator[Any]],
        validate: Callable[[], list[Any] | None],
        first: int,
        epochs: int,
        frequency: Any,
    ) -> Any:
        """All epochs; gives the history."""
        model, callbacks = self._model, self._callbacks
        model.stop_training = False
        callbacks.tell("on_train_begin", {})
        for epoch in range(first, epochs):
            if model.stop_training:
                break
            self._function.reset()
            callbacks.tell("on_epoch_begin", epoch, {})
            self._bar.on_epoch_begin(epoch)
            logs = self._epoch(epoch_batches())
            if _is_due(frequency, epoch) and not model.stop_training:
                found = validate()
                names = [f"val_{name}" for name in self._names]
                logs.update(zip(names, found or (), strict=False))
            callbacks.tell("on_epoch_end", epoch, logs)
            self._bar.on_epoch_end(epoch, logs)
        callbacks.tell("on_train_end", {})
        return model.history

    def _epoch(self, batches: Iterator[Any]) -> dict[str, Any]:
        callbacks, function, names = self._callbacks, self._function, self._names
        hears = callbacks.hears_batches or self._shows
        total, samples = 0.0, 0
        found: list[Any] = []
        count = 0
        for number, arrays in enumerate(batches):
            size = len(arrays[0])
            if hears:
                logs = {"batch": number, "size": size}
                callbacks.batch("begin", number, logs)
                self._bar.on_batch_begin(number, logs)
            found = function(arrays)
            weight = size if self._by_samples else 1
            total += float(found[0]) * weight
            samples += weight
            count += size
            if hears:
                logs.update(zip(names, found, strict=True))
                callbacks.batch("end", number, logs)
                self._bar.on_batch_end(number, logs)
                if self._model.stop_training:
                    break
        if not hears:
            self._bar.seen, self._bar.log_values = count if self._by_samples else samples, []
        if not samples:
            raise ValueError("Empty training data.")
        return dict(zip(names, [total / samples, *found[1:]], strict=True))


def _kind(array: np.ndarray) -> str:
    return "float32" if array.dtype.kind == "f" else str(array.dtype)


def _name_of(loss: Any) -> str:
    function = getattr(type(loss), "function", None) or loss
    return str(getattr(function, "__name__", ""))


def _is_sparse(loss: Any) -> bool:
    return _name_of(loss) == "sparse_categorical_crossentropy"


def _has_name(loss: Any) -> bool:
    from jitgraph.frontend.keras.losses import _NAMED

    return _name_of(loss) in _NAMED


def _grouped(arrays: list[Any], counts: list[int]) -> list[list[Any]]:
    groups, place = [], 0
    for count in counts:
        groups.append(arrays[place : place + count])
        place += count
    return groups


def _is_due(frequency: Any, epoch: int) -> bool:
    if isinstance(frequency, int):
        return (epoch + 1) % frequency == 0
    return epoch + 1 in frequency


def _length(generator: Any, what: str) -> int:
    try:
        return len(generator)
    except TypeError:
        raise ValueError(
            f"`{what}=None` is only valid for a generator based on the `keras.utils.Sequence` "
            f"class. Please specify `{what}` or use the `keras.utils.Sequence` class."
        ) from None


def _from_dataset(dataset: Any) -> Iterator[Any]:
    """The elements of a tf.data.Dataset, from the first again when it ends."""
    batch = dataset.repeat().make_one_shot_iterator().get_next()
    session = get_session()
    while True:
        yield session.run(batch)


def _endless(generator: Any, shuffle: bool) -> Iterator[Any]:
    if hasattr(generator, "make_one_shot_iterator"):
        yield from _from_dataset(generator)
        return
    if not hasattr(generator, "__getitem__"):
        yield from generator
        return
    while True:
        order = list(range(len(generator)))
        if shuffle:
            np.random.shuffle(order)
        for number in order:
            yield generator[number]
        if hasattr(generator, "on_epoch_end"):
            generator.on_epoch_end()


def _inputs_of(batch: Any) -> Any:
    return batch[0] if isinstance(batch, tuple) else batch
