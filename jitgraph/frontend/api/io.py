"""tf.io: files, records, and what stands in them."""

from __future__ import annotations

from jitgraph.frontend.api import io_gfile as gfile
from jitgraph.frontend.graph_util import write_graph
from jitgraph.frontend.records.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    VarLenFeature,
)
from jitgraph.frontend.records.parsing import parse_example, parse_single_example
from jitgraph.frontend.records.record_files import (
    TFRecordCompressionType,
    TFRecordOptions,
    TFRecordWriter,
    tf_record_iterator,
)
from jitgraph.ops.csv_decoding import decode_csv
from jitgraph.ops.decompression import decode_compressed
from jitgraph.ops.raw_decoding import decode_raw
from jitgraph.ops.string_base64 import decode_base64, encode_base64

__all__ = [
    "FixedLenFeature",
    "FixedLenSequenceFeature",
    "TFRecordCompressionType",
    "TFRecordOptions",
    "TFRecordWriter",
    "VarLenFeature",
    "decode_base64",
    "decode_compressed",
    "decode_csv",
    "decode_raw",
    "encode_base64",
    "gfile",
    "parse_example",
    "parse_single_example",
    "tf_record_iterator",
    "write_graph",
]
