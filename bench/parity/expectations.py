"""What is allowed: tolerances in units in the last place, and intended differences with reasons.

In: nothing. Out: two literal tables and the look-ups in them.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np

EXACT = 0.0
ARITHMETIC = 16.0
"""2e-6 relative in float32."""
HALF = {"float16": 2.0, "bfloat16": 4.0}
"""TensorFlow rounds to half precision after each op of a composition, a kernel once."""

GRADIENT = 4.0
"""Gradients are made of several ops: this many times the op's own tolerance."""

TOLERANCES: dict[str, float] = {
    "CTCLoss": 64.0,
    **dict.fromkeys(("Igamma", "Igammac", "IgammaGradA", "RandomGammaGrad"), 4096.0),
}
"""Ops that are allowed more (or less) than ARITHMETIC: TensorFlow adds up hundreds of float32
logarithms for CTCLoss, we float64 ones; it ends series of slopes by gamma's parameter at 1e-12."""


COMPARED_ELSEWHERE: dict[str, str] = {
    "ImageSummary": "libpng compresses otherwise, pixels are compared: tests/summaries",
    "MergeV2Checkpoints": "savers that TensorFlow wrote: tests/saved_model",
    "RefEnter": "made only by loops around a variable's reference: tests/reference",
    "RefExit": "made only by loops around a variable's reference: tests/reference",
    "RefMerge": "made only by loops around a variable's reference: tests/reference",
    "RefNextIteration": "made only by loops around a variable's reference: tests/reference",
    "RestoreV2": "files written by TensorFlow: tests/checkpoint",
    "SaveV2": "files equal TensorFlow's byte for byte: tests/checkpoint",
    **dict.fromkeys(
        (
            *("StackV2", "StackPushV2", "StackPopV2", "StackCloseV2", "TensorArrayCloseV3"),
            *("TensorArrayV3", "TensorArrayGradV3", "TensorArrayWriteV3", "TensorArrayReadV3"),
            *("TensorArrayGatherV3", "TensorArrayScatterV3", "TensorArrayConcatV3"),
            *("TensorArraySplitV3", "TensorArraySizeV3", "ControlTrigger"),
        ),
        "values recorded from TensorFlow 1.15: tests/loops",
    ),
    **dict.fromkeys(
        (
            *("FIFOQueueV2", "PaddingFIFOQueueV2", "PriorityQueueV2", "RandomShuffleQueueV2"),
            *("QueueEnqueueV2", "QueueEnqueueManyV2", "QueueDequeueV2", "QueueDequeueManyV2"),
            *("QueueDequeueUpToV2", "QueueCloseV2", "QueueIsClosedV2", "QueueSizeV2"),
            *("WholeFileReaderV2", "IdentityReaderV2", "TextLineReaderV2", "TFRecordReaderV2"),
            *("FixedLengthRecordReaderV2", "ReaderReadV2", "ReaderReadUpToV2", "ReaderResetV2"),
            *("ReaderNumRecordsProducedV2", "ReaderNumWorkUnitsCompletedV2"),
        ),
        "a session keeps queues and readers: tests/queues",
    ),
    **dict.fromkeys(
        (
            *("HashTableV2", "MutableHashTableV2", "MutableHashTableOfTensorsV2"),
            "MutableDenseHashTableV2",
            *("InitializeTableV2", "InitializeTableFromTextFileV2", "LookupTableFindV2"),
            *("LookupTableInsertV2", "LookupTableImportV2", "LookupTableRemoveV2"),
            *("LookupTableSizeV2", "LookupTableExportV2"),
        ),
        "a session keeps tables: tests/strings",
    ),
    **dict.fromkeys(
        (
            *("DecodeJpeg", "DecodeAndCropJpeg", "DecodePng", "DecodeGif", "DecodeBmp"),
            *("EncodeJpeg", "EncodeJpegVariableQuality", "EncodePng", "ExtractJpegShape"),
            *("ReadFile", "WriteFile", "MatchingFiles"),
        ),
        "files, and pixels of them recorded from TensorFlow 1.15: tests/images",
    ),
    **dict.fromkeys(
        (
            *("FixedLengthRecordDatasetV2", "GeneratorDataset", "IgnoreErrorsDataset"),
            *("IteratorFromStringHandleV2", "MapAndBatchDataset", "OneShotIterator"),
            *("ParallelInterleaveDataset", "RandomDataset", "ShuffleAndRepeatDataset"),
            *("ShuffleDataset", "TFRecordDataset", "TextLineDataset"),
        ),
        "elements, orders and errors recorded from TensorFlow 1.15: tests/reference, tests/data",
    ),
}
"""Ops that no sample and no program compares, and where tests do."""


class Difference(NamedTuple):
    """Why results differ by intent, and for which elements (None: for all, errors too).

    `where` takes the op's inputs as float64.
    """

    reason: str
    where: Callable[..., Any] | None = None


def _is_pole(x: Any) -> Any:
    return (x <= 0) & (np.isinf(x) | (x == np.floor(x)))


def _has_denormal(*inputs: Any) -> Any:
    return np.logical_or.reduce([(x != 0) & (np.abs(x) < 2.0**-126) for x in inputs])


def _is_far(x: Any) -> Any:
    return np.abs(x) > 2.0**45


def _underflows(x: Any, y: Any) -> Any:
    return np.abs(x / y) < 2.0**-24


def _squares_overflow(y: Any, dy: Any) -> Any:
    return (np.abs(y) > 2.0**15) & np.isfinite(y)


def _squares_underflow(y: Any, dy: Any) -> Any:
    return np.abs(y) < 2.0**-13


def _is_tiny(x: Any) -> Any:
    return (x < 0) & (np.abs(x) < 2.0**-5)


def _squares_overflow_half(gradients: Any, features: Any) -> Any:
    return np.abs(features) > 2.0**7


def _is_dilated(first: Any, second: Any, gradient: Any) -> Any:
    return gradient.shape[1:3] == (6, 7)


_POLE = Difference("infinite at its poles, as in 1.15; TensorFlow 2 gives nan", _is_pole)
_FLUSHED = Difference("TensorFlow takes some denormals for zero", _has_denormal)
_REORDERED = Difference("products are reassociated, so others overflow", _squares_overflow)
_ONE_ROUNDING = Difference("half precision is rounded once, at the end", _squares_underflow)
_EXPM1 = Difference("exp(x) - 1 is taken as one function, right for small x", _is_tiny)
_SINCE_2 = Difference("a gradient of TensorFlow 2's; 1.15 has none")
_IN_FLOAT32 = Difference("products of three float32, rounded in another order")
_INT64_INDEX = Difference("as in 1.15: int64 indices meet int32 shapes, which fails")

_DEPTHWISE = Difference("TensorFlow ignores dilations here", _is_dilated)

_NO_GRADIENT = Difference("no gradient, as TensorFlow says in other words")

_RESERVED = Difference("TensorFlow leaves what it reserves for the gradient unset here")
_PASSED_ON = Difference("as in 1.15: the gradient passes on all five results")

_UNASKED = Difference(
    "vectors that were not asked for are empty, as their shape says; TensorFlow gives any number"
)

DIFFERENCES: dict[str, Difference] = {
    "Atan2/value/denormal/*": _FLUSHED,
    "DepthwiseConv2dNativeBackpropFilter/gradient/sample/*": _DEPTHWISE,
    "DepthwiseConv2dNativeBackpropFilter/value/sample/*": _DEPTHWISE,
    "DepthwiseConv2dNativeBackpropInput/gradient/sample/*": _DEPTHWISE,
    "DepthwiseConv2dNativeBackpropInput/value/sample/*": _DEPTHWISE,
    "CropAndResize/gradient/sample/float64": _IN_FLOAT32,
    "Digamma/gradient/special/*": Difference(
        "polygamma(1, inf) is nan, as in 1.15; TensorFlow 2 gives 0", np.isposinf
    ),
    "Digamma/value/denormal/*": _POLE,
    "Digamma/value/extreme/*": _POLE,
    "Digamma/value/special/*": _POLE,
    "Elu/value/*/float16": _EXPM1,
    "Erf/value/*/float64": Difference(
        "TensorFlow 2.21 gives nan for what is too large to be squared; 1.15 gives 1", _is_far
    ),
    "EuclideanNorm/gradient/sample/*": _SINCE_2,
    "FloorDiv/value/extreme/*": Difference(
        "a quotient that underflows keeps its sign: its floor is -1", _underflows
    ),
    "FusedBatchNorm/gradient/sample/*": _PASSED_ON,
    "FusedBatchNorm/value/sample/*": _RESERVED,
    "FusedBatchNormV2/gradient/sample/*": _PASSED_ON,
    "FusedBatchNormV2/value/sample/*": _RESERVED,
    "FusedBatchNormV3/gradient/sample/*": _PASSED_ON,
    "FusedBatchNormV3/value/sample/*": _RESERVED,
    "InvGrad/value/extreme/float16": _ONE_ROUNDING,
    "Lgamma/gradient/special/*": _POLE,
    "Lgamma/value/denormal/*": _FLUSHED,
    "LinSpace/gradient/sample/*": _SINCE_2,
    "Pad/gradient/sample/*": _INT64_INDEX,
    "PadV2/gradient/sample/*": _INT64_INDEX,
    "ReciprocalGrad/value/extreme/float16": _ONE_ROUNDING,
    "Round/value/*/int*": Difference("TensorFlow 2.21 gives zeros for integers; 1.15 the integers"),
    "ResizeBicubic/gradient/sample/float64": _IN_FLOAT32,
    "ResizeBilinear/gradient/sample/float64": _IN_FLOAT32,
    "ResizeBilinearGrad/gradient/sample/*": Difference("TensorFlow defines no second derivative"),
    "RsqrtGrad/value/extreme/float16": _ONE_ROUNDING,
    "SelfAdjointEigV2/value/sample/*": _UNASKED,
    "SegmentProd/gradient/sample/*": _SINCE_2,
    "Selu/value/*/*": _EXPM1,
    "SigmoidGrad/value/extreme/*": _REORDERED,
    "Slice/gradient/sample/*": _INT64_INDEX,
    "SoftsignGrad/gradient/*/*": Difference("TensorFlow defines no gradient of this gradient"),
    "SoftsignGrad/value/extreme/float16": Difference(
        "half precision is rounded once, at the end", _squares_overflow_half
    ),
    "SparseDenseCwiseAdd/gradient/sample/*": _NO_GRADIENT,
    "SparseSparseMaximum/gradient/sample/*": _NO_GRADIENT,
    "SparseSparseMinimum/gradient/sample/*": _NO_GRADIENT,
    "SqrtGrad/value/extreme/*": _REORDERED,
    "Svd/value/sample/*": _UNASKED,
    "TanhGrad/value/extreme/*": _REORDERED,
}
"""Intended differences: "op/stage/kind/dtype of the first input" as a pattern, and why."""


def tolerance(op: str, is_movement: bool, dtype: str, stage: str) -> float:
    """The distance that is allowed."""
    if is_movement and stage == "value":
        return EXACT
    allowed = TOLERANCES.get(op, HALF.get(dtype, ARITHMETIC))
    return allowed * GRADIENT if stage == "gradient" else allowed


def intended(op: str, stage: str, kind: str, dtype: str) -> str | None:
    """The pattern of the intended difference that covers this, or None."""
    place = f"{op}/{stage}/{kind}/{dtype}"
    return next((pattern for pattern in DIFFERENCES if fnmatchcase(place, pattern)), None)
