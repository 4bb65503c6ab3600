"""The parent's view of TensorFlow: one process for all ops, started again if an op kills it.

In: messages. Out: replies; PeerError where the process ended instead of replying.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import Any

from bench.parity.messages import decode, encode
from bench.sides import QUIET, ROOT

PLAIN = {"TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": ""}
"""Results of TensorFlow's own kernels, which don't depend on the machine's."""


class PeerError(RuntimeError):
    """The process ended; the text is the end of what it printed."""


class Peer:
    """The process. Use as a context manager: leaving it ends the process."""

    def __init__(self, python: str) -> None:
        self._python = python
        self._log = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed below
        self._process = self._start()

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._log.close()

    def send(self, message: Any) -> None:
        """Asks; `receive` gives the answer, so that both sides work at the same time."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(encode(message) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # receive finds the end and says why

    def receive(self) -> Any:
        """The answer to what was sent last."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            return decode(line)
        status, words = self._process.wait(), self._last_words()
        self._process = self._start()
        raise PeerError(f"exit status {status}: {words}")

    def ask(self, message: Any) -> Any:
        """Sends, waits for the answer."""
        self.send(message)
        return self.receive()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self._python, "-m", "bench.parity.worker"],
            cwd=ROOT,
            env={**os.environ, **QUIET, **PLAIN},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no output"
