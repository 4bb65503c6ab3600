"""tf.contrib.learn.preprocessing: documents as rows of numbers."""

from __future__ import annotations

from jitgraph.frontend.contrib_learn import vocabularies as text
from jitgraph.frontend.contrib_learn.vocabularies import (
    ByteProcessor,
    CategoricalVocabulary,
    VocabularyProcessor,
    tokenizer,
)

__all__ = ["ByteProcessor", "CategoricalVocabulary", "VocabularyProcessor", "text", "tokenizer"]
