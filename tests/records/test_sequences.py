"""SequenceExamples: what TensorFlow 1.15 makes of them, and what is no SequenceExample."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import jitgraph as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import sequence_cases  # noqa: E402

sys.path.remove(str(HERE))
RECORDED = json.loads((HERE / "recorded_sequences.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def outcomes():
    return sequence_cases.outcomes(tf)


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_sequences_give_what_tensorflow_makes_of_them(name: str, outcomes) -> None:
    found, expected = outcomes[name], RECORDED[name]
    if isinstance(expected, list) and not name.startswith("names: "):
        assert found[0] == expected[0]
        assert found[1].startswith(expected[1])
    else:
        assert found == expected


@pytest.mark.parametrize("text", [b"\xff\xff", b"\x0a\x05abc"])
def test_what_is_no_sequence_is_refused(text: bytes) -> None:
    features = {"x": tf.VarLenFeature(tf.int64)}
    with tf.Graph().as_default(), tf.Session() as session:
        context, _ = tf.parse_single_sequence_example(text, features, example_name="odd")
        with pytest.raises(tf.errors.InvalidArgumentError, match="Name: odd, Could not parse"):
            session.run(context)
