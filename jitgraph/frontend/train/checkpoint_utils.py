"""Stage frontend: looking into checkpoints without a graph, and starting variables from them.

In: a checkpoint's path, or its folder. Out: names, shapes, values; or initial values of variables.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from jitgraph.checkpoint.tensor_bundle import BundleReader
from jitgraph.dtypes import DType
from jitgraph.frontend.train.checkpoint_state import latest_checkpoint
from jitgraph.graph import GraphKeys, get_collection
from jitgraph.ops import state
from jitgraph.ops.checkpointing import restore_v2


class CheckpointReader:
    """The tensors of a checkpoint.

    Args:
      filepattern: the path without `.index`.

    Raises:
      errors.NotFoundError, errors.DataLossError: there is none, or it is damaged.

    Example:
      >>> reader = tf.train.NewCheckpointReader("/tmp/model/mlp-100")
      >>> reader.get_tensor("w")
    """

    def __init__(self, filepattern: str) -> None:
        self._reader = BundleReader(os.fspath(filepattern))

    def get_tensor(self, tensor_str: str) -> Any:
        """The tensor of that name, an array or a scalar.

        Raises:
          errors.NotFoundError: there is none.
        """
        array = self._reader.read(tensor_str)
        return array if array.ndim else array[()]

    def has_tensor(self, tensor_str: str) -> bool:
        """Whether there is a tensor of that name."""
        return tensor_str in self._reader.entries

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """The shapes by name."""
        return {name: list(entry.shape) for name, entry in self._reader.entries.items()}

    def get_variable_to_dtype_map(self) -> dict[str, DType]:
        """The dtypes by name."""
        return {name: entry.dtype for name, entry in self._reader.entries.items()}

    def debug_string(self) -> bytes:
        """A line for each tensor: name, dtype, shape."""
        lines = [
            f"{name} ({entry.dtype.name}) {list(entry.shape)}"
            for name, entry in self._reader.entries.items()
        ]
        return "\n".join(lines).encode()


def NewCheckpointReader(filepattern: str) -> CheckpointReader:
    """A `CheckpointReader`."""
    return CheckpointReader(filepattern)


def load_checkpoint(ckpt_dir_or_file: str) -> CheckpointReader:
    """A reader of a checkpoint, or of the latest one in a folder.

    Raises:
      ValueError: the folder has none.
    """
    path = os.fspath(ckpt_dir_or_file)
    if os.path.isdir(path):
        latest = latest_checkpoint(path)
        if latest is None:
            raise ValueError(
                "Couldn't find 'checkpoint' file or checkpoints in given directory "
                f"{ckpt_dir_or_file}"
            )
        path = latest
    return CheckpointReader(path)


def list_variables(ckpt_dir_or_file: str) -> list[tuple[str, list[int]]]:
    """(name, shape) of all tensors in a checkpoint, by name."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def load_variable(ckpt_dir_or_file: str, name: str) -> np.ndarray:
    """The tensor `name` (or `name:0`) of a checkpoint."""
    found: np.ndarray = load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))
    return found


def init_from_checkpoint(ckpt_dir_or_file: str, assignment_map: Mapping[str, Any]) -> None:
    """Has variables start with values of a checkpoint, when their initializers run.

    Args:
      ckpt_dir_or_file: the checkpoint, or its folder.
      assignment_map: {name in the checkpoint: variable or its name}; or {"scope/": "scope/"} for
        all variables of a scope, "/" being all of them.

    Raises:
      ValueError: a tensor is missing in the checkpoint, has another shape, or a variable isn't
        there.

    Example:
      >>> tf.train.init_from_checkpoint("/tmp/model", {"hidden/": "encoder/hidden/"})
    """
    reader = load_checkpoint(ckpt_dir_or_file)
    shapes = reader.get_variable_to_shape_map()
    path = reader._reader.prefix
    for source, target in sorted(assignment_map.items()):
        for name, variable in _pairs(source, target, shapes, path):
            _start_from(path, name, variable, shapes)


def _pairs(source: str, target: Any, shapes: Mapping[str, Any], path: str) -> list[Any]:
    """(name in the checkpoint, variable) of one entry of the map."""
    variables = {v.op.name: v for v in get_collection(GraphKeys.GLOBAL_VARIABLES)}
    if not source.endswith("/"):
        if isinstance(target, str):
            if target not in variables:
                raise ValueError(f"Assignment map with scope only name {source} has no {target}")
            target = variables[target]
        return [(source, target)]
    if not isinstance(target, str) or not target.endswith("/"):
        raise ValueError(f"Assignment map with scope only name {source} should map to scope only "
                         f"{target}. Should be 'scope/': 'other_scope/'.")  # fmt: skip
    outer, inner = source.removesuffix("/"), target.removesuffix("/")
    found = []
    for name, variable in variables.items():
        if inner and not name.startswith(f"{inner}/"):
            continue
        rest = name[len(inner) + 1 :] if inner else name
        found.append((f"{outer}/{rest}" if outer else rest, variable))
    for name, _ in found:
        if name not in shapes:
            raise ValueError(
                f"Tensor {name} ({source} in {target}) is not found in {path} checkpoint"
            )
    return found


def _start_from(path: str, name: str, variable: Any, shapes: Mapping[str, Any]) -> None:
    if name not in shapes:
        raise ValueError(f"Tensor {name} is not found in {path} checkpoint {shapes}")
    shape = variable.get_shape()
    if not shape.is_compatible_with(shapes[name]):
        raise ValueError(
            f"Shape of variable {variable.name} ({shape}) doesn't match with shape of tensor "
            f"{name} ({shapes[name]}) from checkpoint reader."
        )
    (restored,) = restore_v2(
        path, [name], [""], [variable.dtype.base_dtype], "checkpoint_initializer"
    )
    restored.set_shape(shape)
    variable._initializer_op = state.assign(variable._ref(), restored).op
    variable._initial_value = restored
