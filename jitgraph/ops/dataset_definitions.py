"""Ops that make datasets: TensorSliceDataset, MapDataset and so on.

In: tensors; datasets, which are variant tensors; functions, as attributes. Out: a variant tensor,
whose value is a `Node`. The ops run in Python, between the programs of a run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph.ops import (
    dataset_calls as calls,
    dataset_files as files,
    dataset_sources as sources,
    dataset_steps as steps,
    dataset_threads as threads,
)
from jitgraph.ops.dataset_nodes import Node, as_value, read_only, refused
from jitgraph.ops.dataset_orders import Shuffled
from jitgraph.ops.definition import ANY, REQUIRED, Dims, OpDef, ShapeQuery, no_gradient
from jitgraph.shapes import TensorShape

Make = Callable[..., Node]


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


def _scalar(q: ShapeQuery) -> list[Dims | None]:
    return [()]


def _dataset(
    name: str,
    inputs: str,
    make: Make,
    *,
    functions: tuple[str, ...] = (),
    lists: tuple[str, ...] = (),
    structure: str = "output_types",
    **attrs: Any,
) -> OpDef:
    """An op that makes a dataset.

    Args:
      make: its reference: takes nodes for datasets, lists for lists, and gives a node.
      functions: attributes that are functions; lists: attributes that are lists of types.
      structure: the attribute with the types of an element; empty where it says none.
    """
    known = {"output_shapes": REQUIRED} if structure else {}
    listed = tuple(name for name in (*lists, structure) if name)

    def reference(*given: Any, **named: Any) -> np.ndarray:
        return as_value(make(*map(_plain, given), **named))

    return OpDef(
        name,
        f"{inputs} -> handle: variant",
        _scalar,
        types=dict.fromkeys(listed, ANY),
        attrs={**dict.fromkeys((*functions, *listed), REQUIRED), **known, **attrs},
        reference=reference,
        gradient=no_gradient,
        functions=functions,
        stateful=True,
        calls_python=True,
        samples=_no_samples,
    )


def _plain(given: Any) -> Any:
    """A dataset's node; other arrays as they are."""
    if isinstance(given, np.ndarray) and given.dtype == object and given.ndim == 0:
        item = given.item()
        return item if isinstance(item, Node) else given
    return given


# -- sources ---------------------------------------------------------------------------------------

TENSOR_DATASET = _dataset(
    "TensorDataset", "components: [Toutput_types]",
    lambda parts, **_: sources.Whole(tuple(map(read_only, parts))), structure="Toutput_types",
)  # fmt: skip
TENSOR_SLICE_DATASET = _dataset(
    "TensorSliceDataset", "components: [Toutput_types]",
    lambda parts, **_: sources.slices_of(parts), structure="Toutput_types",
)  # fmt: skip
RANGE_DATASET = _dataset(
    "RangeDataset", "start: int64, stop: int64, step: int64",
    lambda start, stop, step, **_: sources.steps_of(int(start), int(stop), int(step)),
)  # fmt: skip
RANDOM_DATASET = _dataset(
    "RandomDataset", "seed: int64, seed2: int64",
    lambda seed, seed2, **_: sources.RandomNumbers(int(seed), int(seed2)),
)  # fmt: skip


def _generated(
    begun: Any, following: Any, finished: Any, *, init_func: Any, next_func: Any,
    finalize_func: Any, **_: Any,
) -> Node:  # fmt: skip
    count = len(init_func.body.arguments)
    return sources.Generated(
        tuple(begun[:count]),
        init_func.bound(begun[count:]),
        next_func.bound(following),
        finalize_func.bound(finished),
    )


GENERATOR_DATASET = _dataset(
    "GeneratorDataset",
    "init_func_other_args: [Tinit_func_args], next_func_other_args: [Tnext_func_args], "
    "finalize_func_other_args: [Tfinalize_func_args]",
    _generated,
    functions=("init_func", "next_func", "finalize_func"),
    lists=("Tinit_func_args", "Tnext_func_args", "Tfinalize_func_args"),
)


def _names(given: Any) -> tuple[bytes, ...]:
    return tuple(given.reshape(-1).tolist())


TEXT_LINE_DATASET = _dataset(
    "TextLineDataset", "filenames: string, compression_type: string, buffer_size: int64",
    lambda names, kind, size: files.Lines(_names(names), files.compression_of(kind)), structure="",
)  # fmt: skip
TF_RECORD_DATASET = _dataset(
    "TFRecordDataset", "filenames: string, compression_type: string, buffer_size: int64",
    lambda names, kind, size: files.Records(_names(names), files.compression_of(kind)),
    structure="",
)  # fmt: skip


def _pieces(names: Any, header: Any, length: Any, footer: Any, size: Any, kind: Any) -> Node:
    if length <= 0:
        raise refused("`record_bytes` must be > 0")
    return files.Pieces(
        _names(names), int(header), int(length), int(footer), files.compression_of(kind)
    )


FIXED_LENGTH_RECORD_DATASET = _dataset(
    "FixedLengthRecordDatasetV2",
    "filenames: string, header_bytes: int64, record_bytes: int64, footer_bytes: int64, "
    "buffer_size: int64, compression_type: string",
    _pieces, structure="",
)  # fmt: skip

# -- steps -----------------------------------------------------------------------------------------


def _concatenated(first: Node, second: Node, **_: Any) -> Node:
    return steps.Joined(first, second)


def _repeated(source: Node, count: Any, **_: Any) -> Node:
    if isinstance(source, Shuffled) and source.changes and source.epochs == 1:
        return _shuffled_epochs(source.source, source.size, source.seed, source.seed2, count)
    return steps.Repeated(source, int(count))


def _shuffled_epochs(source: Node, size: Any, seed: Any, seed2: Any, count: Any, **_: Any) -> Node:
    if int(count) == 0:
        return steps.Repeated(source, 0)
    return Shuffled(
        source, _positive(size, "buffer_size must be greater than zero."), int(seed), int(seed2),
        epochs=int(count), draws_seeds=False,
    )  # fmt: skip


def _shuffled(
    source: Node, size: Any, seed: Any, seed2: Any, reshuffle_each_iteration: bool, **_: Any
) -> Node:
    count = _positive(size, "buffer_size must be greater than zero.")
    return Shuffled(source, count, int(seed), int(seed2), bool(reshuffle_each_iteration))


def _positive(given: Any, text: str) -> int:
    if given <= 0:
        raise refused(text)
    return int(given)


def _taken(source: Node, count: Any, **_: Any) -> Node:
    return steps.Part(source, 0, int(count) if count >= 0 else None)


def _skipped(source: Node, count: Any, **_: Any) -> Node:
    return steps.Part(source, int(count), None) if count >= 0 else steps.Repeated(source, 0)


def _sharded(source: Node, shards: Any, index: Any, **_: Any) -> Node:
    if shards <= 0:
        raise refused(
            f"Number of shards must be greater than zero (currently num_shards = {shards})."
        )
    if not 0 <= index < shards:
        raise refused(
            f"Index must be between 0 and {shards - 1} (currently index = {index}, "
            f"num_shards = {shards})."
        )
    return steps.Part(source, int(index), None, int(shards))


_BATCH = "Batch size must be greater than zero."


def _batched(source: Node, size: Any, drops: Any, **_: Any) -> Node:
    return steps.Batched(source, _positive(size, _BATCH), bool(drops))


def _padded(
    source: Node, size: Any, shapes: Any, values: Any, drops: Any = False, **_: Any
) -> Node:
    wanted = tuple(tuple(int(limit) for limit in shape) for shape in shapes)
    return steps.PaddedBatches(source, _positive(size, _BATCH), wanted, tuple(values), bool(drops))


def _windows(source: Node, size: Any, shift: Any, stride: Any, drops: Any, **_: Any) -> Node:
    return steps.Windows(
        source,
        _positive(size, "Window size must be greater than zero."),
        _positive(shift, "Window shift must be greater than zero."),
        _positive(stride, "Window stride must be greater than zero."),
        bool(drops),
    )


def _cached(source: Node, filename: Any, **_: Any) -> Node:
    return files.Cached(source, filename.item().decode())


def _same(source: Node, *_: Any, **__: Any) -> Node:
    return source


_SOURCE = "input_dataset: variant"
ZIP_DATASET = _dataset(
    "ZipDataset", "input_datasets: N*variant",
    lambda given, **_: steps.Zipped(tuple(map(_plain, given))),
)  # fmt: skip
CONCATENATE_DATASET = _dataset(
    "ConcatenateDataset", f"{_SOURCE}, another_dataset: variant", _concatenated
)
REPEAT_DATASET = _dataset("RepeatDataset", f"{_SOURCE}, count: int64", _repeated)
CACHE_DATASET = _dataset("CacheDataset", f"{_SOURCE}, filename: string", _cached)
SHUFFLE_DATASET = _dataset(
    "ShuffleDataset", f"{_SOURCE}, buffer_size: int64, seed: int64, seed2: int64", _shuffled,
    reshuffle_each_iteration=True,
)  # fmt: skip
SHUFFLE_AND_REPEAT_DATASET = _dataset(
    "ShuffleAndRepeatDataset",
    f"{_SOURCE}, buffer_size: int64, seed: int64, seed2: int64, count: int64", _shuffled_epochs,
)  # fmt: skip
TAKE_DATASET = _dataset("TakeDataset", f"{_SOURCE}, count: int64", _taken)
SKIP_DATASET = _dataset("SkipDataset", f"{_SOURCE}, count: int64", _skipped)
SHARD_DATASET = _dataset(
    "ShardDataset", f"{_SOURCE}, num_shards: int64, index: int64", _sharded,
    require_non_empty=False,
)  # fmt: skip
BATCH_DATASET = _dataset(
    "BatchDatasetV2", f"{_SOURCE}, batch_size: int64, drop_remainder: bool", _batched,
    parallel_copy=False,
)  # fmt: skip
_PADDED = f"{_SOURCE}, batch_size: int64, padded_shapes: N*int64, padding_values: [Toutput_types]"
PADDED_BATCH_DATASET = _dataset(
    "PaddedBatchDatasetV2", f"{_PADDED}, drop_remainder: bool", _padded,
    structure="Toutput_types", parallel_copy=False,
)  # fmt: skip
WINDOW_DATASET = _dataset(
    "WindowDataset",
    f"{_SOURCE}, size: int64, shift: int64, stride: int64, drop_remainder: bool", _windows,
)  # fmt: skip
UNBATCH_DATASET = _dataset("UnbatchDataset", _SOURCE, lambda source, **_: steps.Unbatched(source))
IGNORE_ERRORS_DATASET = _dataset(
    "IgnoreErrorsDataset", _SOURCE, lambda source, **_: steps.WithoutErrors(source)
)
UNIQUE_DATASET = _dataset("UniqueDataset", _SOURCE, lambda source, **_: steps.Distinct(source))
OPTIMIZE_DATASET = _dataset(
    "OptimizeDataset", f"{_SOURCE}, optimizations: string", _same, optimization_configs=()
)
MODEL_DATASET = _dataset("ModelDataset", _SOURCE, _same, algorithm=0, cpu_budget=0)
PREFETCH_DATASET = _dataset(
    "PrefetchDataset", f"{_SOURCE}, buffer_size: int64",
    lambda source, size, **_: threads.Prefetched(source, int(size)),
    slack_period=0, legacy_autotune=True,
)  # fmt: skip

# -- functions -------------------------------------------------------------------------------------


def _mapped(source: Node, others: Any, *, f: Any, preserve_cardinality: bool, **_: Any) -> Node:
    return calls.Mapped(source, f.bound(others), preserve_cardinality)


def _mapped_in_parallel(
    source: Node, others: Any, count: Any, *, f: Any, preserve_cardinality: bool, **_: Any
) -> Node:
    return threads.MappedInParallel(source, f.bound(others), int(count), preserve_cardinality)


def _mapped_and_batched(
    source: Node, others: Any, size: Any, count: Any, drops: Any, *, f: Any,
    preserve_cardinality: bool, **_: Any,
) -> Node:  # fmt: skip
    mapped = threads.MappedInParallel(source, f.bound(others), int(count), preserve_cardinality)
    return _batched(mapped, size, drops)


def _flattened(source: Node, others: Any, *, f: Any, **_: Any) -> Node:
    return calls.Flattened(source, f.bound(others))


def _interleaved(source: Node, others: Any, cycle: Any, block: Any, *, f: Any, **_: Any) -> Node:
    return calls.Interleaved(source, f.bound(others), *_turns(cycle, block))


def _interleaved_in_parallel(
    source: Node, others: Any, cycle: Any, block: Any, *more: Any, f: Any, **_: Any
) -> Node:
    turns, many = _turns(cycle, block)
    size = 2 * many

    def opened(node: Node, run: Any) -> Any:
        return threads.prefetched(node.stream(run), size, run)

    is_former = len(more) > 1
    return calls.Interleaved(source, f.bound(others), turns, many, opened, is_former)


def _turns(cycle: Any, block: Any) -> tuple[int, int]:
    if cycle != threads.AUTOTUNE and cycle <= 0:
        raise refused("cycle_length must be greater than zero.")
    many = _positive(block, "block_length must be greater than zero.")
    return threads.threads_for(int(cycle)), many


def _filtered(source: Node, others: Any, *, predicate: Any, **_: Any) -> Node:
    return calls.Filtered(source, predicate.bound(others))


def _taken_while(source: Node, others: Any, *, predicate: Any, **_: Any) -> Node:
    return calls.Filtered(source, predicate.bound(others), stops=True)


def _scanned(source: Node, state: Any, others: Any, *, f: Any, **_: Any) -> Node:
    return calls.Scanned(source, f.bound(others), tuple(state))


def _grouped(
    source: Node, key: Any, reduce: Any, size: Any, *, key_func: Any, reduce_func: Any,
    window_size_func: Any, **_: Any,
) -> Node:  # fmt: skip
    return calls.Grouped(
        source, key_func.bound(key), reduce_func.bound(reduce), window_size_func.bound(size)
    )


_CALLED: dict[str, Any] = {"functions": ("f",), "lists": ("Targuments",)}
_CHOSEN: dict[str, Any] = {"functions": ("predicate",), "lists": ("Targuments",)}
_OTHERS = f"{_SOURCE}, other_arguments: [Targuments]"
_TURNS = f"{_OTHERS}, cycle_length: int64, block_length: int64"
MAP_DATASET = _dataset(
    "MapDataset", _OTHERS, _mapped, **_CALLED, use_inter_op_parallelism=True,
    preserve_cardinality=False,
)  # fmt: skip
PARALLEL_MAP_DATASET = _dataset(
    "ParallelMapDataset", f"{_OTHERS}, num_parallel_calls: int32", _mapped_in_parallel, **_CALLED,
    use_inter_op_parallelism=True, sloppy=False, preserve_cardinality=False,
)  # fmt: skip
MAP_AND_BATCH_DATASET = _dataset(
    "MapAndBatchDataset",
    f"{_OTHERS}, batch_size: int64, num_parallel_calls: int64, drop_remainder: bool",
    _mapped_and_batched, **_CALLED, preserve_cardinality=False,
)  # fmt: skip
FLAT_MAP_DATASET = _dataset("FlatMapDataset", _OTHERS, _flattened, **_CALLED)
INTERLEAVE_DATASET = _dataset("InterleaveDataset", _TURNS, _interleaved, **_CALLED)
PARALLEL_INTERLEAVE_DATASET = _dataset(
    "ParallelInterleaveDatasetV2", f"{_TURNS}, num_parallel_calls: int64",
    _interleaved_in_parallel, **_CALLED, sloppy=False,
)  # fmt: skip
FORMER_PARALLEL_INTERLEAVE_DATASET = _dataset(
    "ParallelInterleaveDataset",
    f"{_TURNS}, sloppy: bool, buffer_output_elements: int64, prefetch_input_elements: int64",
    _interleaved_in_parallel, **_CALLED,
)  # fmt: skip
FILTER_DATASET = _dataset("FilterDataset", _OTHERS, _filtered, **_CHOSEN)
TAKE_WHILE_DATASET = _dataset("TakeWhileDataset", _OTHERS, _taken_while, **_CHOSEN)
SCAN_DATASET = _dataset(
    "ScanDataset",
    f"{_SOURCE}, initial_state: [Tstate], other_arguments: [Targuments]", _scanned,
    functions=("f",), lists=("Tstate", "Targuments"), preserve_cardinality=False,
)  # fmt: skip
GROUP_BY_WINDOW_DATASET = _dataset(
    "GroupByWindowDataset",
    f"{_SOURCE}, key_func_other_arguments: [Tkey_func_other_arguments], "
    "reduce_func_other_arguments: [Treduce_func_other_arguments], "
    "window_size_func_other_arguments: [Twindow_size_func_other_arguments]",
    _grouped,
    functions=("key_func", "reduce_func", "window_size_func"),
    lists=(
        "Tkey_func_other_arguments",
        "Treduce_func_other_arguments",
        "Twindow_size_func_other_arguments",
    ),
)

UNKNOWN = TensorShape(None)
