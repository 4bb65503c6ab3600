"""Sets of kernels in one file: whole, damaged, foreign."""

from __future__ import annotations

import itertools
import json
import zipfile

import pytest
from kernel_sources import elementwise

from jitgraph.kernels import kernel_set
from jitgraph.kernels.cache import KernelCache
from jitgraph.kernels.kernel_set import MANIFEST, export_set, load_set
from jitgraph.kernels.keys import kernel_key
from jitgraph.kernels.seal import seal_code, unseal_code

SOURCES = [elementwise(f"x[i] + np.float32({n})", name=f"plus_{n}") for n in (1, 2)]


@pytest.fixture
def exported(cache, tmp_path):
    """A file with two kernels."""
    cache.get_many(SOURCES)
    return export_set(cache, tmp_path / "set.zip")


def rewritten(path, change):
    """The file with its members changed by `change(name, content)`."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    other = path.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, change(name, content))
    return other


def test_loaded_kernels_are_not_compiled(exported):
    fresh = KernelCache()
    found = load_set(fresh, exported.path, exported.digest)
    assert len(found.loaded) == exported.kernels == 2
    assert [kernel.origin for kernel in fresh.get_many(SOURCES)] == ["disk", "disk"]


def test_a_damaged_kernel_is_left_out_and_named(exported):
    def damage(name, content):
        return content[:-1] + b"?" if name.endswith(".o") else content

    found = load_set(KernelCache(), rewritten(exported.path, damage))
    assert found.loaded == ()
    assert {reason for _, reason in found.skipped} == {"it is damaged"}
    assert {name.split()[0] for name, _ in found.skipped} == {"plus_1", "plus_2"}


def test_what_is_damaged_is_not_exported(cache, tmp_path):
    one, _ = cache.get_many(SOURCES)
    path = cache.store.path(one.key)
    path.write_bytes(path.read_bytes()[:-1])
    exported = export_set(cache, tmp_path / "set.zip")
    assert (exported.kernels, exported.skipped) == (1, ((one.key, "damaged"),))
    assert f"  {one.key[:12]} left out: damaged\n" in str(exported)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("cpu", "z80", "it was made for the cpu z80, this is"),
        ("triple", "riscv64", "it was made for the triple riscv64, this is"),
        ("features", "", "other features"),
        ("environment", "", "another version"),
        ("format", 7, "its format is 7, this is 2"),
    ],
)
def test_a_foreign_set_is_left_out(exported, field, value, reason):
    def change(name, content):
        if name != MANIFEST:
            return content
        return json.dumps({**json.loads(content), field: value}).encode()

    found = load_set(KernelCache(), rewritten(exported.path, change))
    assert found.loaded == ()
    assert all(reason in text for _, text in found.skipped)
    assert "2 left out" in str(found)


def with_member(path, name, content=b"?"):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["../../evil.o", "/tmp/evil.o", "a/b.o", "x.o", "..\\evil.o", ".o"]
)
def test_a_set_with_paths_in_it_is_refused_as_a_whole(exported, directory, name):
    before = sorted(directory.rglob("*"))
    with pytest.raises(ValueError, match="is not a set of kernels: it has a file named"):
        load_set(KernelCache(directory), with_member(exported.path, name))
    assert sorted(directory.rglob("*")) == before


def test_another_digest_is_refused_before_anything_is_read(exported, monkeypatch):
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(ValueError, match="nothing is loaded"):
        load_set(KernelCache(), exported.path, "00" * 32)


def test_code_under_another_kernels_key_is_left_out(exported):
    with zipfile.ZipFile(exported.path) as archive:
        codes = {name: archive.read(name) for name in archive.namelist() if name.endswith(".o")}
    one, other = codes
    swapped = {one: codes[other], other: codes[one]}
    cache = KernelCache()
    found = load_set(cache, rewritten(exported.path, lambda name, c: swapped.get(name, c)))
    assert [reason for _, reason in found.skipped] == ["it is damaged"] * 2
    assert [kernel.origin for kernel in cache.get_many(SOURCES)] == ["compiled"] * 2


def test_code_without_its_function_is_left_out(exported):
    key, other = map(kernel_key, SOURCES)
    with zipfile.ZipFile(exported.path) as archive:
        code = unseal_code(other, archive.read(f"{other}.o"))

    def change(name, content):
        return seal_code(key, code) if name == f"{key}.o" else content

    found = load_set(KernelCache(), rewritten(exported.path, change))
    assert [reason.split(" ", 2)[2] for _, reason in found.skipped] == ["is not in its object file"]


NONSENSE = (b"", b"[]", b"\xff\xfe", b"{" * 100_000)


@pytest.mark.parametrize(
    ("member", "content"),
    [*itertools.product((MANIFEST, ".json"), NONSENSE), (".py", b"\xff\xfe")],
)
def test_a_set_with_nonsense_in_it_is_refused(exported, member, content):
    path = rewritten(exported.path, lambda name, c: content if name.endswith(member) else c)
    with pytest.raises(ValueError, match="is not a set of kernels"):
        load_set(KernelCache(), path)


def test_a_set_that_unpacks_too_large_is_refused(exported, monkeypatch):
    monkeypatch.setattr(kernel_set, "LARGEST_FILE", 100)
    with pytest.raises(ValueError, match="would take"):
        load_set(KernelCache(), exported.path)


def outcome(path):
    """How many kernels of a file were loaded or skipped, or why it was refused."""
    try:
        found = load_set(KernelCache(), path)
    except ValueError as error:
        return str(error).partition(": ")[0].rpartition("/")[2]
    return len(found.loaded) + len(found.skipped)


def test_any_damage_to_a_set_is_survived(exported):
    content = exported.path.read_bytes()
    path = exported.path.with_name("damaged.zip")
    outcomes = set()
    for place in range(0, len(content), max(1, len(content) // 150)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        outcomes.add(outcome(path))
    assert outcomes <= {0, 1, 2, "damaged.zip is not a set of kernels"}
    assert "damaged.zip is not a set of kernels" in outcomes
