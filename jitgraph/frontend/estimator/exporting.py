"""Stage frontend: an Estimator's model as a SavedModel.

In: an Estimator, what the served model takes, a checkpoint. Out: a folder called after the time.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jitgraph import errors
from jitgraph.frontend.api import logging
from jitgraph.frontend.estimator.export_outputs import serving_signatures
from jitgraph.frontend.estimator.model_spec import ModeKeys
from jitgraph.frontend.monitored.scaffold import Scaffold
from jitgraph.frontend.monitored.session_manager import new_session
from jitgraph.frontend.saved_model import names
from jitgraph.frontend.train.saver import Saver
from jitgraph.graph import Graph, GraphKeys, get_collection, get_default_graph

_ATTEMPTS = 10


def export_model(
    estimator: Any,
    base: str,
    receiver_fn: Callable[[], Any],
    assets_extra: Mapping[str, str] | None,
    as_text: bool,
    checkpoint_path: str,
) -> bytes:
    """Writes the model beside its place, then moves it there; gives the folder's path.

    Args:
      estimator: the Estimator; base: the folder above.
      receiver_fn: gives a ServingInputReceiver.
      assets_extra: files to be kept, too; as_text: whether the graph is written as text.
      checkpoint_path: the variables' values.

    Raises:
      ValueError: the checkpoint lacks variables.
      RuntimeError: no folder of the time is free.
    """
    from jitgraph.frontend.saved_model.builder import SavedModelBuilder

    folder = _free_folder(base)
    written = folder.with_name(f"temp-{folder.name}")
    builder = SavedModelBuilder(str(written))
    with Graph().as_default() as graph:
        estimator._begin_graph(graph)
        receiver = receiver_fn()
        spec = estimator._call_model_fn(receiver.features, None, ModeKeys.PREDICT, estimator.config)
        _add_graph(builder, spec, receiver, checkpoint_path, estimator.config.session_config)
    builder.save(as_text)
    for name, source in (assets_extra or {}).items():
        place = written / "assets.extra" / os.fsdecode(name)
        if not place.resolve().is_relative_to(written.resolve()):
            raise ValueError(f"An extra asset is to be written outside the model: {name}")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    written.rename(folder)
    return os.fsencode(folder)


def _add_graph(builder: Any, spec: Any, receiver: Any, path: str, config: Any) -> None:
    from jitgraph.frontend.saved_model.signatures import is_valid_signature

    found = serving_signatures(receiver, spec.export_outputs)
    signatures = {key: each for key, each in found.items() if is_valid_signature(each)}
    with new_session("", get_default_graph(), config) as session:
        local = spec.scaffold.local_init_op
        if local is None:
            local = Scaffold.default_local_init_op()
        saver = spec.scaffold.saver or Saver(sharded=True)
        try:
            saver.restore(session, path)
        except errors.NotFoundError as error:
            raise ValueError(
                "Could not load all requested variables from checkpoint. Please make sure your "
                "model_fn does not expect variables that were not saved in the checkpoint.\n\n"
                f"Encountered error with mode `{spec.mode}` while restoring checkpoint from: "
                f"`{path}`. Full Traceback:\n\n{error}"
            ) from error
        builder.add_meta_graph_and_variables(
            session,
            [names.SERVING],
            signature_def_map=signatures,
            assets_collection=get_collection(GraphKeys.ASSET_FILEPATHS),
            main_op=local,
            saver=saver,
            strip_default_attrs=True,
        )


def _free_folder(base: str) -> Path:
    """A folder called after the second it is, which is not there yet."""
    for attempt in range(1, _ATTEMPTS + 1):
        found = Path(base) / str(int(time.time()))
        if not found.exists():
            return found
        time.sleep(1)
        logging.warning(
            "Directory %s already exists; retrying (attempt %d/%d)", found, attempt, _ATTEMPTS
        )
    raise RuntimeError(
        f"Failed to obtain a unique export directory name after {_ATTEMPTS} attempts."
    )
