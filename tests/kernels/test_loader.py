"""Object code that is checked before LLVM links it."""

from __future__ import annotations

import subprocess
import sys

KNOWS_MEMCPY = """\
from jitgraph.kernels.loader import _is_here
assert _is_here("memcpy")
assert not _is_here("no_such_function_anywhere")
"""


def test_the_symbols_of_a_new_process_are_known() -> None:
    subprocess.run([sys.executable, "-c", KNOWS_MEMCPY], check=True)
