"""The directory: readable records, private, whole files, damage and full disks survived."""

import errno
import json
import os
import stat
import tempfile
import warnings

import pytest
from kernel_sources import elementwise, filled, stored_files

from jitgraph.kernels import private_directory
from jitgraph.kernels.cache import KernelCache, KernelCacheWarning
from jitgraph.kernels.store import LEFTOVER_SECONDS, KernelStore

SOURCE = elementwise("x[i] + np.float32(1)", name="plus_one", header="%1 = add %0, 1\nuser: a/b")
needs_posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX permissions")
needs_non_root = pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write everywhere"
)


def test_a_kernel_is_three_files(cache, directory):
    kernel = cache.get(SOURCE)
    stored = stored_files(directory)
    assert sorted(stored) == [".json", ".o", ".py"]
    assert stored[".py"].read_text().startswith("# %1 = add %0, 1\n# user: a/b\ndef kernel(")
    record = json.loads(stored[".json"].read_text())
    assert len(record.pop("seal")) == 64
    assert record["name"] == "plus_one"
    assert record["bytes"] == kernel.object_bytes
    assert set(record["versions"]) == {"numba", "llvmlite"}
    assert record["compile_seconds"] > 0
    (entry,) = cache.store.kernels()
    assert entry.key == kernel.key
    assert entry.record() == record
    lines = stored[".py"].read_text().splitlines(keepends=True)
    assert entry.source() == "".join(lines[:-1])
    assert lines[-1].startswith("# sha256 ")


@needs_posix
def test_directories_are_private(cache, directory):
    cache.get(SOURCE)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty"])
def test_damage_means_compiling_again(cache, directory, damage):
    cache.get(SOURCE)
    path = stored_files(directory)[".o"]
    content = path.read_bytes()
    flipped = bytes([content[0] ^ 1]) + content[1:]
    path.write_bytes({"flip": flipped, "truncate": content[:-100], "empty": b""}[damage])
    with pytest.warns(KernelCacheWarning, match="damaged"):
        assert KernelCache(directory).get(SOURCE).origin == "compiled"
    assert KernelCache(directory).get(SOURCE).origin == "disk"


def test_a_lost_source_or_record_does_not_matter(cache, directory):
    cache.get(SOURCE)
    stored = stored_files(directory)
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
    with pytest.warns(KernelCacheWarning, match="it is no directory"):
        assert KernelCache(tmp_path / "cache").get(SOURCE).origin == "compiled"


@needs_non_root
def test_a_read_only_directory_is_reported_once(cache, directory):
    cache.get(SOURCE)
    stored_files(directory)[".o"].parent.chmod(0o500)
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


def test_the_least_recently_used_go_first(directory):
    store = filled(directory, 10**9, 6)
    first, second = (kernel.key for kernel in sorted(store.kernels(), key=lambda k: k.last_use)[:2])
    assert store.load(first) is not None
    total = sum(entry.size for entry in store.kernels())
    small = KernelStore(directory, store.directory.name, total // 2)
    assert small.evict() > 0
    left = [entry.key for entry in small.kernels()]
    assert first in left
    assert second not in left
    assert sum(entry.size for entry in small.kernels()) <= total // 2
    assert small.evict() == 0


def test_a_store_that_outgrows_its_limit_evicts_by_itself(directory):
    store = filled(directory, 10_000, 200)
    assert sum(entry.size for entry in store.kernels()) < 2 * 100 * 1500
    assert len(list(store.kernels())) < 200


def test_other_code_versions_are_evicted_too(directory):
    old = filled(directory, 10**9, 3).directory
    assert KernelStore(directory, "v2-0123456789abcdef", 1).evict() == 3
    assert not old.exists()


def test_kernels_of_other_versions_are_told_once_when_debugging(directory, monkeypatch, capsys):
    monkeypatch.setenv("JITGRAPH_DEBUG", "1")
    filled(directory, 10**9, 3)
    assert capsys.readouterr().err == ""
    told = []
    for _ in range(2):
        assert KernelStore(directory, "v2-0123456789abcdef", 10**9).load("0" * 64) is None
        told.append(capsys.readouterr().err)
    text = "[jitgraph] kernel cache: 3 kernels of other versions or CPUs are not used"
    assert told == [f"{text} ({directory})\n", ""]


def test_clear_removes_everything(directory):
    store = filled(directory, 10**9, 3)
    (store.directory / ".killed.tmp").write_bytes(b"half")
    assert store.clear() == 3
    assert list(store.directory.iterdir()) == []


def test_what_is_not_the_stores_own_stays(directory):
    store = filled(directory, 10**9, 1)
    others = [directory / "build" / "main.o", store.directory / "notes.py", directory / "a.tmp"]
    for path in others:
        path.parent.mkdir(exist_ok=True)
        path.write_text("precious")
    assert store.clear() == 1
    assert [path.read_text() for path in others] == ["precious"] * 3


def test_leftovers_of_killed_writers_are_swept_when_they_are_old(directory):
    store = filled(directory, 10**9, 2)
    kept, lost = store.kernels()
    lost.path().unlink()
    leftovers = [store.directory / ".abc.tmp", lost.path(".py"), lost.path(".json")]
    leftovers[0].write_bytes(b"half")
    store.evict()
    assert all(path.exists() for path in leftovers)
    for path in leftovers:
        os.utime(path, (0, path.stat().st_mtime - 2 * LEFTOVER_SECONDS))
    store.evict()
    assert {path.stem for path in store.directory.iterdir()} == {kept.key}


def test_verify_finds_damage_in_every_file(directory):
    store = filled(directory, 10**9, 4)
    kernels = list(store.kernels())
    for kernel, suffix in zip(kernels, (".o", ".py", ".json"), strict=False):
        content = kernel.path(suffix).read_bytes()
        kernel.path(suffix).write_bytes(content.replace(b"kernel", b"cernel").replace(b"co", b"ko"))
    reasons = [reason for _, reason in store.verify()]
    assert reasons == ["damaged", "its source is damaged", "its record is damaged"]
    assert list(store.kernels()) == kernels[3:]


def test_code_of_another_kernel_is_not_loaded(directory):
    store = filled(directory, 10**9, 2)
    one, other = store.kernels()
    one.path().write_bytes(other.path().read_bytes())
    with pytest.warns(KernelCacheWarning, match="damaged"):
        assert store.load(one.key) is None


def test_damage_is_reported_once(directory):
    store = filled(directory, 10**9, 3)
    for kernel in store.kernels():
        kernel.path().write_bytes(b"")
    with pytest.warns(KernelCacheWarning, match="cache verify") as caught:
        assert [store.load(kernel.key) for kernel in store.kernels()] == [None] * 3
    assert len(caught) == 1


def test_uses_are_counted_on_disk_and_in_memory(directory):
    store = filled(directory, 10**9, 1)
    (kernel,) = store.kernels()
    assert kernel.uses() == (0, 0)
    for _ in range(3):
        store.load(kernel.key)
    store.note_memory_uses({kernel.key: 12, "f" * 64: 3})
    store.note_memory_uses({kernel.key: 5})
    assert kernel.uses() == (3, 17)
    kernel.path(".hits").write_bytes(b"\xff..+9+x+" + b"9" * 30)
    assert kernel.uses()[0] == 2


def test_a_directory_removed_meanwhile_is_made_again(directory):
    store = filled(directory, 10**9, 1)
    store.clear()
    store.directory.rmdir()
    filled(directory, 10**9, 1, store)
    assert len(list(store.kernels())) == 1


def fails_with(number):
    def fail(*arguments, **options):
        raise OSError(number, os.strerror(number))

    return fail


class FullFile:
    """A file whose disk has no room."""

    write = staticmethod(fails_with(errno.ENOSPC))

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("step", ["mkstemp", "write", "replace"])
def test_what_a_disk_refuses_leaves_memory_only(directory, monkeypatch, step, number):
    store = filled(directory, 10**9, 1)

    def refuse(descriptor, mode):
        os.close(descriptor)
        return FullFile()

    with monkeypatch.context() as patch:
        if step == "mkstemp":
            patch.setattr(tempfile, "mkstemp", fails_with(number))
        elif step == "write":
            patch.setattr(os, "fdopen", refuse)
            number = errno.ENOSPC
        else:
            patch.setattr(os, "replace", fails_with(number))
        with pytest.warns(KernelCacheWarning, match="new kernels stay in memory") as caught:
            filled(directory, 10**9, 3, store)
        assert len(caught) == 1
        assert os.strerror(number) in str(caught[0].message)
    assert store.verify() == []
    assert len(list(store.directory.iterdir())) == 3


def test_a_disk_with_no_room_for_a_directory_leaves_memory_only(directory, monkeypatch):
    monkeypatch.setattr(private_directory.Path, "mkdir", fails_with(errno.ENOSPC))
    with pytest.warns(KernelCacheWarning, match="No space left") as caught:
        store = filled(directory, 10**9, 2)
    assert len(caught) == 1
    assert not store.root.exists()


def test_nothing_is_written_outside_the_three_files(directory):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        store = filled(directory, 10**9, 1)
    assert sorted(path.suffix for path in store.directory.iterdir()) == [".json", ".o", ".py"]


@needs_posix
def test_a_linked_directory_is_refused(directory, tmp_path):
    filled(tmp_path / "real", 10**9, 1)
    directory.symlink_to(tmp_path / "real")
    store = KernelStore(directory, "v2-0123456789abcdef", 10**9)
    with pytest.warns(KernelCacheWarning, match="is a symbolic link") as caught:
        filled(directory, 10**9, 2, store)
        assert store.load("0" * 64) is None
    assert len(caught) == 1
    assert "symbolic link" in store.refusal()
    assert (list(store.kernels()), store.clear(), store.verify()) == ([], 0, [])
    assert len(list((tmp_path / "real").glob("*/*.o"))) == 1


@needs_posix
def test_a_link_in_place_of_a_version_is_refused(directory, tmp_path):
    elsewhere = filled(tmp_path / "real", 10**9, 1).directory
    directory.mkdir(mode=0o700)
    (directory / elsewhere.name).symlink_to(elsewhere)
    store = KernelStore(directory, elsewhere.name, 10**9)
    with pytest.warns(KernelCacheWarning, match="is a symbolic link"):
        assert store.load(next(elsewhere.glob("*.o")).stem) is None
    assert store.clear() == 0


@needs_non_root
@pytest.mark.parametrize("locked", ["cache", "cache/v1-0123456789abcdef", "."])
def test_a_directory_that_may_not_be_entered_is_reported_once(directory, tmp_path, locked):
    store = filled(directory, 10**9, 1)
    fresh = KernelStore(directory, store.directory.name, 10**9)
    (tmp_path / locked).chmod(0o000)
    try:
        with pytest.warns(KernelCacheWarning, match="Permission denied") as caught:
            assert fresh.load("0" * 64) is None
            filled(directory, 10**9, 2, fresh)
            fresh.note_memory_uses({"0" * 64: 1})
    finally:
        (tmp_path / locked).chmod(0o700)
    assert 1 <= len(caught) <= 2
    assert len(list(store.kernels())) == 1


@needs_posix
def test_a_directory_of_another_user_is_refused(directory, monkeypatch):
    store = filled(directory, 10**9, 1)
    (kernel,) = store.kernels()
    monkeypatch.setattr(os, "getuid", lambda: directory.stat().st_uid + 1)
    fresh = KernelStore(directory, store.directory.name, 10**9)
    with pytest.warns(KernelCacheWarning, match="belongs to another user"):
        assert fresh.load(kernel.key) is None
    assert fresh.clear() == 0
    assert kernel.path().exists()
