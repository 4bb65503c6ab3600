"""Ops that make and use readers: TextLineReaderV2 and so on, ReaderReadV2.

In: a queue of the names of files. Out: records, as strings. They run in Python, between the
programs of a run.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.ops import held_readers as readers
from jitgraph.ops.definition import REQUIRED, Dims, OpDef, ShapeQuery, no_gradient
from jitgraph.ops.held_queues import HeldQueue
from jitgraph.ops.held_readers import HeldReader, as_array, as_vector


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


def _scalar(q: ShapeQuery) -> list[Dims | None]:
    return [()]


def _making(name: str, reference: Any, **attrs: Any) -> OpDef:
    shared = {"container": "", "shared_name": ""}
    return OpDef(
        name,
        "-> reader_handle: resource",
        _scalar,
        attrs={**shared, **attrs},
        reference=reference,
        gradient=no_gradient,
        stateful=True,
        holds=True,
        samples=_no_samples,
    )


def _whole_files(title: str, **attrs: Any) -> HeldReader:
    return HeldReader(title, readers.whole_file)


def _names(title: str, **attrs: Any) -> HeldReader:
    return HeldReader(title, readers.identity)


def _lines(title: str, skip_header_lines: int, **attrs: Any) -> HeldReader:
    return HeldReader(title, lambda name: readers.lines(name, skip_header_lines))


def _pieces(title: str, **attrs: Any) -> HeldReader:
    parts = ("header_bytes", "record_bytes", "footer_bytes", "hop_bytes", "encoding")
    given: list[Any] = [attrs[part] for part in parts]
    return HeldReader(title, lambda name: readers.fixed_length(name, *given))


def _records(title: str, compression_type: str, **attrs: Any) -> HeldReader:
    return HeldReader(title, lambda name: readers.records(name, compression_type))


WHOLE_FILE_READER = _making("WholeFileReaderV2", _whole_files)
IDENTITY_READER = _making("IdentityReaderV2", _names)
TEXT_LINE_READER = _making("TextLineReaderV2", _lines, skip_header_lines=0)
FIXED_LENGTH_RECORD_READER = _making(
    "FixedLengthRecordReaderV2", _pieces, header_bytes=0, record_bytes=REQUIRED, footer_bytes=0,
    hop_bytes=0, encoding="",
)  # fmt: skip
TF_RECORD_READER = _making("TFRecordReaderV2", _records, compression_type="")


def _using(name: str, signature: str, shape: Any, reference: Any) -> OpDef:
    return OpDef(
        name,
        signature,
        shape,
        reference=reference,
        gradient=no_gradient,
        stateful=True,
        must_run=True,
        calls_python=True,
        samples=_no_samples,
    )


def _read(reader: HeldReader, queue: HeldQueue) -> Any:
    key, contents = reader.read(queue)
    return as_array(key), as_array(contents)


def _read_up_to(reader: HeldReader, queue: HeldQueue, most: Any) -> Any:
    found = reader.read_up_to(queue, int(most))
    return tuple(as_vector(list(parts)) for parts in zip(*found, strict=True))


READER_READ = _using(
    "ReaderReadV2", "reader_handle: resource, queue_handle: resource -> key: string, value: string",
    lambda q: [(), ()], _read,
)  # fmt: skip
READER_READ_UP_TO = _using(
    "ReaderReadUpToV2",
    "reader_handle: resource, queue_handle: resource, num_records: int64 "
    "-> keys: string, values: string",
    lambda q: [(None,), (None,)], _read_up_to,
)  # fmt: skip
READER_RECORDS = _using(
    "ReaderNumRecordsProducedV2", "reader_handle: resource -> records_produced: int64", _scalar,
    lambda reader: np.asarray(reader.records, np.int64),
)  # fmt: skip
READER_UNITS = _using(
    "ReaderNumWorkUnitsCompletedV2", "reader_handle: resource -> units_completed: int64", _scalar,
    lambda reader: np.asarray(reader.files, np.int64),
)  # fmt: skip
READER_RESET = _using(
    "ReaderResetV2", "reader_handle: resource ->", lambda q: [], lambda reader: reader.reset()
)
