"""tf.keras.callbacks: what happens between batches and epochs.

In: a model that trains, and its logs. Out: histories, files, other rates, an early end.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from jitgraph.frontend.api import logging
from jitgraph.frontend.keras import backend
from jitgraph.frontend.keras.progress import Progbar

Logs = Any


class Callback:
    """The base: a subclass overrides what it needs.

    `self.model` is the model, `self.params` tells of the training.
    """

    def __init__(self) -> None:
        self.validation_data: Any = None
        self.model: Any = None
        self.params: dict[str, Any] = {}

    def set_params(self, params: dict[str, Any]) -> None:
        """Is told of the training."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Is told the model."""
        self.model = model

    def on_train_begin(self, logs: Logs = None) -> None:
        """Before all epochs."""

    def on_train_end(self, logs: Logs = None) -> None:
        """After all epochs."""

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Before an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """After an epoch."""

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Before a batch."""

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """After a batch."""

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Before a batch of training."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """After a batch of training."""
        self.on_batch_end(batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Before a batch of evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        """After a batch of evaluation."""

    def on_predict_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Before a batch of prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        """After a batch of prediction."""

    def on_test_begin(self, logs: Logs = None) -> None:
        """Before an evaluation."""

    def on_test_end(self, logs: Logs = None) -> None:
        """After an evaluation."""

    def on_predict_begin(self, logs: Logs = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Logs = None) -> None:
        """After a prediction."""


_BATCH_HOOKS = ("on_batch_begin", "on_batch_end", "on_{mode}_batch_begin", "on_{mode}_batch_end")


class CallbackList:
    """Callbacks as one; knows which of them want to hear of batches.

    Args:
      callbacks: the callbacks.
      model: the model.
      params: what they are told of the training.
      mode: "train", "test" or "predict".
    """

    def __init__(
        self, callbacks: Iterable[Any], model: Any, params: dict[str, Any], mode: str
    ) -> None:
        self.callbacks = list(callbacks)
        for each in self.callbacks:
            each.set_params(params)
            each.set_model(model)
        names = [name.format(mode=mode) for name in _BATCH_HOOKS]
        listening = [each for each in self.callbacks if _overrides(each, names)]
        self.hears_batches = bool(listening)
        self._mode = mode
        self._listening = listening

    def batch(self, when: str, number: int, logs: dict[str, Any]) -> None:
        """Tells those who want to hear of a batch."""
        for each in self._listening:
            getattr(each, f"on_{self._mode}_batch_{when}")(number, logs)

    def tell(self, hook: str, *args: Any) -> None:
        """Tells all."""
        for each in self.callbacks:
            getattr(each, hook)(*args)


def _overrides(callback: Any, names: list[str]) -> bool:
    kind = type(callback)
    return any(
        name in vars(callback) or getattr(kind, name, None) is not getattr(Callback, name)
        for name in names
    )


class BaseLogger(Callback):
    """Accepted for compatibility: models average what they log themselves."""


class History(Callback):
    """Remembers the logs of epochs: `history` maps names to lists; `epoch` lists the epochs."""

    def on_train_begin(self, logs: Logs = None) -> None:
        """Starts anew."""
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Adds an epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class ProgbarLogger(Callback):
    """Prints the progress of epochs.

    Args:
      count_mode: "samples" or "steps".
      stateful_metrics: names whose last value is shown; of others the mean.
    """

    def __init__(self, count_mode: str = "samples", stateful_metrics: Any = None) -> None:
        super().__init__()
        if count_mode not in ("samples", "steps"):
            raise ValueError(f"Unknown `count_mode`: {count_mode}")
        self.use_steps = count_mode == "steps"
        self.stateful_metrics = set(stateful_metrics or ())

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Starts a bar."""
        self.seen = 0
        self.verbose = self.params["verbose"]
        epochs = self.params.get("epochs", 1)
        self.target = self.params["steps" if self.use_steps else "samples"]
        if self.verbose and epochs > 1:
            print(f"Epoch {epoch + 1}/{epochs}")
        self.progbar = Progbar(
            self.target,
            verbose=self.verbose,
            stateful_metrics=self.stateful_metrics,
            unit_name="step" if self.use_steps else "sample",
        )

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Forgets the last batch."""
        self.log_values: list[Any] = []

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Shows a batch; the last one is shown with the epoch."""
        logs = logs or {}
        self.seen += 1 if self.use_steps else logs.get("size", 0)
        self._take(logs)
        if self.verbose and (self.target is None or self.seen < self.target):
            self.progbar.update(self.seen, self.log_values)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Shows the epoch."""
        self._take(logs or {})
        if self.verbose:
            self.progbar.update(self.seen, self.log_values)

    def _take(self, logs: dict[str, Any]) -> None:
        self.log_values += [(name, logs[name]) for name in self.params["metrics"] if name in logs]


class LambdaCallback(Callback):
    """Functions as a callback.

    Args:
      on_epoch_begin, on_epoch_end, on_batch_begin, on_batch_end, on_train_begin, on_train_end: the
        functions.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_batch_begin: Callable[..., Any] | None = None,
        on_batch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        given = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            **kwargs,
        }
        vars(self).update({name: value for name, value in given.items() if value is not None})


class TerminateOnNaN(Callback):
    """Ends the training when the loss is no number."""

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Looks at the loss."""
        loss = (logs or {}).get("loss")
        if loss is not None and not np.isfinite(loss):
            print(f"Batch {batch}: Invalid loss, terminating training")
            self.model.stop_training = True


class LearningRateScheduler(Callback):
    """Sets the rate before each epoch.

    Args:
      schedule: a function of the epoch, and of the rate if it takes two arguments.
      verbose: whether to print it.

    Raises:
      ValueError: an optimizer without a rate, or a schedule that gives no float.
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Sets the rate."""
        if not hasattr(self.model.optimizer, "lr"):
            raise ValueError('Optimizer must have a "lr" attribute.')
        rate = float(backend.get_value(self.model.optimizer.lr))
        try:
            rate = self.schedule(epoch, rate)
        except TypeError:
            rate = self.schedule(epoch)
        if not isinstance(rate, (float, np.float32, np.float64)):
            raise ValueError('The output of the "schedule" function should be float.')
        backend.set_value(self.model.optimizer.lr, rate)
        if self.verbose > 0:
            print(
                f"\nEpoch {epoch + 1:05d}: LearningRateScheduler reducing learning rate to {rate}."
            )

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Logs the rate."""
        if logs is not None:
            logs["lr"] = backend.get_value(self.model.optimizer.lr)


class _Watching(Callback):
    """What watches one of the logged values for getting better."""

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        super().__init__()
        self.monitor = monitor
        if mode not in ("auto", "min", "max"):
            logging.warning("%s mode %s is unknown, fallback to auto mode.", type(self), mode)
            mode = "auto"
        is_max = mode == "max" or (mode == "auto" and "acc" in monitor)
        self.monitor_op: Any = np.greater if is_max else np.less
        self._margin = abs(min_delta) * (1 if is_max else -1)
        self._worst = -np.inf if is_max else np.inf

    def _current(self, logs: Logs, what: str) -> Any:
        found = (logs or {}).get(self.monitor)
        if found is None:
            logging.warning(
                "%s conditioned on metric `%s` which is not available. Available metrics are: %s",
                what,
                self.monitor,
                ",".join(logs or {}),
            )
        return found


class EarlyStopping(_Watching):
    """Ends the training when a value does not get better any more.

    Args:
      monitor: the value's name.
      min_delta: by how much it must get better.
      patience: how many epochs it is waited for.
      verbose: whether to print the end.
      mode: "min", "max" or "auto".
      baseline: what it must be better than.
      restore_best_weights: whether the model gets the weights of its best epoch.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.best_weights: Any = None
        self.stopped_epoch = 0

    def on_train_begin(self, logs: Logs = None) -> None:
        """Starts anew."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best = self._worst if self.baseline is None else self.baseline

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Looks at the value."""
        current = self._current(logs, "Early stopping")
        if current is None:
            return
        if self.monitor_op(current - self._margin, self.best):
            self.best = current
            self.wait = 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True
            if self.restore_best_weights:
                if self.verbose > 0:
                    print("Restoring model weights from the end of the best epoch.")
                self.model.set_weights(self.best_weights)

    def on_train_end(self, logs: Logs = None) -> None:
        """Tells of the end."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1:05d}: early stopping")


class ReduceLROnPlateau(_Watching):
    """Reduces the rate when a value does not get better any more.

    Args:
      monitor: the value's name.
      factor: what the rate is multiplied by.
      patience: how many epochs a better value is waited for.
      verbose: whether to print it.
      mode: "min", "max" or "auto".
      min_delta: by how much the value must get better.
      cooldown: how many epochs are not looked at after a reduction.
      min_lr: the least rate.

    Raises:
      ValueError: a factor of 1 or more.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(monitor, mode, kwargs.get("epsilon", min_delta))
        if factor >= 1.0:
            raise ValueError("ReduceLROnPlateau does not support a factor >= 1.0.")
        self.factor = factor
        self.min_lr = min_lr
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown

    def on_train_begin(self, logs: Logs = None) -> None:
        """Starts anew."""
        self.cooldown_counter = 0
        self.wait = 0
        self.best = self._worst

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Looks at the value."""
        if logs is not None:
            logs["lr"] = backend.get_value(self.model.optimizer.lr)
        current = self._current(logs, "Reduce LR on plateau")
        if current is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.monitor_op(current - self._margin, self.best):
            self.best = current
            self.wait = 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        old = float(backend.get_value(self.model.optimizer.lr))
        if old <= self.min_lr:
            return
        new = max(old * self.factor, self.min_lr)
        backend.set_value(self.model.optimizer.lr, new)
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1:05d}: ReduceLROnPlateau reducing learning rate to {new}.")
        self.cooldown_counter = self.cooldown
        self.wait = 0


class ModelCheckpoint(_Watching):
    """Saves the model's weights after epochs.

    Args:
      filepath: where; may hold `{epoch:02d}` and names of logged values.
      monitor: the value that says which is best.
      verbose: whether to print it.
      save_best_only: whether only better ones are saved.
      save_weights_only: must be True for anything but h5 files; weights are saved in any case.
      mode: "min", "max" or "auto".
      save_freq: "epoch".
      period: the epochs between two savings.
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str = "epoch",
        period: int = 1,
        **_: Any,
    ) -> None:
        super().__init__(monitor, mode)
        if save_freq != "epoch":
            raise ValueError("Unrecognized save_freq: weights are saved after epochs")
        self.filepath = str(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.period = period
        self.best: Any = self._worst
        self._since = 0

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Saves, if it is time."""
        self._since += 1
        if self._since < self.period:
            return
        self._since = 0
        path = self.filepath.format(epoch=epoch + 1, **(logs or {}))
        if self.save_best_only:
            current = self._current(logs, "Can save best model only:")
            if current is None:
                return
            if not self.monitor_op(current, self.best):
                self._say(epoch, f"{self.monitor} did not improve from {self.best:0.5f}")
                return
            self._say(
                epoch,
                f"{self.monitor} improved from {self.best:0.5f} to {current:0.5f}, "
                f"saving model to {path}",
            )
            self.best = current
        else:
            self._say(epoch, f"saving model to {path}")
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)

    def _say(self, epoch: int, text: str) -> None:
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1:05d}: {text}")


class CSVLogger(Callback):
    """Writes the logs of epochs to a file of comma-separated values.

    Args:
      filename: the file.
      separator: between two values.
      append: whether to go on with a file that is there.
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename = str(filename)
        self.sep = separator
        self.append = append
        self._file: Any = None
        self._writer: Any = None

    def on_train_begin(self, logs: Logs = None) -> None:
        """Opens the file."""
        has_lines = self.append and os.path.exists(self.filename)
        self._has_head = has_lines and os.path.getsize(self.filename) > 0
        self._file = open(self.filename, "a" if self.append else "w", newline="", encoding="utf-8")  # noqa: SIM115

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Writes a line."""
        logs = logs or {}
        if self._writer is None:
            names = ["epoch", *sorted(logs)]
            self._writer = csv.DictWriter(
                self._file, names, delimiter=self.sep, lineterminator=os.linesep
            )
            if not self._has_head:
                self._writer.writeheader()
        self._writer.writerow({"epoch": epoch, **logs})
        self._file.flush()

    def on_train_end(self, logs: Logs = None) -> None:
        """Closes the file."""
        self._file.close()
        self._writer = None


class TensorBoard(Callback):
    """Writes the logs of epochs as summaries.

    Args:
      log_dir: the folder.
      write_graph: whether the graph is written, too.
      kwargs: other arguments are accepted for compatibility.
    """

    def __init__(self, log_dir: str = "./logs", write_graph: bool = True, **kwargs: Any) -> None:
        super().__init__()
        self.log_dir = log_dir
        self.write_graph = write_graph

    def set_model(self, model: Any) -> None:
        """Opens the file."""
        from jitgraph.frontend.api import summary

        self.model = model
        graph = model.own_graph if self.write_graph else None
        self.writer = summary.FileWriter(self.log_dir, graph)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Writes the logs."""
        from jitgraph import protos

        values = [
            protos.Summary.Value(tag=name, simple_value=float(value))
            for name, value in (logs or {}).items()
        ]
        self.writer.add_summary(protos.Summary(value=values), epoch)
        self.writer.flush()

    def on_train_end(self, logs: Logs = None) -> None:
        """Closes the file."""
        self.writer.close()
