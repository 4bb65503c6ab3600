"""Progress of a loop as text, as Keras prints it. In: how far it is. Out: a bar, or a line."""

from __future__ import annotations

import math
import sys
import time
from typing import Any


class Progbar:
    """A bar on standard output.

    Args:
      target: how many steps there are; None if that is not known.
      width: of the bar.
      verbose: 1 for a bar, 2 for one line at the end, 0 for nothing.
      interval: the seconds between two bars.
      stateful_metrics: names of values that are shown as they are; of others the mean.
      unit_name: what a step is called.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 30,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Any = None,
        unit_name: str = "step",
    ) -> None:
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self._is_terminal = getattr(sys.stdout, "isatty", lambda: False)()
        self._written = 0
        self._seen = 0
        self._values: dict[str, list[float]] = {}
        self._start = time.time()
        self._last = 0.0

    def update(self, current: int, values: Any = None) -> None:
        """Shows how far it is.

        Args:
          current: how many steps are done.
          values: pairs (name, value), each a mean over the steps since the last call.
        """
        for name, value in values or ():
            self._note(name, value, current)
        self._seen = current
        now = time.time()
        if self.verbose == 1:
            self._show_bar(current, now)
        elif self.verbose == 2 and self.target is not None and current >= self.target:
            seconds = f" - {now - self._start:.0f}s"
            sys.stdout.write(f"{self._count(current)}{seconds}{self._shown()}\n")
            sys.stdout.flush()

    def add(self, n: int, values: Any = None) -> None:
        """Shows `n` more steps."""
        self.update(self._seen + n, values)

    def _note(self, name: str, value: Any, current: int) -> None:
        if name in self.stateful_metrics:
            self._values[name] = [value, 1]
            return
        steps = max(current - self._seen, 1)
        known = self._values.setdefault(name, [0.0, 0])
        known[0] += value * steps
        known[1] += steps

    def _count(self, current: int) -> str:
        digits = int(math.log10(self.target or 1)) + 1
        return f"{current:{digits}d}/{self.target}"

    def _shown(self) -> str:
        text = ""
        for name, (total, count) in self._values.items():
            mean = total / max(1, count)
            text += f" - {name}: {mean:.4f}" if abs(mean) > 1e-3 else f" - {name}: {mean:.4e}"
        return text

    def _show_bar(self, current: int, now: float) -> None:
        is_done = self.target is not None and current >= self.target
        if now - self._last < self.interval and self.target is not None and not is_done:
            return
        bar = self._bar(current)
        info = self._times(current, now - self._start, is_done) + self._shown()
        start = "\b" * self._written + "\r" if self._is_terminal else "\n"
        text = bar + info
        padding = " " * (self._written - len(text))
        sys.stdout.write((start if self._written or not self._is_terminal else "") + text + padding)
        self._written = len(text)
        if is_done:
            sys.stdout.write("\n")
        sys.stdout.flush()
        self._last = now

    def _bar(self, current: int) -> str:
        if self.target is None:
            return f"{current:7d}/Unknown"
        filled = int(self.width * current / self.target)
        done = ""
        if filled > 0:
            done = "=" * (filled - 1) + (">" if current < self.target else "=")
        return f"{self._count(current)} [{done}{'.' * (self.width - filled)}]"

    def _times(self, current: int, seconds: float, is_done: bool) -> str:
        each = seconds / current if current else 0.0
        if self.target is not None and not is_done:
            return f" - ETA: {_left(each * (self.target - current))}"
        text = f" - {seconds:.0f}s"
        if each >= 1 or each == 0:
            return f"{text} {each:.0f}s/{self.unit_name}"
        if each >= 1e-3:
            return f"{text} {each * 1e3:.0f}ms/{self.unit_name}"
        return f"{text} {each * 1e6:.0f}us/{self.unit_name}"


def _left(seconds: float) -> str:
    whole = int(seconds)
    if seconds > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    if seconds > 60:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole}s"
