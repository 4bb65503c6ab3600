"""Crosses of features: for each row all combinations of one item of each feature.

In: sparse and dense matrices of strings or whole numbers. Out: a sparse matrix of the combinations:
strings joined by "_X_", or the numbers of buckets. The hash is TensorFlow's FingerprintCat64.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims
from jitgraph.ops.casting import cast
from jitgraph.ops.definition import REQUIRED, STRING, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.ops.string_hashes import fingerprints, hashes_of

_KINDS = (dtypes.int64, *STRING)
_DEFAULT_KEY = 0xDECAFCAFFE
_FACTOR = 0xC6A4A7935BD1E995
_WORD = (1 << 64) - 1
_MOST = (1 << 63) - 1


def _shape(q: ShapeQuery) -> list[Dims | None]:
    return [(None, 2), (None,), (2,)]


def _joined(first: int, second: int) -> int:
    """FingerprintCat64."""

    def shifted(word: int) -> int:
        return word ^ (word >> 47)

    word = first ^ _FACTOR
    word ^= (shifted((second * _FACTOR) & _WORD) * _FACTOR) & _WORD
    word = (word * _FACTOR) & _WORD
    word = (shifted(word) * _FACTOR) & _WORD
    return shifted(word)


def _rows_of(indices: np.ndarray, values: Sequence[Any], count: int) -> list[list[Any]]:
    rows: list[list[Any]] = [[] for _ in range(count)]
    for row, value in zip(indices[:, 0].tolist(), values, strict=True):
        rows[row].append(value)
    return rows


def _items(values: Any, hashed: bool) -> list[Any]:
    """What a feature's values are in a cross: words to be hashed, or texts."""
    array = np.asarray(values)
    if array.dtype.kind in "OSU":
        texts = array.astype(object).ravel().tolist()
        return hashes_of(texts, fingerprints).tolist() if hashed else texts
    numbers = array.ravel().tolist()
    return [n & _WORD for n in numbers] if hashed else [str(n).encode() for n in numbers]


def _crossed(*inputs: Any, **attrs: Any) -> tuple[Any, Any, Any]:
    indices, values, shapes, dense = inputs
    hashed, buckets = attrs["hashed_output"], attrs["num_buckets"]
    count = int(shapes[0][0]) if len(shapes) else len(dense[0])
    features = [
        _rows_of(np.asarray(places), _items(items, hashed), count)
        for places, items in zip(indices, values, strict=True)
    ]
    for array in dense:
        items, width = _items(array, hashed), np.asarray(array).shape[1]
        features.append([items[row * width : (row + 1) * width] for row in range(count)])

    def number(parts: Sequence[int]) -> int:
        word = attrs["hash_key"]
        for part in parts:
            word = _joined(word, part)
        return word % (buckets or _MOST)

    found: list[Any] = []
    places: list[tuple[int, int]] = []
    widest = 0
    for row in range(count):
        combinations = list(product(*(feature[row] for feature in features)))
        widest = max(widest, len(combinations))
        places.extend((row, column) for column in range(len(combinations)))
        found.extend(number(parts) if hashed else b"_X_".join(parts) for parts in combinations)
    kind: Any = np.int64 if hashed else object
    return (
        np.array(places, np.int64).reshape(-1, 2),
        np.array(found, kind),
        np.array([count, widest], np.int64),
    )


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    places = np.array([[0, 0], [1, 0], [1, 1]])
    numbers = rng.integers(0, 9, 3)
    words = np.array([b"a", b"b", b"c"], object)
    sizes = np.array([2, 2])
    dense = np.array([[b"f"], [b"g"]], object)
    common = {"hash_key": _DEFAULT_KEY, "num_buckets": 100, "hashed_output": True}
    kinds = {"out_type": dtypes.int64, "internal_type": dtypes.string}
    yield Sample(
        ([places] * 2, [words, numbers], [sizes] * 2, [dense]),
        {**common, **kinds, "internal_type": dtypes.int64},
    )
    yield Sample(([places], [words], [sizes], [dense]), {**common, **kinds, "num_buckets": 0})
    yield Sample(
        ([places], [words], [sizes], [dense]),
        {**common, "hashed_output": False, "out_type": dtypes.string,
         "internal_type": dtypes.string},
    )  # fmt: skip


SPARSE_CROSS = OpDef(
    "SparseCross",
    "indices: N*int64, values: [sparse_types], shapes: N*int64, dense_inputs: [dense_types] -> "
    "output_indices: int64, output_values: out_type, output_shape: int64",
    _shape,
    types={
        "sparse_types": _KINDS,
        "dense_types": _KINDS,
        "out_type": _KINDS,
        "internal_type": _KINDS,
    },
    attrs={"hashed_output": REQUIRED, "num_buckets": REQUIRED, "hash_key": REQUIRED},
    reference=_crossed,
    gradient=no_gradient,
    samples=_samples,
)


def sparse_cross(inputs: Any, name: str | None = None) -> SparseTensor:
    """For each row all combinations of one item of each feature, as texts joined by "_X_".

    Args:
      inputs: a list of matrices, SparseTensors first where some are: strings or whole numbers.
      name: the op's name.

    Raises:
      TypeError: something else.

    Example:
      >>> found = tf.sparse.cross([tf.constant([["a"], ["b"]]), tf.constant([["f"], ["g"]])])
      >>> tf.Session().run(found.values).tolist()
      [b'a_X_f', b'b_X_g']
    """
    return _apply(inputs, False, 0, None, name)


def sparse_cross_hashed(
    inputs: Any, num_buckets: int = 0, hash_key: int | None = None, name: str | None = None
) -> SparseTensor:
    """For each row all combinations of one item of each feature, as numbers of buckets.

    Args:
      inputs: a list of matrices, SparseTensors first where some are: strings or whole numbers.
      num_buckets: how many buckets there are; 0 for any int64.
      hash_key: what the hash begins with.
      name: the op's name.

    Raises:
      TypeError: something else.

    Example:
      >>> found = tf.sparse.cross_hashed([tf.constant([["a"]]), tf.constant([["f"]])], 10)
      >>> found.values.dtype
      tf.int64
    """
    return _apply(inputs, True, num_buckets, hash_key, name)


def _apply(
    inputs: Any, hashed: bool, buckets: int, key: int | None, name: str | None
) -> SparseTensor:
    if not isinstance(inputs, list):
        raise TypeError("Inputs must be a list")
    if not all(isinstance(each, (SparseTensor, Tensor)) for each in inputs):
        raise TypeError("All inputs must be SparseTensors")
    sparse = [each for each in inputs if isinstance(each, SparseTensor)]
    values = [_known_kind(each.values) for each in sparse]
    dense = [_known_kind(each) for each in inputs if not isinstance(each, SparseTensor)]
    is_text = all(each.dtype == dtypes.string for each in [*values, *dense])
    attrs = {
        "hashed_output": hashed,
        "num_buckets": buckets,
        "hash_key": key or _DEFAULT_KEY,
        "out_type": dtypes.int64 if hashed else dtypes.string,
        "internal_type": dtypes.string if is_text else dtypes.int64,
    }
    indices, sizes = [each.indices for each in sparse], [each.dense_shape for each in sparse]
    found = apply(SPARSE_CROSS, [indices, values, sizes, dense], attrs, name)
    return SparseTensor(*found)


def _known_kind(tensor: Any) -> Any:
    return tensor if tensor.dtype == dtypes.string else cast(tensor, dtypes.int64)
