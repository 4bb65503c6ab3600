"""Strings as numbers of buckets: StringToHashBucket, its Fast and its Strong form.

In: strings. Out: int64 numbers below a bound; equal to TensorFlow's. They run on the host.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.definition import REQUIRED, OpDef, Sample, no_gradient
from jitgraph.ops.shape_rules import same_shape
from jitgraph.ops.string_arrays import refused, strings_of
from jitgraph.ops.string_hashes import fingerprints, hashes_of, murmurs, sip_hashes

_KEY_SIZE = 2


def _buckets(texts: Any, num_buckets: int, function: Any) -> np.ndarray:
    array = np.asarray(texts, object)
    found = hashes_of(array.ravel().tolist(), function) % np.uint64(num_buckets)
    return found.astype(np.int64).reshape(array.shape)


def _plain(string_tensor: Any, num_buckets: int) -> np.ndarray:
    return _buckets(string_tensor, num_buckets, murmurs)


def _fast(input: Any, num_buckets: int) -> np.ndarray:
    return _buckets(input, num_buckets, fingerprints)


def _strong(input: Any, num_buckets: int, key: Sequence[int]) -> np.ndarray:
    if len(key) != _KEY_SIZE:
        raise refused("Key must have 2 elements")
    return _buckets(input, num_buckets, partial(sip_hashes, key=key))


def _samples(rng: np.random.Generator, **attrs: Any) -> Any:
    lengths = (*range(18), 24, 31, 32, 33, 48, 63, 64, 65, 100, 127, 128, 129, 200)
    texts = strings_of([rng.bytes(length) for length in lengths], [len(lengths)])
    yield Sample((texts,), {"num_buckets": 2**62, **attrs})
    yield Sample((texts[:4].reshape(2, 2),), {"num_buckets": 10, **attrs})
    yield Sample((texts[3:4].reshape(()),), {"num_buckets": 1, **attrs})


def _definition(name: str, argument: str, reference: Any, samples: Any, **attrs: Any) -> OpDef:
    return OpDef(
        name,
        f"{argument}: string -> output: int64",
        same_shape,
        attrs={"num_buckets": REQUIRED, **attrs},
        reference=reference,
        gradient=no_gradient,
        samples=samples,
    )


TO_HASH_BUCKET = _definition("StringToHashBucket", "string_tensor", _plain, _samples)
TO_HASH_BUCKET_FAST = _definition("StringToHashBucketFast", "input", _fast, _samples)
TO_HASH_BUCKET_STRONG = _definition(
    "StringToHashBucketStrong", "input", _strong, partial(_samples, key=[2**62 - 1, -5]),
    key=REQUIRED,
)  # fmt: skip


def _checked(definition: OpDef, num_buckets: Any) -> int:
    if num_buckets is None or int(num_buckets) < 1:
        raise ValueError(
            f"Attr 'num_buckets' of '{definition.name}' Op passed {num_buckets} less than "
            "minimum 1."
        )
    return int(num_buckets)


def string_to_hash_bucket(
    string_tensor: Any = None, num_buckets: Any = None, name: str | None = None, input: Any = None
) -> Tensor:
    """For each string the number of a bucket, by TensorFlow's first hash function.

    Args:
      string_tensor: strings.
      num_buckets: how many buckets there are.
      name: the op's name.
      input: another name of `string_tensor`.

    Returns:
      An int64 tensor of the same shape.

    Raises:
      ValueError: less than one bucket.

    Example:
      >>> tf.Session().run(tf.string_to_hash_bucket(["a", "b"], 10)).tolist()
      [8, 0]
    """
    texts = chosen_argument("input", input, "string_tensor", string_tensor)
    attrs = {"num_buckets": _checked(TO_HASH_BUCKET, num_buckets)}
    found: Tensor = apply(TO_HASH_BUCKET, [texts], attrs, name)
    return found


def string_to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Tensor:
    """For each string the number of a bucket, by FarmHash's Fingerprint64.

    Args:
      input: strings.
      num_buckets: how many buckets there are.
      name: the op's name.

    Returns:
      An int64 tensor of the same shape.

    Raises:
      ValueError: less than one bucket.

    Example:
      >>> tf.Session().run(tf.string_to_hash_bucket_fast(["a", "b"], 10)).tolist()
      [9, 2]
    """
    attrs = {"num_buckets": _checked(TO_HASH_BUCKET_FAST, num_buckets)}
    found: Tensor = apply(TO_HASH_BUCKET_FAST, [input], attrs, name)
    return found


def string_to_hash_bucket_strong(
    input: Any, num_buckets: int, key: Sequence[int], name: str | None = None
) -> Tensor:
    """For each string the number of a bucket, by SipHash, which nobody without the key can aim at.

    Args:
      input: strings.
      num_buckets: how many buckets there are.
      key: two numbers.
      name: the op's name.

    Returns:
      An int64 tensor of the same shape.

    Raises:
      TypeError: `key` is no list.
      ValueError: less than one bucket. A run raises errors.InvalidArgumentError for a key that is
        not two numbers.

    Example:
      >>> tf.Session().run(tf.string_to_hash_bucket_strong(["a", "b"], 10, [1, 2])).tolist()
      [6, 4]
    """
    if not isinstance(key, (list, tuple)):
        raise TypeError(
            f"Expected list for 'key' argument to 'string_to_hash_bucket_strong' Op, not {key!r}."
        )
    attrs = {"num_buckets": _checked(TO_HASH_BUCKET_STRONG, num_buckets), "key": list(key)}
    found: Tensor = apply(TO_HASH_BUCKET_STRONG, [input], attrs, name)
    return found
