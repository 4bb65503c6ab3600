"""Memory, disk, compile: what is found where, and what makes a kernel another one."""

import subprocess
import sys
import threading
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from calls import apply
from kernel_sources import elementwise

from jitgraph.kernels.cache import KernelCache, KernelCacheWarning, default_cache
from jitgraph.kernels.keys import kernel_key

X = np.arange(10, dtype=np.float32)
PLUS_ONE = elementwise("x[i] + np.float32(1)", name="plus_one", header="%1 = add %0, 1\nuser: a/b")


def test_second_request_is_a_memory_hit(cache):
    first, second = cache.get(PLUS_ONE), cache.get(PLUS_ONE)
    assert first is second
    assert first.origin == "compiled"
    assert first.compile_seconds > 0
    assert (cache.stats().compiled, cache.stats().memory_hits) == (1, 1)


def test_another_cache_loads_from_disk(cache, directory):
    compiled = cache.get(PLUS_ONE)
    other = KernelCache(directory)
    loaded = other.get(PLUS_ONE)
    assert loaded.origin == "disk"
    assert loaded.object_bytes == compiled.object_bytes
    assert other.stats().compiled == 0
    np.testing.assert_array_equal(apply(loaded, X), X + 1)


def test_names_and_headers_share_a_kernel(cache):
    renamed = replace(PLUS_ONE, name="other", header="other")
    assert cache.get(PLUS_ONE) is cache.get(renamed)


@pytest.mark.parametrize(
    "change",
    [
        {"source": PLUS_ONE.source.replace("(1)", "(2)")},
        {"options": (("fastmath", "contract,reassoc"),)},
        {"signature": ("void", "int64*", "int64", "int32")},
        {"helpers": "json"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_changes_the_code_changes_the_key(change):
    assert kernel_key(replace(PLUS_ONE, **change)) != kernel_key(PLUS_ONE)


def test_many_come_in_order_with_repeats(directory):
    sources = [elementwise(f"x[i] * np.float32({n})") for n in (2, 3, 2)]
    for origin in ("compiled", "disk"):
        kernels = KernelCache(directory).get_many(sources)
        assert [kernel.origin for kernel in kernels] == [origin] * 3
        assert kernels[0] is kernels[2]
        for kernel, factor in zip(kernels, (2, 3, 2), strict=True):
            np.testing.assert_array_equal(apply(kernel, X), X * factor)


def test_no_sources_give_no_kernels(cache):
    assert cache.get_many([]) == []


def test_threads_compile_a_kernel_once(cache):
    start = threading.Barrier(4)
    kernels = []

    def ask():
        start.wait()
        kernels.append(cache.get(PLUS_ONE))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.stats().compiled == 1
    assert len({id(kernel) for kernel in kernels}) == 1


def test_a_failure_does_not_block_the_next_request(cache):
    broken = replace(PLUS_ONE, source="def kernel(args, lo, hi):\n    nowhere()\n")
    for _ in range(2):
        with pytest.raises(Exception, match="nowhere"):
            cache.get(broken)
    assert cache.get(PLUS_ONE).origin == "compiled"


def test_memory_only_cache_writes_nothing(tmp_path):
    cache = KernelCache(None)
    cache.get(PLUS_ONE)
    assert cache.store is None
    assert list(tmp_path.iterdir()) == []


def test_default_cache_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("JITGRAPH_CACHE_DIR", str(tmp_path / "chosen"))
    monkeypatch.setenv("JITGRAPH_CACHE_SIZE", "12345")
    default_cache.cache_clear()
    store = default_cache().store
    assert (store.root, store.size_limit) == (tmp_path / "chosen", 12345)
    monkeypatch.setenv("JITGRAPH_CACHE", "off")
    default_cache.cache_clear()
    assert default_cache().store is None
    default_cache.cache_clear()


WARM_START = """
import sys
sys.path.insert(0, {tests!r})
from kernel_sources import elementwise
from jitgraph.kernels.cache import KernelCache
kernel = KernelCache({directory!r}).get(elementwise("x[i] + np.float32(1)"))
print(kernel.origin, "numba" in sys.modules)
"""


def test_a_warm_start_does_not_import_numba(cache, directory):
    cache.get(PLUS_ONE)
    script = WARM_START.format(tests=str(Path(__file__).parent), directory=str(directory))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.split() == ["disk", "False"], done.stderr


def test_a_compiled_kernel_tells_why(directory):
    def compiled(at: Path | None) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KernelCacheWarning)
            return KernelCache(at).get(PLUS_ONE).missed

    cache = KernelCache(directory)
    assert cache.get(PLUS_ONE).missed == "not on disk"
    assert compiled(directory) == ""
    path = cache.store.path(kernel_key(PLUS_ONE))
    path.write_bytes(path.read_bytes()[:-1])
    assert compiled(directory) == "damaged on disk"
    cache.store.directory.rename(directory / ("v1-" + 16 * "0"))
    assert compiled(directory) == "nothing on disk for this version and CPU"
    assert compiled(None) == "kept in memory only"
