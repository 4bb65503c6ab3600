"""Connectionist temporal classification, the mathematics: all alignments of labels with times.

In: logits and the labels of each sequence. Out: minus the logarithm of the probability of all
alignments together, and its gradient. A. Graves and others, "Connectionist temporal classification:
labelling unsegmented sequence data with recurrent neural networks", 2006.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_LEAST = -np.inf
_LEAST_SHARE = 1e-200
"""A smaller share of paths, all others scaled to 1, may have lost digits."""


class Paths(NamedTuple):
    """The labels of each sequence with blanks between, padded to one length.

    Attributes:
      labels: [batch, places]; counts: the places of each sequence.
      stays: whether a path may stay in a place; skips: whether it may come from two places before.
    """

    labels: np.ndarray
    counts: np.ndarray
    stays: np.ndarray
    skips: np.ndarray

    @property
    def ends(self) -> np.ndarray:
        """Where a path may end: the last label and the blank behind it."""
        place, counts = np.arange(self.labels.shape[1]), self.counts[:, None]
        return (place >= counts - 2) & (place < counts)


def paths_of(labels: list[list[int]], blank: int, merges: bool) -> Paths:
    """The places that paths of these labels go through.

    Args:
      labels: of each sequence.
      blank: the class that stands between labels.
      merges: whether equal neighbours on a path are one label.
    """
    longest = max((len(sequence) for sequence in labels), default=0)
    found = np.full((len(labels), 2 * longest + 1), blank)
    for row, sequence in enumerate(labels):
        found[row, 1 : 2 * len(sequence) : 2] = sequence
    counts = np.array([2 * len(sequence) + 1 for sequence in labels])
    is_label = found != blank
    skips = is_label.copy()
    skips[:, :2] = False
    if merges:
        skips[:, 2:] &= found[:, 2:] != found[:, :-2]
    return Paths(found, counts, np.ones_like(is_label) if merges else ~is_label, skips)


def _moved(logs: np.ndarray, by: int, allowed: np.ndarray) -> np.ndarray:
    """Each place's log probability to have been `by` places before, where that is allowed."""
    shifted = np.full_like(logs, _LEAST)
    if by < logs.shape[1]:
        shifted[:, by:] = logs[:, : logs.shape[1] - by]
    return np.where(allowed, shifted, _LEAST)


def _steps(paths: Paths) -> list[tuple[int, np.ndarray]]:
    """By how many places a path may move in one step, and to which places it may."""
    return [(0, paths.stays), (1, np.ones_like(paths.stays)), (2, paths.skips)]


def _forward(logs: np.ndarray, paths: Paths) -> np.ndarray:
    """log of the probability of all paths from the beginning to each place at each time; `logs`
    are those of each place's label."""
    alpha = np.full_like(logs, _LEAST)
    alpha[0, :, :2] = logs[0, :, :2]
    for time in range(1, len(logs)):
        parts = [_moved(alpha[time - 1], by, allowed) for by, allowed in _steps(paths)]
        alpha[time] = np.logaddexp.reduce(parts) + logs[time]
    return alpha


def _backward(logs: np.ndarray, paths: Paths, lengths: np.ndarray) -> np.ndarray:
    """log of the probability of all paths from each place at each time to the end, without the
    place itself."""
    ends = np.where(paths.ends, 0.0, _LEAST)
    beta = np.full_like(logs, _LEAST)
    for time in reversed(range(len(logs))):
        if time + 1 < len(logs):
            beta[time] = _came_from(beta[time + 1] + logs[time + 1], paths)
        beta[time] = np.where((lengths == time + 1)[:, None], ends, beta[time])
    return beta


def _came_from(logs: np.ndarray, paths: Paths) -> np.ndarray:
    parts = []
    for by, allowed in _steps(paths):
        moved = np.full_like(logs, _LEAST)
        kept = np.where(allowed, logs, _LEAST)
        moved[:, : logs.shape[1] - by] = kept[:, by:]
        parts.append(moved)
    total: np.ndarray = np.logaddexp.reduce(parts)
    return total


def loss_and_gradient(
    logits: np.ndarray, paths: Paths, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The loss of each sequence, and its gradient by the logits.

    Args:
      logits: float64 [time, batch, class].
      paths: of the labels.
      lengths: [batch], how many times count.
    """
    times, batch, _ = logits.shape
    with np.errstate(all="ignore"):
        shifted = logits - logits.max(axis=2, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
        total, shares = _occupied(logs, paths, lengths)
    shares[:, ~np.isfinite(total)] = 0.0
    expected = np.zeros_like(logits)
    rows = np.arange(batch)
    for place in range(paths.labels.shape[1]):
        expected[:, rows, paths.labels[:, place]] += shares[:, :, place]
    is_used = np.arange(times)[:, None] < lengths
    gradient = np.where(is_used[:, :, None], np.exp(logs) - expected, 0.0)
    return np.where(lengths > 0, -total, 0.0), gradient


def _occupied(logs: np.ndarray, paths: Paths, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log of the probability of all paths of each sequence, and the share of them that is in each
    place at each time."""
    if not logs.size:
        return np.zeros(logs.shape[1]), np.zeros((*logs.shape[:2], paths.labels.shape[1]))
    of_places = logs[:, np.arange(logs.shape[1])[:, None], paths.labels]
    total, shares = _by_scaled_numbers(of_places, paths, lengths)
    if (total > _LEAST)[lengths > 0].all() and np.isfinite(shares).all():
        return total, shares
    through = _forward(of_places, paths) + _backward(of_places, paths, lengths)
    total = np.logaddexp.reduce(through[0], axis=1)
    return total, np.exp(through - total[:, None])


def _by_scaled_numbers(
    logs: np.ndarray, paths: Paths, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The same with numbers in place of logarithms: those of each time are scaled to the sum 1.
    Where paths differ by more than numbers can hold, the total is too small to be believed.

    Paths to the end are paths from the beginning of the sequence read backwards.
    """
    batch = len(lengths)
    backwards = _Backwards(len(logs), logs.shape[2], paths, lengths)
    chances = np.exp(logs)
    both = np.concatenate([chances, backwards.turned(chances)], axis=1)
    reached, came, scales = _scaled(both, _doubled(paths, backwards))
    through = reached[:, :batch] * backwards.turned(came[:, batch:])
    through *= np.arange(through.shape[2]) < paths.counts[:, None]
    sums = through.sum(axis=2, keepdims=True)
    last, rows = np.maximum(lengths, 1) - 1, np.arange(batch)
    ended = np.where(paths.ends, reached[last, rows], 0.0).sum(axis=1)
    scaled = np.log(scales[:, :batch]).cumsum(axis=0)[last, rows]
    total = np.where(ended > _LEAST_SHARE, scaled + np.log(ended), _LEAST)
    return total, np.divide(through, sums, out=np.zeros_like(through), where=sums > 0)


class _Backwards:
    """Turns times and places of every sequence round; what lies behind its end stays."""

    def __init__(self, times: int, places: int, paths: Paths, lengths: np.ndarray) -> None:
        self.places = _turned_counts(places, paths.counts).T
        rows = _turned_counts(times, lengths) * len(lengths) + np.arange(len(lengths))
        self._from = rows[:, :, None] * places + self.places

    def turned(self, x: np.ndarray) -> np.ndarray:
        """[time, batch, place] in the opposite order."""
        return np.take(np.ascontiguousarray(x), self._from)


def _turned_counts(size: int, counts: np.ndarray) -> np.ndarray:
    """[size, batch]: count - 1, ..., 0, count, ..., size - 1."""
    step = np.arange(size)[:, None]
    return np.where(step < counts, counts - 1 - step, step)


def _doubled(paths: Paths, backwards: _Backwards) -> tuple[np.ndarray, np.ndarray]:
    """`stays` and `skips` as numbers, of the sequences and of them read backwards."""
    skips_to = np.zeros_like(paths.skips)
    skips_to[:, :-2] = paths.skips[:, 2:]
    turned = [
        np.take_along_axis(allowed, backwards.places, axis=1) for allowed in (paths.stays, skips_to)
    ]
    given = zip((paths.stays, paths.skips), turned, strict=True)
    stays, skips = (np.concatenate(pair).astype(float) for pair in given)
    return stays, skips


def _scaled(
    chances: np.ndarray, moves: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The share of paths from the beginning in each place at each time, the same without the
    chance of that place, and what the shares were divided by."""
    stays, skips = moves
    reached, came = np.empty_like(chances), np.empty_like(chances)
    scales = np.empty((*chances.shape[:2], 1))
    came[0, :, 2:], came[0, :, :2] = 0.0, 1.0
    skips = np.ascontiguousarray(skips[:, 2:])
    for time, chance in enumerate(chances):
        now = came[time]
        if time:
            before = reached[time - 1]
            np.multiply(before, stays, out=now)
            now[:, 1:] += before[:, :-1]
            now[:, 2:] += before[:, :-2] * skips
        share = np.multiply(now, chance, out=reached[time])
        np.add.reduce(share, axis=1, keepdims=True, out=scales[time])
        share /= scales[time]
    return reached, came, scales[:, :, 0]
