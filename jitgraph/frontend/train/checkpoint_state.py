"""Stage frontend: which checkpoints a folder has: the file `checkpoint` that savers keep in it.

In: a folder. Out: a CheckpointState, a protocol buffer in its text form; paths within the folder
are kept relative where the folder is. The file is replaced as a whole.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jitgraph import protos
from jitgraph.checkpoint.tensor_bundle import index_path
from jitgraph.errors import InvalidArgumentError
from jitgraph.frontend.api import logging
from jitgraph.frontend.graph_util import write_whole

STATE_FILE = "checkpoint"


def update_checkpoint_state(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    latest_filename: str | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
    save_relative_paths: bool = False,
) -> None:
    """Writes the file that tells which checkpoint of a folder is the latest.

    Args:
      save_dir: the folder.
      model_checkpoint_path: the latest checkpoint.
      all_model_checkpoint_paths: all that are still there, oldest first.
      latest_filename: the file's name, "checkpoint" if None.
      all_model_checkpoint_timestamps: when each was made, in seconds since the epoch.
      last_preserved_timestamp: when the last one that is kept for ever was made.
      save_relative_paths: whether paths are written relative to the folder.

    Raises:
      RuntimeError: the file would be the checkpoint itself.
    """
    state_path = os.path.join(save_dir, latest_filename or STATE_FILE)
    paths = list(all_model_checkpoint_paths or ())
    if save_relative_paths:
        model_checkpoint_path = _relative(model_checkpoint_path, save_dir)
        paths = [_relative(path, save_dir) for path in paths]
    state = generate_checkpoint_state_proto(
        save_dir,
        model_checkpoint_path,
        paths,
        all_model_checkpoint_timestamps,
        last_preserved_timestamp,
    )
    if state_path == state.model_checkpoint_path:
        raise RuntimeError(
            f"Save path '{model_checkpoint_path}' conflicts with path used for checkpoint state.  "
            "Please use a different save path."
        )
    write_whole(Path(state_path), str(state).encode())


def _relative(path: str, folder: str) -> str:
    return os.path.relpath(path, folder) if os.path.isabs(path) else path


def generate_checkpoint_state_proto(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> Any:
    """A CheckpointState; arguments as for `update_checkpoint_state`.

    Raises:
      ValueError: not as many timestamps as paths.
    """
    paths = list(all_model_checkpoint_paths or ())
    if not paths or paths[-1] != model_checkpoint_path:
        paths.append(model_checkpoint_path)
    times = list(all_model_checkpoint_timestamps or ())
    if times and len(times) != len(paths):
        raise ValueError(
            "Checkpoint timestamps, if provided, must match checkpoint paths (got paths "
            f"{paths} and timestamps {times})"
        )
    if not os.path.isabs(save_dir):
        model_checkpoint_path, *paths = [
            path if os.path.isabs(path) else os.path.relpath(path, save_dir)
            for path in (model_checkpoint_path, *paths)
        ]
    return protos.CheckpointState(
        model_checkpoint_path=model_checkpoint_path,
        all_model_checkpoint_paths=paths,
        all_model_checkpoint_timestamps=times,
        last_preserved_timestamp=last_preserved_timestamp,
    )


def get_checkpoint_state(checkpoint_dir: str, latest_filename: str | None = None) -> Any:
    """What the file `checkpoint` of a folder says.

    Args:
      checkpoint_dir: the folder.
      latest_filename: the file's name, "checkpoint" if None.

    Returns:
      A CheckpointState with full paths; None where there is no such file, or it can't be read.

    Raises:
      errors.InvalidArgumentError: a relative path in it leads out of the folder.
    """
    path = Path(checkpoint_dir) / (latest_filename or STATE_FILE)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        if not isinstance(error, FileNotFoundError):
            logging.warning("%s: %s", type(error).__name__, error)
        return None
    state = _parsed(text, path)
    if state is None:
        return None
    if not state.model_checkpoint_path:
        raise ValueError(f"Invalid checkpoint state loaded from {checkpoint_dir}")
    state.model_checkpoint_path = _full(state.model_checkpoint_path, checkpoint_dir)
    for number, found in enumerate(state.all_model_checkpoint_paths):
        state.all_model_checkpoint_paths[number] = _full(found, checkpoint_dir)
    return state


def _parsed(text: str, path: Path) -> Any:
    from google.protobuf import text_format

    try:
        return text_format.Parse(text, protos.CheckpointState())
    except text_format.ParseError as error:
        logging.warning("%s: %s", type(error).__name__, error)
        logging.warning("%s: Checkpoint ignored", path)
        return None


def _full(path: str, folder: str) -> str:
    if os.path.isabs(path):
        return path
    if os.path.normpath(path).split(os.sep)[0] == os.pardir:
        text = f"the checkpoint {path!r} named in {folder} lies outside of that folder"
        raise InvalidArgumentError(None, None, text)
    return os.path.join(folder, path)


def latest_checkpoint(checkpoint_dir: str, latest_filename: str | None = None) -> str | None:
    """The path of the latest checkpoint in a folder; None where there is none.

    Args:
      checkpoint_dir: the folder.
      latest_filename: the name of the file that tells, "checkpoint" if None.

    Example:
      >>> saver.restore(sess, tf.train.latest_checkpoint("/tmp/model"))
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None or not state.model_checkpoint_path:
        return None
    if checkpoint_exists(state.model_checkpoint_path):
        return str(state.model_checkpoint_path)
    logging.error("Couldn't match files for checkpoint %s", state.model_checkpoint_path)
    return None


def checkpoint_exists(checkpoint_prefix: str) -> bool:
    """Whether there is a checkpoint with that prefix, which may be a pattern of `glob`."""
    return bool(_index_files(checkpoint_prefix))


def get_checkpoint_mtimes(checkpoint_prefixes: Sequence[str]) -> list[float]:
    """When each checkpoint that is there was written, in seconds since the epoch."""
    found = [_index_files(prefix) for prefix in checkpoint_prefixes]
    return [os.stat(files[0]).st_mtime for files in found if files]


def _index_files(prefix: str) -> list[str]:
    return sorted(glob.glob(str(index_path(prefix))))


def remove_checkpoint(
    checkpoint_prefix: str, checkpoint_format_version: int = 2, meta_graph_suffix: str = "meta"
) -> None:
    """Removes the files of a checkpoint.

    Args:
      checkpoint_prefix: its path without `.index`.
      checkpoint_format_version: accepted: there is one format.
      meta_graph_suffix: what its graph's file ends with.
    """
    escaped = glob.escape(checkpoint_prefix)
    for pattern in (f"{meta_graph_suffix}", "index", "data-?????-of-?????"):
        for path in glob.glob(f"{escaped}.{pattern}"):
            Path(path).unlink(missing_ok=True)
