"""The ops that a saver adds to a graph: TensorFlow's, so that it reads the graphs.

In: a path as a tensor, what is kept. Out: the tensor that saves, the operation that restores.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from jitgraph.graph import (
    Operation,
    Tensor,
    control_dependencies,
    device,
    get_default_graph,
)
from jitgraph.ops import state
from jitgraph.ops.apply import apply, create
from jitgraph.ops.checkpointing import (
    MERGE_CHECKPOINTS,
    SHARDED_FILENAME,
    restore_v2,
    save_v2,
)
from jitgraph.ops.constants import constant
from jitgraph.ops.identities import group, identity
from jitgraph.ops.string_joining import string_join


class Kept(NamedTuple):
    """A variable, or another thing with contents: names and tensors in the checkpoint, and for
    other things how they are restored."""

    names: list[str]
    tensors: list[Tensor]
    restore: Callable[[Sequence[Tensor]], Operation] | None

    @staticmethod
    def of(name: str, each: Any) -> Kept:
        """What is kept of a variable's reference, or of another thing."""
        if isinstance(each, Tensor):
            return Kept([name], [each], None)
        names, tensors = zip(*each.specs, strict=True)
        return Kept(list(names), list(tensors), each.restore)


def save_ops(filename: Tensor, kept: Sequence[Kept], is_sharded: bool) -> Tensor:
    """The ops that save.

    Args:
      filename: the path.
      kept: what is saved.
      is_sharded: whether each device writes a file of its own, which are then joined.

    Returns:
      The path, there when all is saved.
    """
    if not is_sharded:
        return _save(filename, kept)
    part = string_join([filename, f"_temp_{uuid.uuid4().hex}/part"])
    shards = _by_device(kept)
    count = constant(len(shards), name="num_shards")
    names, saved = [], []
    for number, (place, each) in enumerate(shards):
        with device(place):
            names.append(apply(SHARDED_FILENAME, [part, number, count]))
            saved.append(_save(names[-1], each))
    with control_dependencies([each.op for each in saved]):
        merged = create(MERGE_CHECKPOINTS, [names, filename])
        with control_dependencies([merged]):
            return identity(filename)


def _by_device(kept: Sequence[Kept]) -> list[tuple[str, list[Kept]]]:
    found: dict[str, list[Kept]] = {}
    for each in kept:
        found.setdefault(each.tensors[0].op.device or "", []).append(each)
    return sorted(found.items())


def _save(filename: Tensor, kept: Sequence[Kept]) -> Tensor:
    names = [name for each in kept for name in each.names]
    tensors = [tensor for each in kept for tensor in each.tensors]
    save = save_v2(filename, names, [""] * len(names), tensors)
    with control_dependencies([save]), get_default_graph().colocate_with(filename.op):
        return identity(filename, name="control_dependency")


def restore_ops(
    filename: Tensor, kept: Sequence[Kept], reshape: bool, is_sharded: bool
) -> Operation:
    """The operation that restores.

    Args:
      filename: the path.
      kept: what is restored.
      reshape: whether a variable may have another shape than in the checkpoint.
      is_sharded: whether there is an operation for each device.
    """
    if not is_sharded:
        return _restore(filename, kept, reshape, "restore_all")
    restored = []
    for place, each in _by_device(kept):
        with device(place):
            restored.append(_restore(filename, each, reshape, "restore_shard"))
    return group(*restored, name="restore_all")


def _restore(filename: Tensor, kept: Sequence[Kept], reshape: bool, name: str) -> Operation:
    names = [each_name for each in kept for each_name in each.names]
    with device("cpu:0"):
        dtypes = [tensor.dtype.base_dtype for each in kept for tensor in each.tensors]
        restored = iter(restore_v2(filename, names, [""] * len(names), dtypes))
    assigned: list[Any] = []
    for each in kept:
        values = [next(restored) for _ in each.names]
        if each.restore is None:
            assigned.append(_assigned(each.tensors[0], values[0], reshape))
        else:
            assigned.append(each.restore(values))
    return group(*assigned, name=name)


def _assigned(tensor: Tensor, value: Tensor, reshape: bool) -> Tensor:
    if reshape:
        from jitgraph.ops.reshaping import reshape as reshaped

        value = reshaped(value, tensor.get_shape().as_list())
    fixed = not reshape and tensor.get_shape().is_fully_defined()
    return state.assign(tensor, value, validate_shape=fixed)
