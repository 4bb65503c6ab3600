"""Stage frontend: what is exported behind an evaluation: the last model, the newest ones, the best.

In: an Estimator, a folder, metrics. Out: SavedModels below the folder.
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jitgraph.frontend.api import logging
from jitgraph.frontend.estimator.former_metrics import written_metrics

Compare = Callable[..., bool]


class Exporter:
    """Is called behind each evaluation of `train_and_evaluate`; subclasses export something."""

    @property
    def name(self) -> str:
        """The folder's name below `export`."""
        raise NotImplementedError

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: Mapping[str, Any],
        is_the_final_export: bool,
    ) -> bytes | None:
        """Exports; gives the path, None if nothing was exported.

        Args:
          estimator: the Estimator; export_path: the folder.
          checkpoint_path: the checkpoint; eval_result: its metrics.
          is_the_final_export: whether the training has ended.
        """
        raise NotImplementedError


class _SavingExporter(Exporter):
    """Exports SavedModels."""

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, str] | None,
        as_text: bool,
    ) -> None:
        self._name = name
        self._receiver_fn = serving_input_receiver_fn
        self._assets_extra = assets_extra
        self._as_text = as_text

    @property
    def name(self) -> str:
        return self._name

    def _save(self, estimator: Any, folder: str, checkpoint: str) -> bytes:
        found: bytes = estimator.export_saved_model(
            folder, self._receiver_fn, self._assets_extra, self._as_text, checkpoint
        )
        return found


class FinalExporter(_SavingExporter):
    """Exports the model once, when the training has ended.

    Args:
      name: the folder's name below `export`.
      serving_input_receiver_fn: a function that gives a ServingInputReceiver.
      assets_extra: files to be kept, too; as_text: whether the graph is written as text.
    """

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
    ) -> None:
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: Mapping[str, Any],
        is_the_final_export: bool,
    ) -> bytes | None:
        if not is_the_final_export:
            return None
        logging.info("Performing the final export in the end of training.")
        return self._save(estimator, export_path, checkpoint_path)


class LatestExporter(_SavingExporter):
    """Exports the model behind each evaluation, and keeps the last ones.

    Args:
      name, serving_input_receiver_fn, assets_extra, as_text: as for FinalExporter.
      exports_to_keep: how many; all if None.

    Raises:
      ValueError: `exports_to_keep` is not above 0.
    """

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        self._count = _checked_count(exports_to_keep)

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: Mapping[str, Any],
        is_the_final_export: bool,
    ) -> bytes | None:
        found = self._save(estimator, export_path, checkpoint_path)
        _keep_last(export_path, self._count)
        return found


class BestExporter(_SavingExporter):
    """Exports the model when it is better than all before, and keeps the last ones.

    Args:
      name, serving_input_receiver_fn, assets_extra, as_text: as for FinalExporter; the name is
        "best_exporter" if none is given.
      event_file_pattern: of the files, in the Estimator's folder, whose metrics are those before
        the first export; none if None.
      compare_fn: a function of `best_eval_result` and `current_eval_result` that tells whether the
        second is better; the smaller loss is if None.
      exports_to_keep: how many; all if None.

    Raises:
      ValueError: `exports_to_keep` is not above 0, or there is no function of the inputs.
    """

    def __init__(
        self,
        name: str = "best_exporter",
        serving_input_receiver_fn: Any = None,
        event_file_pattern: str | None = None,
        compare_fn: Compare | None = None,
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        if serving_input_receiver_fn is None:
            raise ValueError("`serving_input_receiver_fn` must be defined.")
        self._is_better = compare_fn or _has_smaller_loss
        self._count = _checked_count(exports_to_keep)
        self._best: Mapping[str, Any] | None = None
        self._pattern = event_file_pattern
        self._folder: str | None = None

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: Mapping[str, Any],
        is_the_final_export: bool,
    ) -> bytes | None:
        if self._pattern and self._folder != estimator.model_dir:
            logging.info("Loading best metric from event files.")
            self._folder = estimator.model_dir
            self._best = self._best_written(os.path.join(glob.escape(self._folder), self._pattern))
        if not self._is_new_best(self._best, eval_result):
            return None
        logging.info("Performing best model export.")
        self._best = eval_result
        found = self._save(estimator, export_path, checkpoint_path)
        _keep_last(export_path, self._count)
        return found

    def _is_new_best(self, best: Mapping[str, Any] | None, found: Mapping[str, Any]) -> bool:
        return best is None or self._is_better(best_eval_result=best, current_eval_result=found)

    def _best_written(self, pattern: str) -> Mapping[str, Any] | None:
        """The best metrics of some files."""
        best = None
        for _, found in written_metrics(pattern):
            if self._is_new_best(best, found):
                best = found
        return best


def _has_smaller_loss(
    best_eval_result: Mapping[str, Any], current_eval_result: Mapping[str, Any]
) -> bool:
    for title, found in (
        ("best_eval_result", best_eval_result),
        ("current_eval_result", current_eval_result),
    ):
        if not found or "loss" not in found:
            raise ValueError(f"{title} cannot be empty or no loss is found in it.")
    return bool(best_eval_result["loss"] > current_eval_result["loss"])


def _checked_count(count: int | None) -> int | None:
    if count is not None and count <= 0:
        raise ValueError("`exports_to_keep`, if provided, must be a positive number")
    return count


def _keep_last(folder: str, count: int | None) -> None:
    """Removes all but the newest of the folders called after their time."""
    if count is None:
        return
    found = [
        each for each in Path(folder).iterdir() if each.name.isdecimal() and len(each.name) == 10
    ]
    for each in sorted(found, key=lambda path: int(path.name))[:-count]:
        shutil.rmtree(each, ignore_errors=True)
