"""`jitgraph cache ...`: what is in the kernel cache, and keeping it.

In: parsed arguments. Out: text for people, JSON with --json.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from jitgraph.cli.kernel_pages import (
    PARTS,
    SHORT_KEY,
    kernel_page,
    kernel_table,
    kernel_values,
    part,
)
from jitgraph.cli.why_command import add_why
from jitgraph.inspection import cache
from jitgraph.inspection.listing import counted, seconds_text


def add_to(commands: Any) -> None:
    """Adds the command and its own commands to a parser's."""
    parser = commands.add_parser("cache", help="the compiled kernels on disk and in memory")
    own = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add(own, "list", list_kernels, "every kernel: what it serves, its size, cost and use")
    show = _add(
        own,
        "show",
        show_kernel,
        "one kernel: what it serves, region, source, LLVM IR, hot loop, vectors",
    )
    show.add_argument("key", help="the first characters of its key")
    show.add_argument("--part", choices=PARTS, help="this part alone, and in full")
    _add(own, "stats", show_stats, "the cache in numbers")
    _add(own, "verify", verify, "checks every kernel, removes those that are damaged")
    _add(own, "clear", clear, "removes every kernel")
    export = _add(own, "export", export_kernels, "writes all kernels to one file")
    export.add_argument("file")
    load = _add(own, "load", load_kernels, "takes over kernels from a file; it is native code")
    load.add_argument("file")
    load.add_argument("--sha256", help="load nothing from a file that has another digest")
    add_why(own)
    warm = _add(own, "warm", warm_up, "runs a script, so that its kernels are there next time")
    warm.add_argument("script")
    warm.add_argument("arguments", nargs=argparse.REMAINDER)


def _add(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=lambda asked: _run_trusting(run, asked))
    return parser


def _run_trusting(run: Callable[[argparse.Namespace], int], asked: argparse.Namespace) -> int:
    """Runs a command, unless others may have put something into the directory."""
    reason = cache.refusal()
    if reason:
        raise PermissionError(f"the kernel cache is not used: {reason}")
    return run(asked)


def list_kernels(asked: argparse.Namespace) -> int:
    """A table of all kernels."""
    entries = cache.kernels()
    if asked.json:
        return _json([entry.as_dict() for entry in entries])
    print(*kernel_table(entries), sep="\n")
    return 0


def show_kernel(asked: argparse.Namespace) -> int:
    """Everything about one kernel; 2 if there is none of that key."""
    try:
        entry = cache.kernel(asked.key)
    except KeyError as error:
        print(f"jitgraph: {error.args[0]}", file=sys.stderr)
        return 2
    if asked.part:
        text = part(entry, asked.part)
        return _json({asked.part: text}) if asked.json else _said(text)
    if asked.json:
        return _json(kernel_values(entry))
    print(*kernel_page(entry), sep="\n")
    return 0


def show_stats(asked: argparse.Namespace) -> int:
    """The cache in numbers."""
    found = cache.stats()
    if asked.json:
        return _json(vars(found))
    print(found)
    return 0


def verify(asked: argparse.Namespace) -> int:
    """Checks all kernels; 1 if some had to be removed."""
    number = sum(entry.is_current and entry.on_disk for entry in cache.kernels())
    removed, swept = cache.verify(), cache.sweep()
    if asked.json:
        _json({"checked": number, "removed": [list(each) for each in removed], "swept": swept})
    else:
        for key, reason in removed:
            print(f"{key[:SHORT_KEY]}  {reason}: removed")
        if swept:
            print(f"{counted(swept, 'file')} of processes that were killed: removed")
        print(f"{counted(number, 'kernel')} checked, {len(removed)} removed")
    return 1 if removed else 0


def clear(asked: argparse.Namespace) -> int:
    """Removes all kernels."""
    number = cache.clear()
    return (
        _json({"removed": number}) if asked.json else _said(f"{counted(number, 'kernel')} removed")
    )


def export_kernels(asked: argparse.Namespace) -> int:
    """Writes a set of kernels."""
    found = cache.export(asked.file)
    if asked.json:
        told = {"kernels": found.kernels, "bytes": found.bytes, "sha256": found.digest}
        return _json({**told, "skipped": [list(each) for each in found.skipped]})
    return _said(str(found))


def load_kernels(asked: argparse.Namespace) -> int:
    """Takes over a set of kernels; 1 if some don't fit this machine."""
    found = cache.load(asked.file, asked.sha256)
    if asked.json:
        _json({"loaded": list(found.loaded), "skipped": [list(each) for each in found.skipped]})
    else:
        print(found)
    return 1 if found.skipped else 0


def warm_up(asked: argparse.Namespace) -> int:
    """Runs a script in a process of its own; gives its exit status."""
    if not cache.directory():
        raise ValueError("the kernel cache is off: there is nothing to warm")
    before = {entry.key for entry in cache.kernels()}
    output = sys.stderr if asked.json else None
    status = subprocess.call([sys.executable, asked.script, *asked.arguments], stdout=output)
    new = [entry for entry in cache.kernels() if entry.key not in before]
    if asked.json:
        _json({"status": status, "new": [entry.as_dict() for entry in new]})
        return status
    spent = seconds_text(sum(entry.compile_seconds for entry in new))
    return _said(f"{counted(len(new), 'kernel')} new, compiled in {spent}") or status


def _said(text: str) -> int:
    print(text)
    return 0


def _json(found: Any) -> int:
    print(json.dumps(found, indent=1))
    return 0
