"""What the examples share on the command line: a progress bar, checked numbers."""

from __future__ import annotations

import argparse
import sys
from typing import TextIO

BAR_WIDTH = 30


class Progress:
    """One line an epoch: on a terminal it grows as a bar, elsewhere it is printed at the end."""

    def __init__(
        self, label: str, steps: int, stream: TextIO = sys.stdout, measure: str = "loss"
    ) -> None:
        self._label = label
        self._measure = measure
        self._steps = steps
        self._stream = stream
        self._live = stream.isatty()
        self._shown = -1

    def show(self, step: int, loss: float | None = None) -> None:
        """Draws the bar anew when it has grown, with the measure of how far it has come."""
        filled = BAR_WIDTH * step // self._steps
        if not self._live or filled == self._shown:
            return
        self._shown = filled
        bar = "█" * filled + "·" * (BAR_WIDTH - filled)
        told = "" if loss is None else f" {self._measure} {loss:.4f}"
        self._stream.write(f"\r{self._label} {bar}{told}")
        self._stream.flush()

    def finish(self, summary: str) -> None:
        """Replaces the bar by what the epoch came to."""
        before, after = ("\r", "\033[K") if self._live else ("", "")
        self._stream.write(f"{before}{self._label} {summary}{after}\n")
        self._stream.flush()


def positive(text: str) -> int:
    """A command line's number of at least one."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {value}")
    return value
