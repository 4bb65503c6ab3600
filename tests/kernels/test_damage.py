"""Files of an entry with bytes flipped, cut off, added or gone: right results, never a crash."""

import random
import warnings

import pytest
from calls import apply_words
from kernel_sources import stored_files

from jitgraph.kernels.cache import KernelCache, KernelSource

CASES = 150
SUM = KernelSource(
    "sum_to",
    "def kernel(args, lo, hi):\n"
    "    total = 0\n"
    "    for i in range(hi):\n"
    "        total = total + i\n"
    "    return total + lo\n",
    (),
    (("language", "words"),),
)


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Another content, near to the old one."""
    place = rng.randrange(len(content))
    flipped = bytes([content[place] ^ 1 << rng.randrange(8)])
    return rng.choice(
        [
            content[:place] + flipped + content[place + 1 :],
            content[:place],
            content[:place] + rng.randbytes(3) + content[place:],
            b"",
        ]
    )


@pytest.mark.parametrize("suffix", [".o", ".py", ".json"])
def test_any_damage_to_a_file_is_survived(directory, suffix):
    KernelCache(directory).get(SUM)
    path = stored_files(directory)[suffix]
    content, rng = path.read_bytes(), random.Random(suffix)
    for _ in range(CASES):
        path.write_bytes(damaged(content, rng))
        cache = KernelCache(directory)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            kernel = cache.get(SUM)
        assert kernel.origin == ("compiled" if suffix == ".o" else "disk")
        assert len(caught) == (1 if suffix == ".o" else 0)
        assert apply_words(kernel, 3, 10) == 48
        if suffix == ".o":
            assert cache.store.verify() == []
            continue
        (entry,) = cache.store.kernels()
        assert (entry.source(), entry.record()).count({".py": "", ".json": {}}[suffix]) == 1
        assert entry.damage()


def test_a_kernel_saved_from_two_processes_may_mix_their_files(directory):
    cache = KernelCache(directory)
    kernel = cache.get(SUM)
    (entry,) = cache.store.kernels()
    code, ours = entry.path().read_bytes(), entry.path(".json").read_bytes()
    cache.store.save(kernel.key, entry.code(), "# theirs\n" + entry.source(), {"name": "theirs"})
    entry.path(".json").write_bytes(ours)
    assert entry.path().read_bytes() == code
    assert entry.damage() == ""
    assert apply_words(KernelCache(directory).get(SUM), 0, 5) == 10
