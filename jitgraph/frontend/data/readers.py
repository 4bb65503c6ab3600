"""Datasets of what is in files: lines, records, pieces of one length.

In: names of files. Out: datasets of strings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.data.datasets import AUTOTUNE, Dataset
from jitgraph.frontend.data.functions import traced
from jitgraph.frontend.data.sources import from_tensor_slices
from jitgraph.frontend.data.structures import TensorSpec, flat_shapes, flat_types
from jitgraph.frontend.data.transformations import number
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.dataset_definitions import (
    FIXED_LENGTH_RECORD_DATASET,
    FORMER_PARALLEL_INTERLEAVE_DATASET,
    TEXT_LINE_DATASET,
    TF_RECORD_DATASET,
)
from jitgraph.ops.reshaping import reshape

BUFFER_BYTES = 256 * 1024
TEXT = TensorSpec([], dtypes.string)


class _FromFiles(Dataset):
    """A dataset of what is in several files, one behind the other."""

    def __init__(self, filenames: Any, read: Callable[[Tensor], Any], parallel_reads: Any) -> None:
        names = _names(filenames)

        def one_file(filename: Any) -> Any:
            return read(convert_to_tensor(filename, dtypes.string, name="filename"))

        if parallel_reads is None:
            found = names.flat_map(one_file)
        elif parallel_reads == AUTOTUNE:
            found = names.interleave(one_file, num_parallel_calls=parallel_reads)
        else:
            found = interleaved_in_parallel(names, one_file, parallel_reads)
        super().__init__(found._variant_tensor, TEXT, [found])


def _names(filenames: Any) -> Dataset:
    if not isinstance(filenames, Dataset):
        given = convert_to_tensor(filenames, dtypes.string)
        named: Dataset = from_tensor_slices(reshape(given, [-1], name="flat_filenames"))
        return named
    if filenames.output_types != dtypes.string:
        raise TypeError("`filenames` must be a `tf.data.Dataset` of `tf.string` elements.")
    if not filenames.output_shapes.is_compatible_with([]):
        raise TypeError("`filenames` must be a `tf.data.Dataset` of scalar `tf.string` elements.")
    return filenames


def interleaved_in_parallel(
    source: Dataset,
    function: Callable[..., Any],
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffered: Any = None,
    prefetched: Any = None,
) -> Dataset:
    """The elements of datasets by turns, each read ahead by a thread."""
    title = "tf.data.experimental.parallel_interleave()"
    found = traced(function, title, source.element_spec)
    spec = found.element
    given = [
        number(cycle_length, "cycle_length"),
        number(block_length, "block_length"),
        number(sloppy, "sloppy", dtypes.bool),
        optional("buffer_output_elements", buffered, lambda: 2 * block_length),
        optional("prefetch_input_elements", prefetched, lambda: 2 * cycle_length),
    ]
    attrs = {
        "f": found.body,
        "output_types": flat_types(spec),
        "output_shapes": flat_shapes(spec),
    }
    inputs = [source._variant_tensor, found.captured, *given]
    made = apply(FORMER_PARALLEL_INTERLEAVE_DATASET, inputs, attrs)
    return Dataset(made, spec, [source], functions=[found])


def optional(
    name: str, value: Any, default: Callable[[], Any], dtype: Any = dtypes.int64
) -> Tensor:
    """A tensor for an argument that may be left out."""
    if value is not None:
        return number(value, name, dtype)
    return constant(default(), dtype, name=name)


def _common(compression_type: Any, buffer_size: Any) -> list[Tensor]:
    return [
        optional("compression_type", compression_type, lambda: "", dtypes.string),
        optional("buffer_size", buffer_size, lambda: BUFFER_BYTES),
    ]


class TextLineDataset(_FromFiles):
    """The lines of text files, without their ends.

    Args:
      filenames: names, or a dataset of names.
      compression_type: "", "GZIP" or "ZLIB".
      buffer_size: accepted.
      num_parallel_reads: so many files are read at a time, by turns.

    Raises:
      TypeError: the names are no strings.
      errors.NotFoundError: when run, if a file is missing.

    Example:
      >>> lines = tf.data.TextLineDataset(["a.txt", "b.txt"]).skip(1)
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        def read(name: Tensor) -> Dataset:
            given = [name, *_common(compression_type, buffer_size)]
            return Dataset(apply(TEXT_LINE_DATASET, given), TEXT)

        super().__init__(filenames, read, num_parallel_reads)


class TFRecordDataset(_FromFiles):
    """The records of TFRecord files.

    Args:
      filenames: names, or a dataset of names.
      compression_type: "", "GZIP" or "ZLIB".
      buffer_size: accepted.
      num_parallel_reads: so many files are read at a time, by turns.

    Raises:
      TypeError: the names are no strings.
      errors.NotFoundError, errors.DataLossError: when run, if a file is missing or damaged.

    Example:
      >>> examples = tf.data.TFRecordDataset("train.tfrecords").shuffle(1000).batch(32)
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        def read(name: Tensor) -> Dataset:
            given = [name, *_common(compression_type, buffer_size)]
            return Dataset(apply(TF_RECORD_DATASET, given), TEXT)

        super().__init__(filenames, read, num_parallel_reads)


class FixedLengthRecordDataset(_FromFiles):
    """Pieces of one length of files.

    Args:
      filenames: names, or a dataset of names.
      record_bytes: the length.
      header_bytes, footer_bytes: so many bytes at a file's beginning and end are left out.
      buffer_size: accepted.
      compression_type: "", "GZIP" or "ZLIB".
      num_parallel_reads: so many files are read at a time, by turns.

    Raises:
      TypeError: the names are no strings.
      errors.InvalidArgumentError: when run, if a file's length is no multiple.

    Example:
      >>> images = tf.data.FixedLengthRecordDataset("train-images-idx3-ubyte", 784, 16)
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        def read(name: Tensor) -> Dataset:
            length = number(record_bytes, "record_bytes")
            header = optional("header_bytes", header_bytes, lambda: 0)
            footer = optional("footer_bytes", footer_bytes, lambda: 0)
            size, kind = (
                optional("buffer_size", buffer_size, lambda: BUFFER_BYTES),
                optional("compression_type", compression_type, lambda: "", dtypes.string),
            )
            given = [name, header, length, footer, size, kind]
            return Dataset(apply(FIXED_LENGTH_RECORD_DATASET, given), TEXT)

        super().__init__(filenames, read, num_parallel_reads)
