"""Readers of data given damaged data: `python -m bench.input_fuzz [--cases N] [--only NAME]`.

In: how many cases for each reader. Out: what came of them; 1 if an error was none of those that
TensorFlow raises, or a case took long or much memory. Before each case its bytes are written to
the file that is told, so that they are still there should the process have died.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.fuzz_readers import READERS, Reader

INTERESTING = (
    b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff" * 4, b"\xff" * 9 + b"\x01", b"\xff\xff\xff\x7f",
    b"\x80\x80\x80\x80\x08", b"\0\0\0\x80", b"\xfe\xff\xff\xff\x0f", b"\"", b",", b"\n", b"=",
)  # fmt: skip
SECONDS = 5.0
"""No case may take longer."""

MEBIBYTES = 1024
"""No reader may need more memory, whatever its data claim to be."""


def damaged(samples: list[bytes], rng: random.Random) -> bytes:
    """One of the samples after one to four changes."""
    content = rng.choice(samples)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        content = rng.choice(CHANGES)(content, samples, rng)
    return content


def _flipped(content: bytes, samples: list[bytes], rng: random.Random) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + bytes([rng.randrange(256)]) + content[place + 1 :]


def _cut(content: bytes, samples: list[bytes], rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _without(content: bytes, samples: list[bytes], rng: random.Random) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + content[place + rng.randrange(1, 16) :]


def _with(content: bytes, samples: list[bytes], rng: random.Random) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + rng.choice(INTERESTING) + content[place:]


def _overwritten(content: bytes, samples: list[bytes], rng: random.Random) -> bytes:
    place, other = rng.randrange(len(content) + 1), rng.choice(INTERESTING)
    return content[:place] + other + content[place + len(other) :]


def _spliced(content: bytes, samples: list[bytes], rng: random.Random) -> bytes:
    other = rng.choice(samples)
    return content[: rng.randrange(len(content) + 1)] + other[rng.randrange(len(other) + 1) :]


CHANGES: tuple[Callable[[bytes, list[bytes], random.Random], bytes], ...] = (
    _flipped, _flipped, _flipped, _cut, _without, _with, _overwritten, _spliced
)  # fmt: skip


def fuzz(reader: Reader, cases: int, folder: Path, seed: int = 1) -> Counter[str]:
    """What came of so many cases: names of error classes, "read", and in capitals what is wrong."""
    rng, found = random.Random(seed), Counter[str]()
    with reader.prepared(folder) as (samples, read), open(folder / "case", "wb+", 0) as case:
        for sample in samples:
            read(sample)
        for _ in range(cases):
            content = damaged(samples, rng)
            os.ftruncate(case.fileno(), 0)
            os.pwrite(case.fileno(), content, 0)
            found.update(_outcome(reader, read, content))
    return found


def _outcome(reader: Reader, read: Callable[[bytes], object], content: bytes) -> Iterable[str]:
    begin, memory = time.monotonic(), _most_memory()
    try:
        read(content)
        yield "read"
    except reader.errors as error:
        yield type(error).__name__
    except Exception as error:
        traceback.print_exc()
        print(f"{reader.name}: {content[:2000]!r}", file=sys.stderr)
        yield f"WRONG {type(error).__name__.upper()}"
    if time.monotonic() - begin > SECONDS:
        print(f"slow {reader.name}: {content[:2000]!r}", file=sys.stderr)
        yield "SLOW"
    if _most_memory() - memory > MEBIBYTES:
        print(f"large {reader.name}: {content[:2000]!r}", file=sys.stderr)
        yield "MUCH MEMORY"


def _most_memory() -> float:
    """The most memory that the process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Fuzzes the readers, and tells what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.input_fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="the reader of this name")
    asked = parser.parse_args()
    wrong = False
    for reader in READERS:
        if asked.only not in (None, reader.name):
            continue
        folder = Path(tempfile.mkdtemp())
        print(f"{reader.name} (case: {folder / 'case'})", end=": ", flush=True)
        begin, memory = time.monotonic(), _most_memory()
        found = fuzz(reader, asked.cases, folder, asked.seed)
        told = ", ".join(f"{count} {what}" for what, count in found.most_common())
        spent = f"{time.monotonic() - begin:.0f} s, {_most_memory() - memory:.0f} MiB more"
        print(f"{asked.cases} in {spent}: {told}", flush=True)
        wrong |= any(what.isupper() for what in found)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
