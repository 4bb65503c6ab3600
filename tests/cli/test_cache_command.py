"""`jitgraph cache ...`, as a user calls it: in processes of its own, on a directory of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jitgraph.cli import paint
from jitgraph.cli.main import main
from jitgraph.kernels.cache import default_cache

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
    records = shell.kernels.glob("*/*.json")
    return next(path.stem for path in records if json.loads(path.read_text())["name"] == name)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """Calls a command in this process, on a directory."""

    def run(directory: Path, *arguments: str) -> int:
        monkeypatch.setenv("JITGRAPH_CACHE_DIR", str(directory))
        default_cache.cache_clear()
        return main(["cache", *arguments])

    yield run
    monkeypatch.undo()
    default_cache.cache_clear()


Command = Callable[..., int]
Captured = pytest.CaptureFixture[str]


def test_a_second_run_compiles_nothing(warm: Shell) -> None:
    assert warm.cache("warm", str(warm.script)).stdout.startswith("0 kernels new")


def test_list(warm: Shell) -> None:
    lines = warm.cache("list").stdout.splitlines()
    columns = ["key", "kernel", "dtypes", "rank", "bytes", "compile", "memory", "disk"]
    assert lines[0].split()[:8] == columns
    row = next(line for line in lines if " tanh_mul_sum " in line)
    assert "float32" in row
    assert "Tanh model.py:5" in row
    assert "\x1b" not in "".join(lines)


def test_list_as_json(warm: Shell) -> None:
    entry = next(each for each in warm.json("list") if each["name"] == "tanh_mul_sum")
    assert entry["on_disk"]
    assert entry["is_current"]
    assert entry["dtypes"] == ["float32"]
    assert entry["rank"] == 2
    assert entry["bytes"] > 1000
    assert entry["serves"][-1].split() == ["rows", "model.py:5"]


def test_uses_are_counted_over_processes(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.script.write_text(
        SCRIPT + "    session.run(tf.reduce_sum(tf.tanh(x) * 2, 1), {x: np.ones((2, 5))})\n"
    )
    shell.cache("warm", str(shell.script))
    shell.run(str(shell.script))
    entries = shell.json("list")
    assert {entry["disk_hits"] for entry in entries} == {1}
    (row,) = [entry for entry in entries if entry["name"] == "tanh_mul_sum"]
    assert row["memory_hits"] == 2


def test_show(warm: Shell, here: Command, capsys: Captured) -> None:
    assert here(warm.kernels, "show", key_of(warm, "tanh_mul_sum")[:10]) == 0
    text = capsys.readouterr().out
    for part in (
        "kernel tanh_mul_sum", "vectors of", "elements at once", "what of the program it serves",
        "Tanh  model.py:5", "region", "= Tanh(", "def kernel(args, lo, hi):", "LLVM IR, optimised",
        "define void @kernel_", "assembly of the hot loop", "more lines: --part llvm",
    ):  # fmt: skip
        assert part in text
    assert "\x1b" not in text


def test_show_a_kernel_that_is_no_region(warm: Shell, here: Command, capsys: Captured) -> None:
    assert here(warm.kernels, "show", key_of(warm, "runtime_execute")) == 0
    text = capsys.readouterr().out
    for part in ("generated source", "from jitgraph.", "assembly of the hot loop", "vectorise"):
        assert part in text
    assert "\nregion\n" not in text


def test_show_as_json(warm: Shell, here: Command, capsys: Captured) -> None:
    key = key_of(warm, "tanh_mul_sum")
    assert here(warm.kernels, "show", key, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["vectors"]["bits"] >= 128
    assert found["vectors"]["loops"]
    for part in ("source", "llvm", "assembly", "loop", "region"):
        assert found[part]
    assert here(warm.kernels, "show", key, "--part", "loop", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"loop": found["loop"]}


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


def test_a_set_with_another_digest_is_not_loaded(
    warm: Shell, here: Command, capsys: Captured, tmp_path: Path
) -> None:
    path = str(tmp_path / "set.zip")
    assert here(warm.kernels, "export", path) == 0
    assert here(tmp_path / "other", "load", path, "--sha256", "00") == 1
    assert "nothing is loaded" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
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


@pytest.mark.parametrize("key", ["zzz", "", "tanh_mul_sum"])
def test_an_unknown_key(warm: Shell, here: Command, capsys: Captured, key: str) -> None:
    assert here(warm.kernels, "show", key) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"no kernel's key starts with {key!r}" in told.err
    near = key_of(warm, "tanh_mul_sum")[:16] if key == "tanh_mul_sum" else "`jitgraph cache list`"
    assert near in told.err


def test_keys_that_are_near_are_named(warm: Shell, here: Command, capsys: Captured) -> None:
    key = key_of(warm, "tanh_mul_sum")
    assert here(warm.kernels, "show", f"{key[:11]}{'0' if key[11] != '0' else '1'}") == 2
    assert f"{key[:16]} (tanh_mul_sum)" in capsys.readouterr().err


def test_a_key_of_several_kernels(warm: Shell, here: Command, capsys: Captured) -> None:
    one = next(warm.kernels.glob("*/*.o"))
    other = one.with_stem(one.stem[:-1] + ("0" if one.stem[-1] != "0" else "1"))
    other.write_bytes(b"")
    assert here(warm.kernels, "show", one.stem[:20]) == 2
    assert f"the keys of 2 kernels start with {one.stem[:20]!r}" in capsys.readouterr().err
    other.unlink()


def test_a_kernel_whose_source_is_damaged(
    warm: Shell, here: Command, capsys: Captured, tmp_path: Path
) -> None:
    shutil.copytree(warm.kernels, tmp_path / "copy")
    key = key_of(warm, "tanh_mul_sum")
    next((tmp_path / "copy").glob(f"*/{key}.py")).write_text("nonsense")
    assert here(tmp_path / "copy", "show", key) == 0
    assert "its source is damaged" in capsys.readouterr().out
    assert here(tmp_path / "copy", "show", key, "--part", "loop") == 1
    assert "has no source that can be compiled again" in capsys.readouterr().err
    assert here(tmp_path / "copy", "verify") == 1
    assert f"{key[:12]}  its source is damaged: removed" in capsys.readouterr().out


def test_kernels_of_other_versions_are_left_alone(
    warm: Shell, here: Command, capsys: Captured, tmp_path: Path
) -> None:
    shutil.copytree(next(warm.kernels.iterdir()), tmp_path / "copy" / "v1-0123456789abcdef")
    assert here(tmp_path / "copy", "verify") == 0
    assert capsys.readouterr().out == "0 kernels checked, 0 removed\n"
    assert here(tmp_path / "copy", "list") == 0
    assert "(made by another version)" in capsys.readouterr().out
    assert here(tmp_path / "copy", "stats") == 0
    assert " by other versions\n" in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX permissions")
@pytest.mark.parametrize("command", ["list", "stats", "verify", "clear", "show 0", "warm model.py"])
def test_a_directory_that_is_not_safe_is_refused(
    tmp_path: Path, here: Command, capsys: Captured, command: str
) -> None:
    writable, linked = tmp_path / "writable", tmp_path / "linked"
    writable.mkdir()
    writable.chmod(0o777)
    linked.symlink_to(writable)
    for directory, reason in (writable, "others may write"), (linked, "a symbolic link"):
        assert here(directory, *command.split()) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("jitgraph: the kernel cache is not used: ")
        assert reason in told.err
    assert list(writable.iterdir()) == []


def test_a_size_that_is_none(
    warm: Shell, here: Command, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JITGRAPH_CACHE_SIZE", "lots")
    assert here(warm.kernels, "stats") == 1
    message = "JITGRAPH_CACHE_SIZE must be bytes such as 512M or 1G, got 'lots'"
    assert message in capsys.readouterr().err


def test_warming_as_json_keeps_the_scripts_output_apart(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.script.write_text(f"print('hello'){SCRIPT}")
    made = shell.cache("warm", "--json", str(shell.script))
    assert json.loads(made.stdout)["status"] == 0
    assert made.stderr == "hello\n"
    off = shell.cache("warm", str(shell.script), JITGRAPH_CACHE="off")
    assert (off.returncode, off.stdout) == (1, "")
    assert "the kernel cache is off" in off.stderr


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert paint.title("text") == "\x1b[1mtext\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert paint.title("text") == paint.faint("text") == paint.code("text", "python") == "text"


def test_export_without_a_disk_cache(warm: Shell) -> None:
    found = warm.cache("export", "set.zip", JITGRAPH_CACHE="off")
    assert found.returncode == 1
    assert "nothing to export" in found.stderr


def test_verify_and_clear(warm: Shell, here: Command, capsys: Captured, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(warm.kernels, folder)
    damaged = next(folder.glob("*/*.o"))
    damaged.write_bytes(damaged.read_bytes()[:-7])
    assert here(folder, "verify") == 1
    assert f"{damaged.stem[:12]}  damaged: removed" in capsys.readouterr().out
    left = damaged.with_name(".killed.tmp")
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    assert here(folder, "verify") == 0
    assert "1 file of processes that were killed: removed" in capsys.readouterr().out
    assert here(folder, "clear", "--json") == 0
    assert json.loads(capsys.readouterr().out)["removed"] > 0
    assert list(folder.glob("*/*")) == []


def test_a_command_is_needed(warm: Shell) -> None:
    found = warm.run("-m", "jitgraph")
    assert found.returncode == 2
    assert "COMMAND" in found.stderr
