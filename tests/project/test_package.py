"""What the wheel holds: all sources, nothing but `jitgraph` at its top level."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("jitgraph", "passes")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def installed_name(path: Path) -> str:
    """Where a source file of the repository lands, from the top of site-packages."""
    inner = path.relative_to(ROOT).as_posix()
    return inner if inner.startswith("jitgraph/") else f"jitgraph/{inner}"


def sources() -> list[Path]:
    return [path for folder in SHIPPED for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names of all files in a wheel built from a copy of the sources."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in SHIPPED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(target)]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_every_folder_of_sources_is_listed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    found = {str(Path(installed_name(path)).parent).replace("/", ".") for path in sources()}
    assert listed == found


def test_wheel_puts_only_jitgraph_at_the_top(wheel_names: list[str]) -> None:
    top = {name.split("/")[0] for name in wheel_names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"jitgraph"}


def test_wheel_holds_every_source_and_its_type_marker(wheel_names: list[str]) -> None:
    expected = {installed_name(path) for path in sources()} | {"jitgraph/py.typed"}
    assert expected - set(wheel_names) == set()


def test_wheel_holds_the_licence(wheel_names: list[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel_names)


def test_passes_are_importable_as_part_of_jitgraph() -> None:
    probe = "import jitgraph.passes, pathlib; print(pathlib.Path(jitgraph.passes.__file__).parent)"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).name == "passes"
