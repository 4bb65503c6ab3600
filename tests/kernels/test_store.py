"""The directory: readable records, private, whole files, damage and full disks survived."""

import json
import os
import stat
import warnings

import pytest
from conftest import elementwise

from jitgraph.kernels.cache import KernelCache, KernelCacheWarning
from jitgraph.kernels.store import KernelStore

SOURCE = elementwise("x[i] + np.float32(1)", name="plus_one", header="%1 = add %0, 1\nuser: a/b")
needs_posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX permissions")
needs_non_root = pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write everywhere"
)


def files(directory):
    return {path.suffix: path for path in directory.glob("*/*")}


def test_a_kernel_is_three_files(cache, directory):
    kernel = cache.get(SOURCE)
    stored = files(directory)
    assert sorted(stored) == [".json", ".o", ".py"]
    assert stored[".py"].read_text().startswith("# %1 = add %0, 1\n# user: a/b\ndef kernel(")
    record = json.loads(stored[".json"].read_text())
    assert record["name"] == "plus_one"
    assert record["bytes"] == kernel.object_bytes
    assert set(record["versions"]) == {"numba", "llvmlite"}
    assert record["compile_seconds"] > 0
    (entry,) = cache.store.kernels()
    assert entry.key == kernel.key
    assert entry.record() == record
    assert entry.source() == stored[".py"].read_text()


@needs_posix
def test_directories_are_private(cache, directory):
    cache.get(SOURCE)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty"])
def test_damage_means_compiling_again(cache, directory, damage):
    cache.get(SOURCE)
    path = files(directory)[".o"]
    content = path.read_bytes()
    flipped = bytes([content[0] ^ 1]) + content[1:]
    path.write_bytes({"flip": flipped, "truncate": content[:-100], "empty": b""}[damage])
    with pytest.warns(KernelCacheWarning, match="damaged"):
        assert KernelCache(directory).get(SOURCE).origin == "compiled"
    assert KernelCache(directory).get(SOURCE).origin == "disk"


def test_a_lost_source_or_record_does_not_matter(cache, directory):
    cache.get(SOURCE)
    stored = files(directory)
    stored[".py"].unlink()
    stored[".json"].unlink()
    other = KernelCache(directory)
    assert other.get(SOURCE).origin == "disk"
    assert [entry.record() for entry in other.store.kernels()] == [{}]


@needs_posix
def test_a_directory_others_may_write_to_is_refused(directory):
    directory.mkdir()
    directory.chmod(0o777)
    cache = KernelCache(directory)
    with pytest.warns(KernelCacheWarning, match="others may write") as caught:
        cache.get(SOURCE)
        cache.get(elementwise("x[i] + np.float32(2)"))
    assert len(caught) == 1
    assert list(directory.iterdir()) == []


def test_a_file_in_the_way_leaves_memory_only(tmp_path):
    (tmp_path / "cache").write_text("not a directory")
    with pytest.warns(KernelCacheWarning, match="can't use"):
        assert KernelCache(tmp_path / "cache").get(SOURCE).origin == "compiled"


@needs_non_root
def test_a_read_only_directory_is_reported_once(cache, directory):
    cache.get(SOURCE)
    files(directory)[".o"].parent.chmod(0o500)
    other = KernelCache(directory)
    assert other.get(SOURCE).origin == "disk"
    with pytest.warns(KernelCacheWarning, match="can't write") as caught:
        other.get(elementwise("x[i] + np.float32(2)"))
        other.get(elementwise("x[i] + np.float32(3)"))
    assert len(caught) == 1


def test_a_full_disk_is_reported_once(cache, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.warns(KernelCacheWarning, match="No space left") as caught:
        cache.get(SOURCE)
        cache.get(elementwise("x[i] + np.float32(2)"))
    assert len(caught) == 1
    assert list(cache.store.directory.iterdir()) == []


def filled(root, size_limit, count):
    store = KernelStore(root, "v", size_limit)
    for index in range(count):
        store.save(f"key{index}", b"code" * 100, "source", {"name": f"kernel {index}"})
        os.utime(store.directory / f"key{index}.o", (1000 + index, 1000 + index))
    return store


def test_the_least_recently_used_go_first(directory):
    store = filled(directory, 10**9, 6)
    assert store.load("key0") is not None
    total = sum(entry.bytes for entry in store.kernels())
    small = KernelStore(directory, "v", total // 2)
    assert small.evict() > 0
    left = [entry.key for entry in small.kernels()]
    assert "key0" in left
    assert "key1" not in left
    assert sum(entry.bytes for entry in small.kernels()) <= total // 2
    assert small.evict() == 0


def test_other_code_versions_are_evicted_too(directory):
    filled(directory, 10**9, 3)
    assert KernelStore(directory, "newer", 1).evict() == 3


def test_clear_removes_everything(directory):
    store = filled(directory, 10**9, 3)
    assert store.clear() == 3
    assert list(store.directory.iterdir()) == []


def test_nothing_is_written_outside_the_three_files(directory):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        store = filled(directory, 10**9, 1)
    assert sorted(path.name for path in store.directory.iterdir()) == [
        "key0.json",
        "key0.o",
        "key0.py",
    ]
