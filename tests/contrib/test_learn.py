"""tf.contrib.learn: what TensorFlow 1.15 makes of the same texts and tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

learn = tf.contrib.learn
TEXTS = [
    "It's a well-known TFGraph, isn't it?",
    "a b a C-3PO naïve café",
    "XMLParser and HTTPServer b a",
    "",
]


def test_documents_as_rows_of_words() -> None:
    words = learn.preprocessing.VocabularyProcessor(6)
    assert np.array(list(words.fit_transform(TEXTS))).tolist() == [
        [1, 2, 3, 4, 5, 6],
        [2, 8, 2, 9, 10, 11],
        [12, 13, 14, 15, 16, 8],
        [0] * 6,
    ]
    assert len(words.vocabulary_) == 17
    assert next(words.transform(["zz a b"])).tolist() == [0, 2, 8, 0, 0, 0]
    assert list(words.reverse([[1, 2, 0]])) == ["It's a <UNK>"]


def test_rare_words_are_unknown_and_words_are_kept_in_a_file(tmp_path: Path) -> None:
    words = learn.preprocessing.VocabularyProcessor(4, min_frequency=1)
    rows = [[0, 1, 0, 0], [1, 2, 1, 0], [0] * 4, [0] * 4]
    assert np.array(list(words.fit_transform(TEXTS))).tolist() == rows
    path = str(tmp_path / "words")
    words.save(path)
    again = learn.preprocessing.VocabularyProcessor.restore(path)
    assert np.array(list(again.transform(TEXTS))).tolist() == rows
    assert list(again.reverse([[1, 2, 0]])) == ["a b <UNK>"]
    (tmp_path / "pickle").write_bytes(b"\x80\x04cos\nsystem\n")
    with pytest.raises(ValueError, match=r"was not written by VocabularyProcessor\.save"):
        learn.preprocessing.VocabularyProcessor.restore(str(tmp_path / "pickle"))


def test_documents_as_rows_of_bytes() -> None:
    processor = learn.preprocessing.ByteProcessor(5)
    found = [row.tolist() for row in processor.transform(["café", b"abcdefg"])]
    assert found == [[99, 97, 102, 195, 169], [97, 98, 99, 100, 101]]
    assert list(processor.reverse(np.array([[97, 98, 0], [255, 1, 2]]))) == ["ab", ""]


def test_tables_from_files(tmp_path: Path) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text("3,2,a,b,c\n1.5,2,0\n3,4,1\n5,6,2\n")
    base = learn.datasets.base
    found = base.load_csv_with_header(str(path), np.int64, np.float32)
    assert found.data.tolist() == [[1.5, 2], [3, 4], [5, 6]]
    assert found.target.tolist() == [0, 1, 2]
    path.write_text("0,1.5,2\n1,3,4\n")
    found = base.load_csv_without_header(str(path), np.int64, np.float32, 0)
    assert found.data.tolist() == [[1.5, 2], [3, 4]]
    assert found.target.tolist() == [0, 1]
    base.shrink_csv(str(path), 2)
    assert (tmp_path / "flowers_small.csv").read_text() == "0,1.5,2\n"
    with pytest.raises(tf.errors.NotFoundError, match=r"none\.csv"):
        base.load_csv_with_header(str(tmp_path / "none.csv"), np.int64, np.float32)


def test_names() -> None:
    assert (learn.ModeKeys.TRAIN, learn.ModeKeys.INFER) == ("train", "infer")
    assert learn.python.learn.datasets.mnist.read_data_sets is learn.datasets.mnist.read_data_sets
