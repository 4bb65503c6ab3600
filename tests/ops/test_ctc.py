"""The CTC loss against a sum over all paths, and its two ways of adding up against each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ops import ctc_paths
from jitgraph.ops.ctc_beams import best_sequences

rng = np.random.default_rng(5)
BLANK = 2


def decoded(path: tuple[int, ...], merges: bool) -> list[int]:
    kept = [k for t, k in enumerate(path) if not (merges and t and path[t - 1] == k)]
    return [k for k in kept if k != BLANK]


def loss_by_all_paths(logits: np.ndarray, labels: list[int], merges: bool) -> float:
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    paths = itertools.product(range(BLANK + 1), repeat=len(logits))
    return -np.log(
        sum(
            np.prod([chances[t, k] for t, k in enumerate(path)])
            for path in paths
            if decoded(path, merges) == labels
        )
    )


@pytest.mark.parametrize("merges", [True, False])
@pytest.mark.parametrize("labels", [[], [0], [1, 1], [0, 1], [0, 1, 0]])
def test_loss_is_that_of_all_paths(labels: list[int], merges: bool) -> None:
    logits = rng.normal(size=(5, 1, BLANK + 1))
    paths = ctc_paths.paths_of([labels], BLANK, merges)
    loss, _ = ctc_paths.loss_and_gradient(logits, paths, np.array([5]))
    np.testing.assert_allclose(loss, [loss_by_all_paths(logits[:, 0], labels, merges)])


@pytest.mark.parametrize("spread", [1.0, 30.0, 3000.0])
@pytest.mark.parametrize("merges", [True, False])
def test_scaled_numbers_equal_logarithms(
    spread: float, merges: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = np.array([9, 5, 3, 7, 0])
    labels = [[0, 1, 1, 3], [], [2], [3, 0], [1]]
    logits = rng.normal(size=(9, 5, 5)) * spread
    paths = ctc_paths.paths_of(labels, 4, merges)
    found = ctc_paths.loss_and_gradient(logits, paths, lengths)
    monkeypatch.setattr(ctc_paths, "_LEAST_SHARE", np.inf)
    by_logarithms = ctc_paths.loss_and_gradient(logits, paths, lengths)
    for got, want in zip(found, by_logarithms, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12)


def test_a_wide_beam_finds_the_probabilities_of_all_paths() -> None:
    logits = rng.normal(size=(4, BLANK + 1))
    found = best_sequences(logits, 100, 6, merge_repeated=False)
    for labels, score in found:
        np.testing.assert_allclose(-score, loss_by_all_paths(logits, labels, True))
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert len({tuple(labels) for labels, _ in found}) == 6


@pytest.mark.parametrize(
    ("width", "paths", "message"),
    [(1, 2, "requested more paths than the beam width"), (50, 9, "Less leaves in the beam search")],
)
def test_more_paths_than_there_are_are_refused(width: int, paths: int, message: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        logits = tf.zeros([2, 1, 3])
        _, scores = tf.nn.ctc_beam_search_decoder(logits, [1], width, paths)
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(scores)
