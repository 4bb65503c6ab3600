"""Stage frontend: documents as rows of numbers, one for each word: tf.contrib.learn.preprocessing.

In: texts. Out: rows of ids of one length; and back.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from jitgraph.frontend.files.file_object import GFile

_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+", re.UNICODE)
_ENCODING = "utf-8"


def tokenizer(iterator: Iterable[str]) -> Iterator[list[str]]:
    """The words of each text: runs of letters, digits, dashes and apostrophes.

    Example:
      >>> next(tf.contrib.learn.preprocessing.tokenizer(["It's a well-known TFGraph"]))
      ["It's", 'a', 'well-known', 'TFGraph']
    """
    for text in iterator:
        yield _WORD.findall(text)


class CategoricalVocabulary:
    """Numbers categories in the order in which they come; 0 is for what is unknown.

    Args:
      unknown_token: stands for what is unknown.
      support_reverse: whether `reverse` is asked for.

    Example:
      >>> words = tf.contrib.learn.preprocessing.CategoricalVocabulary()
      >>> words.get("a"), words.get("b"), words.get("a")
      (1, 2, 1)
    """

    def __init__(self, unknown_token: str = "<UNK>", support_reverse: bool = True) -> None:
        self._unknown_token = unknown_token
        self._support_reverse = support_reverse
        self._ids: dict[Any, int] = {unknown_token: 0}
        self._counts: Counter[Any] = Counter()
        self._is_frozen = False

    def __len__(self) -> int:
        return len(self._ids)

    def freeze(self, freeze: bool = True) -> None:
        """New categories are unknown from now on; or, if false, numbered again."""
        self._is_frozen = freeze

    def get(self, category: Any) -> int:
        """A category's number, a new one if it has none and the vocabulary is not frozen."""
        if category not in self._ids and not self._is_frozen:
            self._ids[category] = len(self._ids)
        return self._ids.get(category, 0)

    def add(self, category: Any, count: int = 1) -> None:
        """Counts a category."""
        if self.get(category) > 0:
            self._counts[category] += count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Keeps categories counted more often than `min_frequency` and, if that is positive, less
        often than `max_frequency`, and numbers them anew: the most frequent first."""
        named = sorted(self._counts.items(), key=lambda each: (isinstance(each[0], str), each[0]))
        ranked = sorted(named, key=lambda each: each[1], reverse=True)
        kept = [
            (category, count)
            for category, count in ranked
            if count > min_frequency and not 0 < max_frequency <= count
        ]
        self._counts = Counter(dict(kept))
        names = [self._unknown_token, *(category for category, _ in kept)]
        self._ids = {category: number for number, category in enumerate(names)}

    def reverse(self, class_id: int) -> Any:
        """The category of a number.

        Raises:
          ValueError: `support_reverse` is false.
        """
        if not self._support_reverse:
            raise ValueError(
                "This vocabulary wasn't initialized with support_reverse to support reverse() "
                "function."
            )
        return list(self._ids)[class_id]


class VocabularyProcessor:
    """Documents as rows of their words' numbers.

    Args:
      max_document_length: the rows' length: longer documents are cut, shorter ones filled with 0.
      min_frequency: words that are no more frequent in the texts to fit are unknown.
      vocabulary: a CategoricalVocabulary.
      tokenizer_fn: gives for texts the words of each.

    Attributes:
      vocabulary_: the vocabulary.

    Example:
      >>> processor = tf.contrib.learn.preprocessing.VocabularyProcessor(4)
      >>> np.array(list(processor.fit_transform(["one two", "two three two"]))).tolist()
      [[1, 2, 0, 0], [2, 3, 2, 0]]
    """

    def __init__(
        self,
        max_document_length: int,
        min_frequency: int = 0,
        vocabulary: CategoricalVocabulary | None = None,
        tokenizer_fn: Callable[[Iterable[str]], Iterable[list[str]]] | None = None,
    ) -> None:
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents: Iterable[str], unused_y: Any = None) -> VocabularyProcessor:
        """Learns the words of texts; others are unknown from then on."""
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(
        self, raw_documents: Iterable[str], unused_y: Any = None
    ) -> Iterator[np.ndarray]:
        """Learns the words of texts, then numbers them."""
        self.fit(raw_documents)
        return self.transform(raw_documents)

    def transform(self, raw_documents: Iterable[str]) -> Iterator[np.ndarray]:
        """For each text a row of int64, [max_document_length]."""
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            found = [self.vocabulary_.get(word) for word in words[: self.max_document_length]]
            row[: len(found)] = found
            yield row

    def reverse(self, documents: Iterable[Iterable[int]]) -> Iterator[str]:
        """The words of rows, with spaces between."""
        for row in documents:
            yield " ".join(str(self.vocabulary_.reverse(number)) for number in row)

    def save(self, filename: str) -> None:
        """Writes the words and their numbers to a file, as JSON: pickles are never read here."""
        words = self.vocabulary_
        told = {
            "max_document_length": self.max_document_length,
            "min_frequency": self.min_frequency,
            "unknown_token": words._unknown_token,
            "words": list(words._ids)[1:],
            "counts": [words._counts[word] for word in list(words._ids)[1:]],
        }
        with GFile(filename, "w") as file:
            file.write(json.dumps(told, ensure_ascii=False))

    @classmethod
    def restore(cls, filename: str) -> VocabularyProcessor:
        """What `save` wrote.

        Raises:
          ValueError: the file holds something else, such as TensorFlow's pickles.
        """
        try:
            with GFile(filename, "rb") as file:
                told = json.loads(file.read().decode(_ENCODING))
            vocabulary = CategoricalVocabulary(told["unknown_token"])
            for word, count in zip(told["words"], told["counts"], strict=True):
                vocabulary.add(word, count)
            vocabulary.freeze()
            return cls(told["max_document_length"], told["min_frequency"], vocabulary)
        except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(
                f"{filename} was not written by VocabularyProcessor.save of jitgraph: {error}"
            ) from None


class ByteProcessor:
    """Documents as rows of their bytes.

    Args:
      max_document_length: the rows' length.

    Example:
      >>> next(tf.contrib.learn.preprocessing.ByteProcessor(3).transform(["ab"])).tolist()
      [97, 98, 0]
    """

    def __init__(self, max_document_length: int) -> None:
        self.max_document_length = max_document_length

    def fit(self, x: Any) -> None:
        """There is nothing to learn."""

    def fit_transform(self, x: Iterable[Any]) -> Iterator[np.ndarray]:
        """As `transform`."""
        return self.transform(x)

    def transform(self, x: Iterable[Any]) -> Iterator[np.ndarray]:
        """For each text a row of uint8."""
        for text in x:
            content = text.encode(_ENCODING) if isinstance(text, str) else bytes(text)
            row = np.zeros(self.max_document_length, np.uint8)
            found = np.frombuffer(content[: self.max_document_length], np.uint8)
            row[: len(found)] = found
            yield row

    def reverse(self, x: Iterable[np.ndarray]) -> Iterator[str]:
        """The texts of rows; an empty one for what is no UTF-8."""
        for row in x:
            content = np.trim_zeros(row.astype(np.uint8), trim="b").tobytes()
            try:
                yield content.decode(_ENCODING)
            except UnicodeDecodeError:
                yield ""
