"""Ops that describe tensors for TensorBoard: each gives a Summary, serialized.

In: a tag and a tensor. Out: a string tensor. They run on the host, with the protocol buffers of
`jitgraph.protos` (extra `io`). Messages and errors are TensorFlow 1.15's
(https://github.com/tensorflow/tensorflow/tree/v1.15.5/tensorflow/core/kernels, summary_*.cc).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes, protos
from jitgraph.errors import InvalidArgumentError
from jitgraph.ops.definition import ANY, REALS, OpDef, Sample, no_gradient
from jitgraph.ops.summary_encodings import eight_bits, histogram, png, wav
from jitgraph.protos.tensors import shape_proto, tensor_proto

BAD_COLOR = np.array([255, 0, 0, 255], np.uint8)
_PICTURE_TYPES = tuple(map(dtypes.as_dtype, ("uint8", "float32", "float16", "float64")))


def _written(message: Any) -> np.ndarray:
    found = np.empty((), object)
    found[()] = message.SerializeToString(deterministic=True)
    return found


def _text(item: Any) -> str:
    item = item.item() if isinstance(item, np.ndarray) else item
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)


def _scalars(tags: np.ndarray, values: np.ndarray) -> np.ndarray:
    tags, values = np.asarray(tags), np.asarray(values)
    if tags.shape != values.shape:
        tag = f" (tag '{_text(tags)}')" if tags.size == 1 else ""
        raise InvalidArgumentError(
            None,
            None,
            f"tags and values not the same shape: {_dims(tags)} != {_dims(values)}{tag}",
        )
    found = protos.Summary()
    for tag, value in zip(tags.ravel().tolist(), values.ravel().tolist(), strict=True):
        found.value.add(tag=_text(tag), simple_value=value)
    return _written(found)


def _histogram(tag: np.ndarray, values: np.ndarray) -> np.ndarray:
    given = np.asarray(values).astype(np.float64).reshape(-1)
    low, high = given.min(initial=0.0), given.max(initial=0.0)
    if not (np.isfinite(low) and np.isfinite(high)):
        first = given[~np.isfinite(given)][0]
        fault = "Nan" if np.isnan(first) else "Infinity"
        text = f"{fault} in summary histogram for: {_text(tag)}"
        raise InvalidArgumentError(None, None, text)
    found = protos.Summary()
    numbers = protos.HistogramProto(**histogram(given)._asdict())
    found.value.add(tag=_text(tag), histo=numbers)
    return _written(found)


def _pictures(
    tag: np.ndarray, tensor: np.ndarray, max_images: int, bad_color: np.ndarray
) -> np.ndarray:
    channels = tensor.shape[3] if tensor.ndim == 4 else 0
    if channels not in (1, 3, 4):
        text = f"Tensor must be 4-D with last dim 1, 3, or 4, not {_dims(tensor)}"
        raise InvalidArgumentError(None, None, text)
    if len(tensor) and not tensor.size:
        text = f"input tensor must have non-zero dims. Found: {_dims(tensor, ', ')}."
        raise InvalidArgumentError(None, None, text)
    bad_color = np.asarray(bad_color)
    if bad_color.ndim != 1 or len(bad_color) < channels:
        text = f"expected depth <= bad_color.size, got depth = {channels}"
        raise InvalidArgumentError(None, None, text)
    found = protos.Summary()
    height, width = tensor.shape[1:3]
    for number, picture in enumerate(tensor[:max_images]):
        image = protos.message_class("Summary.Image")(
            height=height,
            width=width,
            colorspace=channels,
            encoded_image_string=png(eight_bits(picture, bad_color)),
        )
        found.value.add(tag=_numbered(tag, "image", number, max_images), image=image)
    return _written(found)


def _sounds(
    tag: np.ndarray, tensor: np.ndarray, sample_rate: np.ndarray, max_outputs: int
) -> np.ndarray:
    if tensor.ndim not in (2, 3):
        text = f"Tensor must be 3-D or 2-D, got: {_dims(tensor)}"
        raise InvalidArgumentError(None, None, text)
    rate = float(np.asarray(sample_rate).item())
    if rate <= 0:
        raise InvalidArgumentError(None, None, "sample_rate must be > 0")
    found = protos.Summary()
    for number, sound in enumerate(tensor[:max_outputs]):
        sound = sound.reshape(len(sound), -1)
        audio = protos.message_class("Summary.Audio")(
            sample_rate=rate,
            num_channels=sound.shape[1],
            length_frames=len(sound),
            encoded_audio_string=wav(sound, int(rate)),
            content_type="audio/wav",
        )
        found.value.add(tag=_numbered(tag, "audio", number, max_outputs), audio=audio)
    return _written(found)


def _numbered(tag: np.ndarray, kind: str, number: int, most: int) -> str:
    return f"{_text(tag)}/{kind}/{number}" if most > 1 else f"{_text(tag)}/{kind}"


def _tensor(
    tag: np.ndarray, tensor: np.ndarray, serialized_summary_metadata: np.ndarray
) -> np.ndarray:
    array = np.asarray(tensor)
    dtype = dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype)
    is_text = dtype == dtypes.string
    found = protos.Summary()
    value = found.value.add(tag=_text(tag))
    value.tensor.CopyFrom(tensor_proto(array, dtype) if is_text else _with_content(array, dtype))
    value.metadata.ParseFromString(np.asarray(serialized_summary_metadata).item())
    return _written(found)


def _with_content(array: np.ndarray, dtype: dtypes.DType) -> Any:
    """A TensorProto whose elements are bytes, however few they are."""
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    shape = shape_proto(array.shape)
    kind = dtype.as_datatype_enum
    return protos.TensorProto(dtype=kind, tensor_shape=shape, tensor_content=little.tobytes())


def _merged(inputs: list[np.ndarray]) -> np.ndarray:
    found = protos.Summary()
    seen: set[str] = set()
    for given in (item for array in inputs for item in np.asarray(array).ravel().tolist()):
        part = _parsed(given)
        for value in part.value:
            if value.tag and value.tag in seen:
                text = f"Duplicate tag {value.tag} found in summary inputs"
                raise InvalidArgumentError(None, None, text)
            seen.add(value.tag)
        found.value.extend(part.value)
    return _written(found)


def _parsed(given: bytes) -> Any:
    from google.protobuf.message import DecodeError

    part = protos.Summary()
    try:
        part.ParseFromString(given)
    except DecodeError:
        text = "Could not parse one of the summary inputs"
        raise InvalidArgumentError(None, None, text) from None
    return part


def _dims(array: np.ndarray, between: str = ",") -> str:
    return f"[{between.join(map(str, np.shape(array)))}]"


def _string(text: str) -> np.ndarray:
    found = np.empty((), object)
    found[()] = text.encode()
    return found


def _scalar_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for dtype in (np.float32, np.float64, np.int32):
        yield Sample((_string("loss"), np.asarray(rng.normal() * 10, dtype)))
    yield Sample((np.array([b"a", b"b"], object), rng.normal(size=2).astype(np.float32)))


def _histogram_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for dtype in (np.float32, np.float64, np.float16, np.int32, np.uint8):
        yield Sample((_string("weights"), (rng.normal(size=(5, 7)) * 20 + 60).astype(dtype)))
    for values in (np.zeros(0), np.zeros(4), np.array([-1e30, -2.0, 0.0, 3e-13, 1e30])):
        yield Sample((_string("edges"), values.astype(np.float64)))


def _sound_samples(rng: np.random.Generator) -> Iterator[Sample]:
    rate = np.float32(8000)
    for shape, most in (((2, 9), 3), ((4, 5, 2), 2), ((1, 3, 1), 1)):
        sound = rng.uniform(-1.2, 1.2, shape).astype(np.float32)
        yield Sample((_string("voice"), sound, rate), {"max_outputs": most})


def _merge_samples(rng: np.random.Generator) -> Iterator[Sample]:
    names = ("one", "two", "three")
    parts = [_scalars(_string(name), np.asarray(rng.normal(), np.float32)) for name in names]
    for count in (1, 2, 3):
        yield Sample((parts[:count],))


def _tensor_samples(rng: np.random.Generator) -> Iterator[Sample]:
    metadata = protos.SummaryMetadata(display_name="name", summary_description="what it is")
    about = np.asarray(_written(metadata), object)
    values = rng.normal(size=(2, 3)) * 9
    for array in (*map(values.astype, (np.float32, np.int64)), np.float64(2.5), _string("text")):
        yield Sample((_string("table"), np.asarray(array), about))


def _definition(name: str, signature: str, reference: Callable[..., Any], **more: Any) -> OpDef:
    return OpDef(name, signature, lambda q: [()], reference=reference, gradient=no_gradient, **more)


SCALAR_SUMMARY = _definition(
    "ScalarSummary",
    "tags: string, values: T -> summary: string",
    _scalars,
    types={"T": REALS},
    samples=_scalar_samples,
)
HISTOGRAM_SUMMARY = _definition(
    "HistogramSummary",
    "tag: string, values: T -> summary: string",
    _histogram,
    types={"T": (REALS, dtypes.float32)},
    samples=_histogram_samples,
)
IMAGE_SUMMARY = _definition(
    "ImageSummary",
    "tag: string, tensor: T -> summary: string",
    _pictures,
    types={"T": (_PICTURE_TYPES, dtypes.float32)},
    attrs={"max_images": 3, "bad_color": BAD_COLOR},
    samples=lambda rng: (),
)
AUDIO_SUMMARY = _definition(
    "AudioSummaryV2",
    "tag: string, tensor: float32, sample_rate: float32 -> summary: string",
    _sounds,
    attrs={"max_outputs": 3},
    samples=_sound_samples,
)
MERGE_SUMMARY = _definition(
    "MergeSummary",
    "inputs: N*string -> summary: string",
    _merged,
    samples=_merge_samples,
)
TENSOR_SUMMARY = _definition(
    "TensorSummaryV2",
    "tag: string, tensor: T, serialized_summary_metadata: string -> summary: string",
    _tensor,
    types={"T": ANY},
    samples=_tensor_samples,
)
