"""Stage frontend: when a hook is to do something again."""

from __future__ import annotations

import time
from typing import Any


class SecondOrStepTimer:
    """Tells when so many seconds or steps have passed.

    Args:
      every_secs, every_steps: one of them.

    Raises:
      ValueError: none is given, or both.
    """

    def __init__(self, every_secs: float | None = None, every_steps: int | None = None) -> None:
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        self._secs = every_secs
        self._steps = every_steps
        self.reset()

    def reset(self) -> None:
        """Forgets when it was last."""
        self._last_step: Any = None
        self._last_time: Any = None

    def should_trigger_for_step(self, step: int) -> bool:
        """Whether it is time at this step."""
        if self._last_step is None:
            return True
        if self._last_step == step:
            return False
        if self._secs is not None:
            return bool(time.time() >= self._last_time + self._secs)
        return bool(step >= self._last_step + self._steps)

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        """Notes that it was done; gives (seconds, steps) since the time before."""
        now = time.time()
        passed: tuple[float | None, int | None] = (None, None)
        if self._last_time is not None:
            passed = (now - self._last_time, step - self._last_step)
        self._last_time, self._last_step = now, step
        return passed

    def last_triggered_step(self) -> int | None:
        """The step at which it was done last."""
        step: int | None = self._last_step
        return step


class NeverTriggerTimer:
    """It is never time."""

    def reset(self) -> None:
        """Nothing to forget."""

    def should_trigger_for_step(self, step: int) -> bool:
        """No."""
        return False

    def update_last_triggered_step(self, step: int) -> tuple[None, None]:
        """Nothing."""
        return (None, None)

    def last_triggered_step(self) -> None:
        """None."""
