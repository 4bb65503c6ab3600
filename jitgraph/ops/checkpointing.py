"""Ops that write and read checkpoints, as `tf.train.Saver` adds them to a graph.

In: a path, names, tensors. Out: files; or the tensors in them. Reading is computed before the rest
of a run, since the sizes of what is read are not known before; writing is done by `Saver.save`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.checkpoint.tensor_bundle import BundleReader
from jitgraph.errors import NotFoundError
from jitgraph.graph import Operation, Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import ANY, REQUIRED, OpDef, Sample, no_gradient

SAVE = OpDef(
    "SaveV2",
    "prefix: string, tensor_names: string, shape_and_slices: string, tensors: [dtypes] -> ",
    lambda q: [],
    types={"dtypes": ANY},
    stateful=True,
    gradient=no_gradient,
)


def _restored(
    prefix: np.ndarray, tensor_names: np.ndarray, shape_and_slices: np.ndarray, dtypes: Any
) -> tuple[np.ndarray, ...]:
    reader = BundleReader(_text(np.asarray(prefix).item()))
    names = [_text(name) for name in np.asarray(tensor_names).ravel().tolist()]
    missing = [name for name in names if name not in reader.entries]
    if missing:
        more = f" (nor {', '.join(missing[1:])})" if missing[1:] else ""
        raise NotFoundError(None, None, f"Key {missing[0]} not found in checkpoint{more}")
    for name, dtype in zip(names, dtypes, strict=True):
        found = reader.entries[name].dtype
        if found != dtype:
            raise ValueError(
                f"tensor_name = {name}; expected dtype {dtype.name} does not equal original "
                f"dtype {found.name}"
            )
    return tuple(reader.read(name) for name in names)


def _text(name: Any) -> str:
    return name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else str(name)


RESTORE = OpDef(
    "RestoreV2",
    "prefix: string, tensor_names: string, shape_and_slices: string -> tensors: [dtypes]",
    lambda q: [None] * len(q.attrs["dtypes"]),
    types={"dtypes": ANY},
    attrs={"dtypes": REQUIRED},
    reference=_restored,
    stateful=True,
    gradient=no_gradient,
    samples=lambda rng: (),
)


def save_v2(
    prefix: Any, tensor_names: Any, shape_and_slices: Any, tensors: Any, name: str | None = None
) -> Operation:
    """Writes tensors to a checkpoint: the op of `Saver.save`, which also runs it.

    Args:
      prefix: a string tensor: the path without `.index`.
      tensor_names: their names in the checkpoint; shape_and_slices: an empty string for each.
      tensors: the tensors.
    """
    return apply(SAVE, [prefix, tensor_names, shape_and_slices, tensors], name=name)


def restore_v2(
    prefix: Any, tensor_names: Any, shape_and_slices: Any, dtypes: Any, name: str | None = None
) -> list[Tensor]:
    """Reads tensors from a checkpoint.

    Args:
      prefix: a string tensor: the path without `.index`.
      tensor_names: their names in the checkpoint; shape_and_slices: an empty string for each.
      dtypes: their dtypes.

    Returns:
      The tensors, of unknown shapes. A run raises errors.NotFoundError for a missing checkpoint
      and for missing tensors, all of which it names.
    """
    attrs = {"dtypes": tuple(dtypes)}
    return apply(RESTORE, [prefix, tensor_names, shape_and_slices], attrs, name)


def _shard_name(basename: np.ndarray, shard: np.ndarray, num_shards: np.ndarray) -> np.ndarray:
    base = _text(np.asarray(basename).item())
    name = f"{base}-{int(np.asarray(shard)):05d}-of-{int(np.asarray(num_shards)):05d}"
    result = np.empty((), object)
    result[()] = name.encode("utf-8", "surrogateescape")
    return result


def _shard_samples(rng: np.random.Generator) -> Any:
    name = np.array(b"model", object)
    yield Sample((name, np.int32(0), np.int32(1)))
    yield Sample((name, np.int32(123), np.int32(123456)))


SHARDED_FILENAME = OpDef(
    "ShardedFilename",
    "basename: string, shard: int32, num_shards: int32 -> filename: string",
    lambda q: [()],
    reference=_shard_name,
    gradient=no_gradient,
    samples=_shard_samples,
)

MERGE_CHECKPOINTS = OpDef(
    "MergeV2Checkpoints",
    "checkpoint_prefixes: string, destination_prefix: string -> ",
    lambda q: [],
    attrs={"delete_old_dirs": True},
    stateful=True,
    gradient=no_gradient,
)
"""TensorFlow's savers write shards and join them; `Saver.save` writes one file."""

OPS = (SAVE, RESTORE, SHARDED_FILENAME, MERGE_CHECKPOINTS)
"""The definitions of this family."""
