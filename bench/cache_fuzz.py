"""Every byte of a cache entry flipped, cut off and emptied: `python -m bench.cache_fuzz`.

In: how many cases. Out: what came of them; 1 if a result was wrong, a case was noticed by nobody,
or damage was left on disk. Each case damages one file of an entry, then asks for the kernel anew,
as the next process would, and calls it.
"""

from __future__ import annotations

import argparse
import ctypes
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from jitgraph.kernels.cache import Kernel, KernelCache, KernelSource
from jitgraph.kernels.stored_kernel import CODE, RECORD, SOURCE, USES

WORDS = KernelSource(
    "sum_to",
    "def kernel(args, lo, hi):\n"
    "    total = 0\n"
    "    for i in range(hi):\n"
    "        total = total + i * lo\n"
    "    return total\n",
    (),
    (("language", "words"),),
)
NUMBA = KernelSource(
    "double",
    "def kernel(args, lo, hi):\n"
    "    x0 = ptr_float32(args, 2)\n"
    "    y1 = ptr_float32(args, 3)\n"
    "    for i0 in range(lo, hi):\n"
    "        store(y1, 1, i0, load(x0, 0, i0) * float32(2.0))\n",
    ("ptr_float32", "store", "load", "float32"),
)


def is_right(source: KernelSource, kernel: Kernel) -> bool:
    """Whether the machine code computes what it should."""
    words = ctypes.c_int64
    call = ctypes.CFUNCTYPE(words, ctypes.c_void_p, words, words)(kernel.address)
    if source is WORDS:
        return bool(call(None, 3, 10) == 135)
    x, y, status = np.arange(37, dtype=np.float32), np.zeros(37, np.float32), np.zeros(1, np.int64)
    args = np.array([each.ctypes.data if each is not None else 0 for each in (status, None, x, y)])
    call(args.ctypes.data, 0, 37)
    return bool((y == 2 * x).all())


def damages(content: bytes, rng: random.Random) -> Iterator[bytes]:
    """Every byte flipped, the file cut before every byte; then damage by chance without end."""
    for place, byte in enumerate(content):
        yield content[:place] + bytes([byte ^ 1 << rng.randrange(8)]) + content[place + 1 :]
    for place in range(len(content)):
        yield content[:place]
    while True:
        place, length = rng.randrange(len(content)), rng.randrange(1, 64)
        yield content[:place] + rng.randbytes(length) + content[place + length :]


def fuzz(source: KernelSource, cases: int, directory: Path) -> Counter[str]:
    """Goes through the cases, the files of the entry in turn."""
    KernelCache(directory).get(source)
    files = {path.suffix: path for path in directory.glob("*/*")}
    files[USES] = files[CODE].with_suffix(USES)
    files[USES].write_bytes(b"..+12.")
    rng = random.Random(1)
    contents = {suffix: path.read_bytes() for suffix, path in files.items()}
    streams = {suffix: damages(content, rng) for suffix, content in contents.items()}
    found: Counter[str] = Counter()
    for number in range(cases):
        suffix = _turn(number, cases, contents)
        found[f"of {suffix}"] += 1
        found.update(_case(source, directory, suffix, files, contents, next(streams[suffix])))
    return found


def _turn(number: int, cases: int, contents: dict[str, bytes]) -> str:
    """Which file a case damages: each as often as it is long."""
    place = (number + 0.5) / cases * sum(map(len, contents.values()))
    for suffix, content in contents.items():
        place -= len(content)
        if place < 0:
            return suffix
    return CODE


def _case(
    source: KernelSource,
    directory: Path,
    suffix: str,
    files: dict[str, Path],
    contents: dict[str, bytes],
    damaged: bytes,
) -> Iterator[str]:
    files[suffix].write_bytes(damaged)
    cache = KernelCache(directory)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kernel = cache.get(source)
    yield kernel.origin
    assert cache.store is not None
    if not is_right(source, kernel):
        yield "WRONG RESULTS"
    if len(caught) != (kernel.origin == "compiled"):
        yield "NOT REPORTED ONCE"
    (entry,) = cache.store.kernels()
    entry.uses()
    same = damaged == contents[suffix]
    if suffix in (SOURCE, RECORD) and not same and not entry.damage():
        yield "NOT NOTICED BY VERIFY"
    if suffix in (CODE, USES) and cache.store.verify():
        yield "STILL DAMAGED"
    for path, content in contents.items():
        files[path].write_bytes(content)


def main() -> int:
    """Fuzzes an entry, and tells what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.cache_fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--numba", action="store_true", help="a kernel that Numba compiles: slow")
    asked = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        source = NUMBA if asked.numba else WORDS
        found = fuzz(source, asked.cases, Path(folder) / "kernels")
    told = ", ".join(f"{count} {what}" for what, count in found.items())
    print(f"{asked.cases} cases in {time.monotonic() - begin:.0f} s: {told}")
    return int(any(what.isupper() for what in found))


if __name__ == "__main__":
    sys.exit(main())
