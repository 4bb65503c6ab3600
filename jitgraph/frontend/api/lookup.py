"""tf.lookup: look-up tables."""

from __future__ import annotations

from jitgraph.frontend.lookup.initializers import (
    KeyValueTensorInitializer,
    TextFileIndex,
    TextFileInitializer,
)
from jitgraph.frontend.lookup.tables import StaticHashTable
from jitgraph.frontend.lookup.vocabularies import StaticVocabularyTable

__all__ = [
    "KeyValueTensorInitializer",
    "StaticHashTable",
    "StaticVocabularyTable",
    "TextFileIndex",
    "TextFileInitializer",
]
