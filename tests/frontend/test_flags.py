"""Command line flags: what absl's flags answered to the same calls stands here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import jitgraph as tf

flags = tf.app.flags


@pytest.fixture
def values() -> Any:
    made = flags.FlagValues()
    flags.DEFINE_integer("steps", 10, "how many", lower_bound=1, flag_values=made)
    flags.DEFINE_float("lr", 0.1, "rate", short_name="l", flag_values=made)
    flags.DEFINE_bool("fast", False, "fast?", flag_values=made)
    flags.DEFINE_enum("kind", "a", ["a", "b"], "which", flag_values=made)
    flags.DEFINE_list("names", "a,b", "names", flag_values=made)
    flags.DEFINE_multi_string("m", None, "many", flag_values=made)
    flags.DEFINE_string("data", "", "folder", flag_values=made)
    return made


WRONG = {
    "--steps=x": "flag --steps=x: invalid literal for int() with base 10: 'x'",
    "--steps=0": "flag --steps=0: 0 is not a positive integer",
    "--lr=q": "flag --lr=q: could not convert string to float: 'q'",
    "--fast=maybe": "flag --fast=maybe: ('Non-boolean argument to boolean flag', 'maybe')",
    "--nofast=1": "--nofast=1 does not take an argument",
    "--kind=z": "flag --kind=z: value should be one of <a|b>",
    "--stesp=3": "Unknown command line flag 'stesp'. Did you mean: steps ?",
    "--nope": "Unknown command line flag 'nope'",
    "--lr": "Missing value for flag --lr",
    "--flagfile=/nope": "ERROR:: Unable to open flagfile: [Errno 2] No such file or directory: "
    "'/nope'",
}


@pytest.mark.parametrize("argument", WRONG)
def test_misfits(values: Any, argument: str) -> None:
    with pytest.raises((flags.Error, ValueError)) as caught:
        values(["train.py", argument])
    assert str(caught.value) == WRONG[argument]


def test_a_command_line(values: Any) -> None:
    line = "train.py --steps=3 x --fast --names=1,2 --m=1 --m 2 -l 3 --data=q -- --q".split()
    assert values(line) == ["train.py", "x", "--q"]
    assert values.flag_values_dict() == {
        "steps": 3,
        "lr": 3.0,
        "l": 3.0,
        "fast": True,
        "kind": "a",
        "names": ["1", "2"],
        "m": ["1", "2"],
        "data": "q",
    }
    assert values(["train.py", "--nofast", "--unknown=1", "y"], known_only=True) == [
        "train.py",
        "--unknown=1",
        "y",
    ]
    assert not values.fast


def test_setting(values: Any) -> None:
    values(["train.py"])
    values.steps = 5
    assert values.steps == 5
    with pytest.raises(flags.IllegalFlagValueError, match="-5 is not a positive integer"):
        values.steps = -5
    assert values.steps == 5
    with pytest.raises(flags.UnrecognizedFlagError, match="Unknown command line flag 'nope'"):
        values.nope = 3
    with pytest.raises(AttributeError, match="nope"):
        values.nope  # noqa: B018
    with pytest.raises(flags.DuplicateFlagError, match="The flag 'steps' is defined twice"):
        flags.DEFINE_integer("steps", 1, "", flag_values=values)


def test_required_flags(values: Any) -> None:
    flags.DEFINE_string("out", None, "", flag_values=values)
    flags.mark_flag_as_required("out", flag_values=values)
    with pytest.raises(flags.IllegalFlagValueError) as caught:
        values(["train.py"])
    assert str(caught.value) == "flag --out=None: Flag --out must have a value other than None."
    assert values(["train.py", "--out=x"]) == ["train.py"]


def test_flags_of_a_file(values: Any, tmp_path: Path) -> None:
    (tmp_path / "inner").write_text("--lr=7\n")
    (tmp_path / "outer").write_text(f"# comment\n--steps=4\n--flagfile={tmp_path}/inner\n")
    values(["train.py", f"--flagfile={tmp_path}/outer"])
    assert (values.steps, values.lr) == (4, 7.0)
    assert "--steps=4\n" in values.flags_into_string()


SCRIPT = """
import jitgraph as tf

tf.app.flags.DEFINE_integer("steps", 10, "how many steps")
tf.flags.DEFINE_boolean("fast", default_value=False, docstring="fast?")


def main(argv):
    print(argv, tf.flags.FLAGS.steps, tf.app.flags.FLAGS.fast)
    return 3


if __name__ == "__main__":
    tf.app.run()
"""


@pytest.mark.parametrize(
    ("arguments", "status", "printed"),
    [
        ("--steps=2 a", 3, "['s.py', 'a'] 2 False\n"),
        ("--fast --what=1", 3, "['s.py', '--what=1'] 10 True\n"),
        ("--help", 1, "\nUSAGE: s.py [flags]\nflags:\n\ns.py:\n  --[no]fast: fast?\n"),
        ("--steps=q", 1, ""),
    ],
)
def test_scripts(tmp_path: Path, arguments: str, status: int, printed: str) -> None:
    (tmp_path / "s.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "s.py", *arguments.split()], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == status, done.stderr
    assert done.stdout.startswith(printed)
    assert ("IllegalFlagValueError: flag --steps=q" in done.stderr) == (arguments == "--steps=q")


def test_values_are_read_of_the_command_line_when_first_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = flags.FlagValues(lazily=True)
    flags.DEFINE_integer("depth", 1, "", flag_values=made)
    monkeypatch.setattr(sys, "argv", ["train.py", "--depth=8"])
    assert made.depth == 8
    assert made.is_parsed()
