"""tf.io: files, records, and what stands in them."""

from __future__ import annotations

from jitgraph.frontend.api import io_gfile as gfile
from jitgraph.frontend.files.matched_filenames import match_filenames_once
from jitgraph.frontend.graph_util import write_graph
from jitgraph.frontend.image_formats import decode_image, is_jpeg
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
from jitgraph.frontend.records.sequences import parse_single_sequence_example
from jitgraph.ops.csv_decoding import decode_csv
from jitgraph.ops.decompression import decode_compressed
from jitgraph.ops.file_contents import matching_files, read_file, write_file
from jitgraph.ops.image_decoding import (
    decode_and_crop_jpeg,
    decode_bmp,
    decode_gif,
    decode_jpeg,
    decode_png,
    extract_jpeg_shape,
)
from jitgraph.ops.image_encoding import encode_jpeg
from jitgraph.ops.raw_decoding import decode_raw
from jitgraph.ops.string_base64 import decode_base64, encode_base64

__all__ = [
    "FixedLenFeature",
    "FixedLenSequenceFeature",
    "TFRecordCompressionType",
    "TFRecordOptions",
    "TFRecordWriter",
    "VarLenFeature",
    "decode_and_crop_jpeg",
    "decode_base64",
    "decode_bmp",
    "decode_compressed",
    "decode_csv",
    "decode_gif",
    "decode_image",
    "decode_jpeg",
    "decode_png",
    "decode_raw",
    "encode_base64",
    "encode_jpeg",
    "extract_jpeg_shape",
    "gfile",
    "is_jpeg",
    "match_filenames_once",
    "matching_files",
    "parse_example",
    "parse_single_example",
    "parse_single_sequence_example",
    "read_file",
    "tf_record_iterator",
    "write_file",
    "write_graph",
]
