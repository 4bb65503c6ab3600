"""Sets of kernels in one file: whole, damaged, foreign."""

from __future__ import annotations

import json
import zipfile

import pytest
from conftest import elementwise

from jitgraph.kernels.cache import KernelCache
from jitgraph.kernels.kernel_set import MANIFEST, export_set, load_set

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


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("cpu", "z80", "it was made for the cpu z80, this is"),
        ("triple", "riscv64", "it was made for the triple riscv64, this is"),
        ("features", "", "other features"),
        ("environment", "", "another version"),
        ("format", 7, "its format is 7, this is 1"),
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
