"""The beam search of connectionist temporal classification, for one sequence.

In: the logits of every time. Out: the likeliest sequences of labels with the logarithms of their
probabilities, all alignments together. A. Graves and N. Jaitly, "Towards end-to-end speech
recognition with recurrent neural networks", 2014. The last class is the blank.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nlargest
from math import exp, inf, log1p

import numpy as np

NEVER = -inf


@dataclass(slots=True, eq=False)
class Beam:
    """A sequence of labels: the one it continues, and its probabilities now and a time before."""

    parent: Beam | None = None
    label: int = -1
    blank: float = NEVER
    ends: float = NEVER
    total: float = NEVER
    old_blank: float = NEVER
    old_total: float = NEVER
    children: dict[int, Beam] = field(default_factory=dict)

    def child(self, label: int) -> Beam:
        """The sequence with one label more."""
        if label not in self.children:
            self.children[label] = Beam(self, label)
        return self.children[label]

    def forget(self) -> None:
        """Takes it out of the search."""
        self.blank = self.ends = self.total = NEVER

    def labels(self, merge_repeated: bool) -> list[int]:
        """Its labels; equal neighbours once, if they are to be merged."""
        found: list[int] = []
        beam, behind = self, -1
        while beam.parent is not None:
            if not merge_repeated or beam.label != behind:
                found.append(beam.label)
            behind, beam = beam.label, beam.parent
        return found[::-1]


def best_sequences(
    logits: np.ndarray, width: int, count: int, merge_repeated: bool
) -> list[tuple[list[int], float]]:
    """The likeliest sequences with their log-probabilities, best first.

    Args:
      logits: of shape [time, classes].
      width: how many sequences are kept at each time.
      count: how many are wanted.
      merge_repeated: whether equal neighbours in a sequence count once.

    Raises:
      ValueError: fewer sequences were found.
    """
    beams = [Beam(blank=0.0, total=0.0)]
    for row in _log_softmax(logits).tolist():
        beams = _step(beams, row, width)
    if count > len(beams):
        raise ValueError("Less leaves in the beam search than requested.")
    best = nlargest(count, beams, key=lambda beam: beam.total)
    return [(beam.labels(merge_repeated), beam.total) for beam in best]


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    wide = np.asarray(logits, np.float64)
    if not wide.size:
        return wide
    shifted: np.ndarray = wide - wide.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _step(beams: list[Beam], row: list[float], width: int) -> list[Beam]:
    """The beams after one time more."""
    beams.sort(key=lambda beam: -beam.total)
    for beam in beams:
        beam.old_blank, beam.old_total = beam.blank, beam.total
    for beam in beams:
        _stay(beam, row)
    kept = sorted(beams, key=lambda beam: -beam.total)
    for beam in beams:
        if not _may_join(kept, beam.old_total, width):
            continue
        for label, chance in enumerate(row[:-1]):
            _grow(kept, beam, label, chance, width)
    return kept


def _stay(beam: Beam, row: list[float]) -> None:
    """The probabilities that no label is added: a blank, or the last label goes on."""
    parent = beam.parent
    if parent is not None:
        if parent.total != NEVER:
            is_repeated = beam.label == parent.label
            beam.ends = _either(beam.ends, parent.old_blank if is_repeated else parent.old_total)
        beam.ends += row[beam.label]
    beam.blank = beam.old_total + row[-1]
    beam.total = _either(beam.blank, beam.ends)


def _grow(kept: list[Beam], beam: Beam, label: int, chance: float, width: int) -> None:
    """Adds the sequence with one label more, if it is likely enough."""
    longer = beam.child(label)
    if longer.total != NEVER:
        return
    before = beam.old_blank if label == beam.label else beam.old_total
    total = chance + before
    if not _may_join(kept, total, width):
        longer.old_blank = longer.old_total = NEVER
        longer.forget()
        return
    if len(kept) == width:
        kept.pop().forget()
    longer.blank, longer.ends, longer.total = NEVER, total, total
    place = len(kept)
    while place and kept[place - 1].total < total:
        place -= 1
    kept.insert(place, longer)


def _may_join(kept: list[Beam], total: float, width: int) -> bool:
    return total > NEVER and (len(kept) < width or total > kept[-1].total)


def _either(a: float, b: float) -> float:
    """The logarithm of exp(a) + exp(b)."""
    low, high = (a, b) if a < b else (b, a)
    return high if low == NEVER else high + log1p(exp(low - high))
