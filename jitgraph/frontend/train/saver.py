"""Stage frontend: tf.train.Saver: variables kept in checkpoints, and read from them.

In: variables. Out: the ops that TensorFlow's saver adds to the graph, and files that TensorFlow
reads. Old checkpoints are deleted, the folder's state file tells the latest.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jitgraph import errors, protos
from jitgraph.checkpoint.tensor_bundle import write_bundle
from jitgraph.frontend.api import logging
from jitgraph.frontend.train import meta_graph
from jitgraph.frontend.train.checkpoint_state import (
    STATE_FILE,
    checkpoint_exists,
    get_checkpoint_mtimes,
    remove_checkpoint,
    update_checkpoint_state,
)
from jitgraph.frontend.train.global_step import global_step as value_of_step
from jitgraph.frontend.train.saver_ops import Kept, restore_ops, save_ops
from jitgraph.graph import (
    GraphKeys,
    Operation,
    Tensor,
    get_collection,
    name_scope,
)
from jitgraph.ops.placeholders import placeholder_with_default

LEGACY, V1, V2 = 0, 1, 2


class Saver:
    """Saves variables to checkpoints and restores them.

    Args:
      var_list: the variables, as a list or as a dict by their names in the checkpoint; all global
        ones and those of the collection SAVEABLE_OBJECTS if None.
      reshape: whether a variable may be restored from a tensor of another shape.
      sharded: whether the graph has a save op for each device; there is one file of tensors.
      max_to_keep: so many checkpoints are kept, the oldest go first; all if None or 0.
      keep_checkpoint_every_n_hours: one more is kept for each time of so many hours.
      name: the ops' name scope, "save" if None.
      restore_sequentially: accepted.
      saver_def: a SaverDef: the ops are there already.
      builder: not supported.
      defer_build: whether the ops are added by `build`, later.
      allow_empty: whether there may be nothing to save.
      write_version: accepted: the format is V2.
      pad_step_number: whether steps in names have at least eight digits.
      save_relative_paths: whether the state file names checkpoints relative to its folder.
      filename: the default of the path in the graph.

    Raises:
      ValueError: nothing to save; two variables of one name.
      TypeError: an element of `var_list` is not a variable.
      ImportError: a package of the extra `io` is missing.

    Example:
      >>> saver = tf.train.Saver()
      >>> path = saver.save(sess, "/tmp/model/mlp", global_step=100)
      >>> saver.restore(sess, path)
    """

    def __init__(
        self,
        var_list: Any = None,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        saver_def: Any = None,
        builder: Any = None,
        defer_build: bool = False,
        allow_empty: bool = False,
        write_version: int = V2,
        pad_step_number: bool = False,
        save_relative_paths: bool = False,
        filename: str | None = None,
    ) -> None:
        if defer_build and var_list:
            raise ValueError(
                "If `var_list` is provided then build cannot be deferred. Either set "
                "defer_build=False or var_list=None."
            )
        if builder is not None:
            raise ValueError("a builder of one's own is not supported")
        self._var_list = var_list
        self._reshape, self._is_sharded = reshape, sharded
        self._max_to_keep = max_to_keep
        self._hours = keep_checkpoint_every_n_hours
        self._name = name
        self._allow_empty = allow_empty
        self._pad_step_number = pad_step_number
        self._save_relative_paths = save_relative_paths
        self._filename = filename
        self._is_built = False
        self._is_empty = False
        self._last_checkpoints: list[tuple[str, float]] = []
        self.saver_def = saver_def
        if not defer_build:
            self.build()

    def build(self) -> None:
        """Adds the ops, where they are not there yet."""
        if self._is_built:
            return
        self._is_built = True
        if self.saver_def is not None:
            self._adopt_ops()
        elif not self._build_ops():
            return
        self._next_kept = time.time() + self.saver_def.keep_checkpoint_every_n_hours * 3600

    def _adopt_ops(self) -> None:
        if not isinstance(self.saver_def, protos.SaverDef):
            raise ValueError(f"saver_def must be a saver_pb2.SaverDef: {self.saver_def}")
        for field in ("save_tensor_name", "restore_op_name"):
            if not getattr(self.saver_def, field):
                raise ValueError(f"saver_def must specify the {field}: {self.saver_def}")
        if self._name:
            for field in ("filename_tensor_name", "save_tensor_name", "restore_op_name"):
                setattr(self.saver_def, field, f"{self._name}/{getattr(self.saver_def, field)}")

    def _build_ops(self) -> bool:
        """False where there is nothing to save."""
        variables = self._var_list
        if variables is None:
            objects = get_collection(GraphKeys.SAVEABLE_OBJECTS)
            variables = [*get_collection(GraphKeys.GLOBAL_VARIABLES), *objects]
        if not variables:
            if not self._allow_empty:
                raise ValueError("No variables to save")
            self._is_empty = True
            return False
        kept = [Kept.of(name, each) for name, each in sorted(_by_name(variables).items())]
        with name_scope(
            self._name, "save", [tensor.op for each in kept for tensor in each.tensors]
        ):
            given = placeholder_with_default(self._filename or "model", (), name="filename")
            filename = placeholder_with_default(given, (), name="Const")
            saved = save_ops(filename, kept, self._is_sharded)
            restore = restore_ops(filename, kept, self._reshape, self._is_sharded)
        self.saver_def = protos.SaverDef(
            filename_tensor_name=filename.name,
            save_tensor_name=saved.name,
            restore_op_name=restore.name,
            max_to_keep=self._max_to_keep or 0,
            keep_checkpoint_every_n_hours=self._hours,
            sharded=self._is_sharded,
            version=V2,
        )
        return True

    # Saving

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> str | None:
        """Writes a checkpoint of the variables' values in a session.

        Args:
          sess: the session.
          save_path: the path of the checkpoint, without what the files end with.
          global_step: a number, tensor or name of one, which is appended to the path.
          latest_filename: the name of the state file, "checkpoint" if None.
          meta_graph_suffix: what the graph's file ends with.
          write_meta_graph: whether the graph is written, too.
          write_state: whether the state file is written.
          strip_default_attrs, save_debug_info: accepted.

        Returns:
          The path, to be given to `restore`; None for an empty saver.

        Raises:
          TypeError: `sess` is no session.
          ValueError: the state file would be somewhere else, or the checkpoint itself; or the
            folder doesn't exist.
          RuntimeError: `build` was not called.
          errors.FailedPreconditionError: a variable has no value; nothing is written.
        """
        if not self._is_built:
            raise RuntimeError("`build()` should be called before save if defer_build==True")
        path = self._checked_path(sess, save_path, global_step, latest_filename or STATE_FILE)
        if self._is_empty:
            return None
        self._write(sess, path)
        if write_state:
            dropped = self._record(path)
            update_checkpoint_state(
                os.path.dirname(save_path),
                path,
                self.last_checkpoints,
                latest_filename,
                save_relative_paths=self._save_relative_paths,
            )
            self._remove(dropped, meta_graph_suffix)
        if write_meta_graph:
            with sess.graph.as_default():
                self.export_meta_graph(f"{path}.{meta_graph_suffix}")
        return path

    def _checked_path(self, sess: Any, save_path: str, step: Any, latest_filename: str) -> str:
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        if not hasattr(sess, "run") or not hasattr(sess, "graph"):
            raise TypeError(f"'sess' must be a Session; {sess}")
        save_path = os.fspath(save_path)
        folder = os.path.dirname(save_path) or "."
        if not os.path.isdir(folder):
            raise ValueError(f"Parent directory of {save_path} doesn't exist, can't save.")
        if step is None:
            if os.path.basename(save_path) == latest_filename:
                raise ValueError(
                    f"'latest_filename' collides with 'save_path': '{latest_filename}' and "
                    f"'{save_path}'"
                )
            return save_path
        number = step if isinstance(step, int) else int(value_of_step(sess, step))
        return f"{save_path}-{number:08d}" if self._pad_step_number else f"{save_path}-{number}"

    def _write(self, sess: Any, path: str) -> None:
        """Does what the graph's save op says, with the values in the session."""
        graph = sess.graph
        saved = graph.get_tensor_by_name(self.saver_def.save_tensor_name).op
        save_ops = _save_ops_before(saved)
        parts = sess.run([[op.inputs[1], list(op.inputs[3:])] for op in save_ops])
        tensors = {
            name.decode(): value
            for names, values in parts
            for name, value in zip(names, values, strict=True)
        }
        write_bundle(path, tensors)

    def _record(self, path: str) -> list[tuple[str, float]]:
        """Notes a checkpoint; gives those that are over the limit now."""
        most = self.saver_def.max_to_keep
        if not most:
            return []
        kept = [each for each in self._last_checkpoints if each[0] != path]
        kept.append((path, time.time()))
        self._last_checkpoints = kept[-most:]
        return kept[:-most]

    def _remove(self, dropped: list[tuple[str, float]], meta_graph_suffix: str) -> None:
        """Deletes checkpoints, but one for each time of so many hours."""
        for path, made in dropped:
            if made > self._next_kept:
                self._next_kept += self.saver_def.keep_checkpoint_every_n_hours * 3600
                continue
            try:
                remove_checkpoint(path, meta_graph_suffix=meta_graph_suffix)
            except OSError as error:
                logging.warning("Ignoring: %s", error)

    def export_meta_graph(
        self,
        filename: str | None = None,
        collection_list: Sequence[str] | None = None,
        as_text: bool = False,
        export_scope: str | None = None,
        clear_devices: bool = False,
        clear_extraneous_savers: bool = False,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> Any:
        """The default graph with this saver, as `tf.train.export_meta_graph` gives it."""
        return meta_graph.export_meta_graph(
            filename=filename,
            saver_def=self.saver_def,
            collection_list=collection_list,
            as_text=as_text,
            clear_devices=clear_devices,
        )

    # Restoring

    def restore(self, sess: Any, save_path: str | None) -> None:
        """Gives the variables the values of a checkpoint; they need not be initialised.

        Args:
          sess: the session.
          save_path: the path that `save` gave.

        Raises:
          ValueError: no path, or no checkpoint there.
          errors.NotFoundError: tensors are missing in it: all of them are named.
          errors.InvalidArgumentError: a tensor has another shape or dtype than its variable.
          errors.DataLossError: the files are damaged. In all cases no variable is changed.
        """
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        save_path = os.fspath(save_path)
        if not checkpoint_exists(save_path):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {save_path}")
        logging.info("Restoring parameters from %s", save_path)
        feed = {self.saver_def.filename_tensor_name: save_path}
        try:
            sess.run(self.saver_def.restore_op_name, feed)
        except errors.NotFoundError as error:
            raise _explained(error, "a Variable name or other graph key that is missing") from None
        except errors.InvalidArgumentError as error:
            text = "a mismatch between the current graph and the graph"
            raise _explained(error, text) from None

    # Which checkpoints there are

    @property
    def last_checkpoints(self) -> list[str]:
        """The checkpoints that were saved and not deleted, oldest first."""
        return [path for path, _ in self._last_checkpoints]

    def set_last_checkpoints(self, last_checkpoints: list[str]) -> None:
        """Takes these for the checkpoints there are; none of them is kept for its hours."""
        assert isinstance(last_checkpoints, list)
        self._last_checkpoints = [(path, math.inf) for path in last_checkpoints]

    def set_last_checkpoints_with_time(
        self, last_checkpoints_with_time: list[tuple[str, float]]
    ) -> None:
        """Takes these for the checkpoints there are: (path, seconds since the epoch)."""
        assert isinstance(last_checkpoints_with_time, list)
        self._last_checkpoints = last_checkpoints_with_time

    def recover_last_checkpoints(self, checkpoint_paths: Sequence[str]) -> None:
        """Takes those of the paths that are there for the checkpoints there are."""
        found = [(path, get_checkpoint_mtimes([path])) for path in checkpoint_paths]
        self.set_last_checkpoints_with_time([(path, times[0]) for path, times in found if times])

    # As a protocol buffer

    def as_saver_def(self) -> Any:
        """The SaverDef."""
        return self.saver_def

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The SaverDef."""
        return self.saver_def

    @staticmethod
    def from_proto(saver_def: Any, import_scope: str | None = None) -> Saver:
        """A saver of ops that are in the graph already."""
        return Saver(saver_def=saver_def, name=import_scope)


def _by_name(variables: Any) -> dict[str, Any]:
    """The variables' references, and things that tell what of them is saved, by their names in
    the checkpoint.

    Raises:
      TypeError, ValueError: what is no variable; a name that is there twice.
    """
    if isinstance(variables, Mapping):
        return {name: _reference(variable) for name, variable in variables.items()}
    if isinstance(variables, str) or not isinstance(variables, Iterable):
        raise TypeError(f"Variables to save should be passed in a dict or a list: {variables}")
    found: dict[str, Any] = {}
    for variable in _parts(variables):
        each = _reference(variable)
        name = _whole_name(variable) or (each.op.name if isinstance(each, Tensor) else each.name)
        if name in found:
            raise ValueError(f"At least two variables have the same name: {name}")
        found[name] = each
    return found


def _parts(variables: Iterable[Any]) -> Iterator[Any]:
    """Variables, those in parts as their parts."""
    for variable in variables:
        is_divided = hasattr(variable, "_get_variable_list")
        yield from variable._get_variable_list() if is_divided else [variable]


def _whole_name(variable: Any) -> str | None:
    """The name of the variable of which this is the only part; None for all others."""
    info = getattr(variable, "_save_slice_info", None)
    if info is None or list(info.var_shape) != list(info.full_shape):
        return None
    name: str = info.full_name
    return name


def _reference(variable: Any) -> Any:
    if hasattr(variable, "specs"):
        return variable
    tensor = variable if isinstance(variable, Tensor) else getattr(variable, "_ref", lambda: None)()
    if not isinstance(tensor, Tensor) or not tensor.dtype._is_ref_dtype:
        raise TypeError(f"Variable to save is not a Variable: {variable}")
    return tensor


def _save_ops_before(saved: Operation) -> list[Operation]:
    """The ops that write what a saver saves: one, or one for each shard."""
    found: dict[Operation, bool] = {}
    pending = [saved]
    while pending:
        op = pending.pop()
        if op not in found:
            found[op] = op.type == "SaveV2"
            before = [] if found[op] else [*op.control_inputs, *(t.op for t in op.inputs)]
            pending.extend(before)
    return [op for op, is_one in found.items() if is_one]


def _explained(error: errors.OpError, cause: str) -> errors.OpError:
    text = (
        f"Restoring from checkpoint failed. This is most likely due to {cause} from the "
        "checkpoint. Please ensure that you have not altered the graph expected based on the "
        f"checkpoint. Original error:\n\n{error.message}"
    )
    return type(error)(error.node_def, error.op, text)
