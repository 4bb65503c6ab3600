"""Runs a script whose `import tensorflow` is served by jitgraph, for that run alone.

In: its path and arguments. Out: its exit status.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from jitgraph.cli.script import run_script
from jitgraph.frontend.api.version import VERSION


def run_served(script: str, arguments: Sequence[str]) -> int:
    """The exit status of the script.

    Raises:
      FileNotFoundError: there is no such script.
    """
    from jitgraph.served.finder import serving_tensorflow

    with serving_tensorflow(import_module("jitgraph"), VERSION):
        return run_script(script, arguments)
