"""Fourier transforms over the last one, two or three axes, by NumPy's FFT on the host.

In: complex tensors, or real ones and the lengths of the axes. Out: their transforms. The Hermitian
half of a real signal's transform is enough: the rest follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_ints, require_rank_at_least
from jitgraph.ops.definition import COMPLEX, OpDef, Sample, ShapeQuery

_Rule = Callable[..., list[Any]]


def _axes(rank: int) -> tuple[int, ...]:
    return tuple(range(-rank, 0))


def _complex_shape(rank: int) -> Callable[[ShapeQuery], list[Dims | None]]:
    def shape(q: ShapeQuery) -> list[Dims | None]:
        require_rank_at_least(q.shapes[0], rank)
        return [q.shapes[0]]

    return shape


def _transform(rank: int, is_inverse: bool) -> Callable[[Any], np.ndarray]:
    function = np.fft.ifftn if is_inverse else np.fft.fftn

    def reference(input: Any) -> np.ndarray:
        return function(input, axes=_axes(rank)).astype(input.dtype)

    return reference


def _complex_gradient(rank: int, is_inverse: bool) -> _Rule:
    def gradient(op: Any, grad: Tensor) -> list[Any]:
        from jitgraph.ops.casting import cast
        from jitgraph.ops.reductions import reduce_prod
        from jitgraph.ops.shapes_of import shape as shape_of

        size = reduce_prod(shape_of(grad)[-rank:])
        if not is_inverse:
            size = cast(size, grad.dtype)
            return [apply(TRANSFORMS[rank, True], [grad]) * size]
        inverse = cast(1.0 / cast(size, grad.dtype.real_dtype), grad.dtype)
        return [apply(TRANSFORMS[rank, False], [grad]) * inverse]

    return gradient


def _complex_samples(rank: int) -> Callable[[np.random.Generator], Iterator[Sample]]:
    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for dims in ((2, 4, 3, 5), (6, 4, 7)[-max(rank, 1) :]):
            drawn = rng.uniform(-2, 2, dims) + 1j * rng.uniform(-2, 2, dims)
            for kind in (np.complex64, np.complex128):
                yield Sample((drawn.astype(kind),))

    return samples


def _complex_op(rank: int, is_inverse: bool) -> OpDef:
    suffix = "" if rank == 1 else f"{rank}D"
    return OpDef(
        f"{'I' if is_inverse else ''}FFT{suffix}",
        "input: Tcomplex -> output: Tcomplex",
        _complex_shape(rank),
        types={"Tcomplex": (COMPLEX, dtypes.complex64)},
        reference=_transform(rank, is_inverse),
        gradient=_complex_gradient(rank, is_inverse),
        samples=_complex_samples(rank),
    )


FFT, IFFT = _complex_op(1, False), _complex_op(1, True)
FFT2D, IFFT2D = _complex_op(2, False), _complex_op(2, True)
FFT3D, IFFT3D = _complex_op(3, False), _complex_op(3, True)

TRANSFORMS = {
    (1, False): FFT,
    (1, True): IFFT,
    (2, False): FFT2D,
    (2, True): IFFT2D,
    (3, False): FFT3D,
    (3, True): IFFT3D,
}
"""By the number of axes, and whether they are inverse."""


def _real_shape(rank: int, is_inverse: bool) -> Callable[[ShapeQuery], list[Dims | None]]:
    def shape(q: ShapeQuery) -> list[Dims | None]:
        dims, length = q.shapes[0], q.shapes[1]
        require_rank_at_least(dims, rank)
        if length is not None and (len(length) != 1 or length[0] not in (rank, None)):
            raise ValueError(f"Dimension must be {rank} but is {length[0] if length else 0}")
        if dims is None:
            return [None]
        known = q.value(1)
        lengths: list[Any] = [None] * rank if known is None else list(known)
        if not is_inverse and lengths[-1] is not None:
            lengths[-1] = lengths[-1] // 2 + 1 if not _is_zero(lengths[-1]) else 0
        return [(*dims[:-rank], *lengths)]

    return shape


def _is_zero(length: Any) -> bool:
    return isinstance(length, int) and length == 0


def _real_transform(input: Any, fft_length: Any) -> np.ndarray:
    lengths = as_ints(fft_length)
    if 0 in lengths or input.size == 0:
        kept = [*lengths[:-1], lengths[-1] // 2 + 1 if lengths[-1] else 0]
        return np.zeros((*input.shape[: -len(lengths)], *kept), np.complex64)
    _check(input.shape, lengths, lengths)
    return np.fft.rfftn(input, lengths, _axes(len(lengths))).astype(np.complex64)


def _real_inverse(input: Any, fft_length: Any) -> np.ndarray:
    lengths = as_ints(fft_length)
    if 0 in lengths or input.size == 0:
        return np.zeros((*input.shape[: -len(lengths)], *lengths), np.float32)
    _check(input.shape, [*lengths[:-1], lengths[-1] // 2 + 1], lengths)
    return np.fft.irfftn(input, lengths, _axes(len(lengths))).astype(np.float32)


def _check(dims: tuple[int, ...], needed: list[int], lengths: list[int]) -> None:
    for place, (dim, least) in enumerate(zip(dims[-len(lengths) :], needed, strict=True)):
        if dim < least:
            raise ValueError(
                f"Input dimension {len(dims) - len(lengths) + place} must have length of at least "
                f"{least} but got: {dim}"
            )


def _real_gradient(rank: int, is_inverse: bool) -> _Rule | None:
    if rank == 3:
        return None

    def gradient(op: Any, grad: Tensor) -> list[Any]:
        from jitgraph.ops.fourier_gradients import inverse_gradient, real_gradient

        return (inverse_gradient if is_inverse else real_gradient)(rank, op, grad)

    return gradient


def _real_samples(rank: int) -> Callable[[np.random.Generator], Iterator[Sample]]:
    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for dims in ((2, 4, 3, 6), (4, 5, 7)[-rank:]):
            signal = rng.uniform(-2, 2, dims).astype(np.float32)
            yield Sample((signal, np.array(dims[-rank:], np.int32)))
        yield Sample((signal, np.array([size - 1 for size in dims[-rank:]], np.int32)))

    return samples


def _half_samples(rank: int) -> Callable[[np.random.Generator], Iterator[Sample]]:
    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for lengths in ((4, 3, 6)[-rank:], (4, 5, 7)[-rank:]):
            axes = tuple(range(1, rank + 1))
            half = np.fft.rfftn(rng.uniform(-2, 2, (2, *lengths)), axes=axes)
            yield Sample((half.astype(np.complex64), np.array(lengths, np.int32)))

    return samples


def _real_op(rank: int, is_inverse: bool) -> OpDef:
    suffix = "" if rank == 1 else f"{rank}D"
    given, made = ("complex64", "float32") if is_inverse else ("float32", "complex64")
    return OpDef(
        f"{'I' if is_inverse else ''}RFFT{suffix}",
        f"input: {given}, fft_length: int32 -> output: {made}",
        _real_shape(rank, is_inverse),
        reference=_real_inverse if is_inverse else _real_transform,
        host=(1,),
        gradient=_real_gradient(rank, is_inverse),
        samples=(_half_samples if is_inverse else _real_samples)(rank),
    )


RFFT, IRFFT = _real_op(1, False), _real_op(1, True)
RFFT2D, IRFFT2D = _real_op(2, False), _real_op(2, True)
RFFT3D, IRFFT3D = _real_op(3, False), _real_op(3, True)
