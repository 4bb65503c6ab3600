"""tf.strings: operations on strings."""

from __future__ import annotations

from jitgraph.ops.string_joining import string_join as join
from jitgraph.ops.string_lengths import string_length as length

__all__ = [
    "join",
    "length",
]
