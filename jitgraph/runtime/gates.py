"""Stage runtime: which runs of one session may go on at the same time.

In: runs that read or write variables. Out: order: runs that only read go on together, a run that
writes goes on alone; whoever waits to write goes before those who come to read.

A short program keeps the GIL and so runs at one go: it takes no lock, native code only compares a
word with the version of the variables it was bound for. A long one lets go of the GIL: it holds
the gate, and the words are closed meanwhile to those that must not run beside it.

Ctrl-C may strike while a thread enters or leaves, so that it seems to be inside for ever. When the
thread comes again, it is known not to be.
"""

from __future__ import annotations

import enum
import os
import threading
import weakref
from typing import Any, Protocol

import numpy as np

CLOSED = -1
"""A version that no program is bound for."""

ALWAYS = np.zeros(1, np.int64)
"""The word of programs that hold a gate while they run."""


class Use(enum.Enum):
    """What a program does with variables."""

    NOTHING = "nothing"
    READS = "reads"
    WRITES = "writes"


class Gates:
    """The gate of one session's variables.

    `version` counts changes of what buffers variables have; `words` holds for each use the word
    that short programs compare with the version (0 for those that use no variables).
    """

    def __init__(self) -> None:
        self.version = 0
        self.words = {use: np.zeros(1, np.int64) for use in Use}
        self._passes: dict[Use, Any] = {
            Use.NOTHING: _Free(),
            Use.READS: _Beside(self),
            Use.WRITES: _Alone(self),
        }
        self.renew()
        renewed_in_children(self)

    def held(self, use: Use) -> Any:
        """A block in which a program with this use may run."""
        return self._passes[use]

    def expected(self, use: Use) -> int:
        """What the word of this use is while programs bound now may run."""
        return 0 if use is Use.NOTHING else self.version

    def admit(self) -> None:
        """Lets short programs in, for one who holds the gate alone and runs such a one now."""
        self._set_words(self.version)

    def advance(self) -> None:
        """The variables have other buffers now; called while the gate is held alone."""
        self.version += 1
        self._set_words(CLOSED)

    def close(self) -> None:
        """Nothing may run any more."""
        with self.held(Use.WRITES):
            self.advance()
            self.words[Use.NOTHING][0] = CLOSED

    def renew(self) -> None:
        """In a forked child: no other thread came along, nobody holds anything."""
        self._turn = threading.RLock()
        self._counted = threading.Condition(threading.RLock())
        self._readers: set[int] = set()
        self._set_words(self.version)

    def start_reading(self) -> None:
        self._leave_what_was_interrupted()
        with self._turn, self._counted:
            self._readers.add(threading.get_ident())
            self.words[Use.WRITES][0] = CLOSED

    def stop_reading(self) -> None:
        with self._counted:
            self._readers.discard(threading.get_ident())
            if not self._readers:
                self.words[Use.WRITES][0] = self.version
                self._counted.notify_all()

    def start_writing(self) -> None:
        self._leave_what_was_interrupted()
        self._turn.acquire()
        try:
            with self._counted:
                self._counted.wait_for(lambda: not self._readers)
            self._set_words(CLOSED)
        except BaseException:
            self._turn.release()
            raise

    def stop_writing(self) -> None:
        self._set_words(self.version)
        self._release_turn()

    def _leave_what_was_interrupted(self) -> None:
        """Nobody enters twice: a thread that seems to be inside was interrupted at the door."""
        while self._release_turn():
            self._set_words(self.version)
        if threading.get_ident() in self._readers:
            self.stop_reading()

    def _release_turn(self) -> bool:
        try:
            self._turn.release()
        except RuntimeError:
            return False
        return True

    def _set_words(self, value: int) -> None:
        self.words[Use.READS][0] = self.words[Use.WRITES][0] = value


class _Free:
    """Holds nothing."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


class _Beside:
    """Holds the gate beside others that only read."""

    def __init__(self, gates: Gates) -> None:
        self._gates = gates

    def __enter__(self) -> None:
        self._gates.start_reading()

    def __exit__(self, *_: object) -> None:
        self._gates.stop_reading()


class _Alone:
    """Holds the gate alone."""

    def __init__(self, gates: Gates) -> None:
        self._gates = gates

    def __enter__(self) -> None:
        self._gates.start_writing()

    def __exit__(self, *_: object) -> None:
        self._gates.stop_writing()


class Renewable(Protocol):
    """What holds locks."""

    def renew(self) -> None: ...


_renewable: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renewed_in_children(holder: Renewable) -> None:
    """Has `holder` make new locks in a forked child, where nobody is left to open the old ones."""
    _renewable.add(holder)


def _renew_all() -> None:
    for holder in list(_renewable):
        holder.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
