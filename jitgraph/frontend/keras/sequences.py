"""tf.keras.preprocessing.sequence: lists of different lengths as one array.

In: lists of numbers. Out: an array, cut and padded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def pad_sequences(
    sequences: Sequence[Sequence[Any]],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: float = 0.0,
) -> np.ndarray:
    """Sequences as the rows of an array.

    Args:
      sequences: lists of numbers.
      maxlen: the length of the rows; that of the longest sequence if None.
      dtype: the array's.
      padding: "pre" or "post": where shorter ones are padded.
      truncating: "pre" or "post": where longer ones are cut.
      value: what they are padded with.

    Raises:
      ValueError: something that is no list, or another word.

    Example:
      >>> tf.keras.preprocessing.sequence.pad_sequences([[1], [2, 3, 4]], maxlen=2).tolist()
      [[0, 1], [3, 4]]
    """
    for name, word in (("Truncating", truncating), ("Padding", padding)):
        if word not in ("pre", "post"):
            raise ValueError(f'{name} type "{word}" not understood')
    for each in sequences:
        if not hasattr(each, "__len__"):
            raise ValueError(f"`sequences` must be a list of iterables. Found non-iterable: {each}")
    longest = max((len(each) for each in sequences), default=0)
    width = longest if maxlen is None else maxlen
    sample = next((np.asarray(each).shape[1:] for each in sequences if len(each)), ())
    found = np.full((len(sequences), width, *sample), value, dtype=dtype)
    for row, each in enumerate(sequences):
        if not len(each) or not width:
            continue
        kept = np.asarray(each[-width:] if truncating == "pre" else each[:width], dtype=dtype)
        start = width - len(kept) if padding == "pre" else 0
        found[row, start : start + len(kept)] = kept
    return found
