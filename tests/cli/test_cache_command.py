"""`jitgraph cache ...`, as a user calls it: in processes of its own, on a directory of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
import numpy as np
import jitgraph as tf
x = tf.placeholder(tf.float32, [None, 5], name="x")
y = tf.reduce_sum(tf.tanh(x) * 2, 1, name="rows")
with tf.Session() as session:
    session.run(y, {x: np.ones((3, 5))})
"""


class Shell:
    """A directory of kernels and a script that uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = folder / "model.py"
        self.script.write_text(SCRIPT)
        self.kernels = folder / "kernels"

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "JITGRAPH_CACHE_DIR": str(self.kernels), **settings}
        return subprocess.run(
            [sys.executable, *arguments],
            capture_output=True, text=True, env=environment, cwd=self.folder, check=False,
        )  # fmt: skip

    def cache(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "jitgraph", "cache", *arguments, **settings)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.cache(*arguments, "--json").stdout)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A cache that the script has filled."""
    shell = Shell(tmp_path_factory.mktemp("cache"))
    made = shell.cache("warm", str(shell.script))
    assert made.returncode == 0, made.stderr
    assert "new, compiled in" in made.stdout
    return shell


def key_of(shell: Shell, name: str) -> str:
    return next(entry["key"] for entry in shell.json("list") if entry["name"] == name)


def test_a_second_run_compiles_nothing(warm: Shell) -> None:
    assert warm.cache("warm", str(warm.script)).stdout.startswith("0 kernels new")


def test_list(warm: Shell) -> None:
    lines = warm.cache("list").stdout.splitlines()
    assert lines[0].split()[:3] == ["key", "kernel", "dtypes"]
    row = next(line for line in lines if " tanh_mul_sum " in line)
    assert "float32" in row
    assert "Tanh model.py:5" in row


def test_list_as_json(warm: Shell) -> None:
    entry = next(each for each in warm.json("list") if each["name"] == "tanh_mul_sum")
    assert entry["on_disk"]
    assert entry["dtypes"] == ["float32"]
    assert entry["bytes"] > 1000
    assert entry["serves"][-1].split() == ["rows", "model.py:5"]


def test_show(warm: Shell) -> None:
    text = warm.cache("show", key_of(warm, "tanh_mul_sum")[:10]).stdout
    for part in ("kernel tanh_mul_sum", "def kernel(args, lo, hi):", "vectors of", "hot loop"):
        assert part in text
    assembly = warm.cache("show", key_of(warm, "tanh_mul_sum"), "--part", "assembly").stdout
    assert "ret" in assembly


def test_stats(warm: Shell) -> None:
    found = warm.json("stats")
    assert found["on_disk"] == len(warm.json("list"))
    assert str(warm.kernels) in warm.cache("stats").stdout


def test_export_and_load_on_the_same_machine(warm: Shell, tmp_path: Path) -> None:
    exported = warm.json("export", str(tmp_path / "set.zip"))
    other = Shell(tmp_path)
    loaded = other.cache("load", "set.zip", "--sha256", exported["sha256"])
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.startswith(f"{exported['kernels']} kernels loaded, 0 left out")
    assert other.cache("warm", str(other.script)).stdout.startswith("0 kernels new")


def test_a_set_with_another_digest_is_not_loaded(warm: Shell, tmp_path: Path) -> None:
    warm.cache("export", str(tmp_path / "set.zip"))
    other = Shell(tmp_path)
    refused = other.cache("load", "set.zip", "--sha256", "00")
    assert refused.returncode == 1
    assert "nothing is loaded" in refused.stderr
    assert other.json("list") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "zzz"], "no kernel's key starts with 'zzz'"),
        (["show", ""], "no kernel's key starts with ''"),
        (["load", "model.py"], "is not a set of kernels"),
        (["load", "nowhere.zip"], "No such file"),
        (["export", "no/such/folder/set.zip"], "No such file"),
    ],
)
def test_bad_input(warm: Shell, arguments: list[str], message: str) -> None:
    found = warm.cache(*arguments)
    assert found.returncode == 1
    assert message in found.stderr
    assert "Traceback" not in found.stderr


def test_export_without_a_disk_cache(warm: Shell) -> None:
    found = warm.cache("export", "set.zip", JITGRAPH_CACHE="off")
    assert found.returncode == 1
    assert "nothing to export" in found.stderr


def test_verify_and_clear(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.cache("warm", str(shell.script))
    damaged = next(shell.kernels.glob("*/*.o"))
    damaged.write_bytes(damaged.read_bytes()[:-7])
    found = shell.cache("verify")
    assert found.returncode == 1
    assert f"{damaged.stem[:12]}  damaged: removed" in found.stdout
    assert shell.cache("verify").returncode == 0
    assert shell.json("clear")["removed"] > 0
    assert shell.json("list") == []


def test_a_command_is_needed(warm: Shell) -> None:
    found = warm.run("-m", "jitgraph")
    assert found.returncode == 2
    assert "COMMAND" in found.stderr
