"""tf.strings: operations on strings."""

from __future__ import annotations

from jitgraph.ops.string_cases import (
    string_lower as lower,
    string_strip as strip,
    string_upper as upper,
)
from jitgraph.ops.string_hashing import (
    string_to_hash_bucket as to_hash_bucket,
    string_to_hash_bucket_fast as to_hash_bucket_fast,
    string_to_hash_bucket_strong as to_hash_bucket_strong,
)
from jitgraph.ops.string_joining import string_join as join
from jitgraph.ops.string_lengths import string_length as length
from jitgraph.ops.string_numbers import as_string, string_to_number as to_number
from jitgraph.ops.string_parts import substr
from jitgraph.ops.string_patterns import regex_full_match, regex_replace
from jitgraph.ops.string_reducing import reduce_join
from jitgraph.ops.string_splitting import strings_split as split

__all__ = [
    "as_string",
    "join",
    "length",
    "lower",
    "reduce_join",
    "regex_full_match",
    "regex_replace",
    "split",
    "strip",
    "substr",
    "to_hash_bucket",
    "to_hash_bucket_fast",
    "to_hash_bucket_strong",
    "to_number",
    "upper",
]
