"""Every example runs: a few steps each, in a process of its own."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
RUNS = {
    "autoencoder": ["--steps", "3"],
    "cart_pole": ["--steps", "2", "--longest", "10"],
    "char_rnn": ["--steps", "2", "--length", "4", "--units", "8", "--letters", "5"],
    "deep_mnist": ["--steps", "2"],
    "digits_pipeline": ["--steps", "5"],
    "gan": ["--steps", "2"],
    "heat": ["--steps", "20"],
    "kmeans": ["--steps", "2"],
    "life": ["--steps", "4"],
    "linear_regression": ["--steps", "5"],
    "logistic_map": ["--steps", "50"],
    "logistic_regression": ["--steps", "5"],
    "mandelbrot": ["--steps", "20"],
    "mnist_records": ["--steps", "3"],
    "mnist_lstm": ["--steps", "1", "--units", "8", "--batch-size", "8"],
    "option_pricing": ["--runs", "2", "--paths", "500"],
    "vae": ["--steps", "3"],
    "word2vec": ["--steps", "5"],
}


def _run(name: str, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("name", RUNS)
def test_it_runs(name: str) -> None:
    done = _run(name, *RUNS[name])
    assert done.returncode == 0, done.stderr
    assert "steps" in done.stdout


def test_pictures_read_in_four_ways_are_the_same(tmp_path: Path) -> None:
    done = _run("read_pictures", "--picture", str(tmp_path / "sheet.png"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("3 pictures, the same") == 4
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")
    done = _run("read_pictures", __file__)
    assert done.returncode == 1
    assert done.stderr.startswith("read_pictures: Unable to decode")


def test_a_sheet_of_all_changes_of_pictures(tmp_path: Path) -> None:
    done = _run("image_ops", "--sheet", str(tmp_path / "sheet.png"))
    assert done.returncode == 0, done.stderr
    assert "52 tiles" in done.stdout
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")
    done = _run("image_ops", __file__)
    assert done.returncode == 1
    assert "can't read the picture" in done.stderr
    done = _run("image_ops", "--sheet", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == f"the sheet can't be written: {tmp_path} is a folder\n"


def test_a_picture_of_any_size_has_a_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    image_ops = importlib.import_module("image_ops")
    path = tmp_path / "picture.png"
    for sides, expected in (((1, 2), (160, 160)), ((640, 400), (320, 200)), ((200, 240), None)):
        Image.fromarray(np.full((*sides, 3), 90, np.uint8)).save(path)
        found = image_ops.scene(str(path))
        assert (found.shape, found.dtype) == ((*(expected or sides), 3), np.uint8)
        assert np.all(found == 90)


def test_own_pictures_are_told_apart(tmp_path: Path) -> None:
    folder, model = tmp_path / "pictures", tmp_path / "model"
    for name, shade in (("dark", 40), ("light", 210)):
        (folder / name).mkdir(parents=True)
        for number in range(10):
            pixels = np.full((20, 24, 3), shade + number, np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    (folder / "light" / "letter.jpg").write_text("Dear reader")
    done = _run("own_pictures", str(folder), "--model", str(model), "--steps", "3")
    assert done.returncode == 0, done.stderr
    assert "left out:" in done.stderr
    assert "letter.jpg" in done.stderr
    assert "dark, light" in done.stdout
    done = _run("recognise", str(folder / "dark" / "3.png"), "--model", str(model))
    assert done.returncode == 0, done.stderr
    assert "light" in done.stdout
    assert "%" in done.stdout


def test_own_pictures_need_classes(tmp_path: Path) -> None:
    for folder, text in ((tmp_path / "none", "not a folder"), (tmp_path, "it has 0")):
        done = _run("own_pictures", str(folder), "--model", str(tmp_path / "model"))
        assert done.returncode == 1
        assert text in done.stderr
        assert not (tmp_path / "model").exists()
    done = _run("recognise", "some.png", "--model", str(tmp_path))
    assert done.returncode == 1
    assert "there is no model" in done.stderr


OTHERS = ("digits", "own_digit", "read_pictures", "image_ops", "own_pictures", "recognise")


@pytest.mark.parametrize("name", [*RUNS, *OTHERS])
def test_it_tells_its_options(name: str) -> None:
    done = _run(name, "--help")
    assert done.returncode == 0
    assert "usage:" in done.stdout


@pytest.mark.parametrize("name", ["digits", "kmeans"])
def test_missing_data_is_told(name: str, tmp_path: Path) -> None:
    done = _run(name, "--data", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name}: ")
    assert "Traceback" not in done.stderr


def test_numbers_are_checked() -> None:
    done = _run("vae", "--steps", "0")
    assert done.returncode == 2
    assert "must be at least 1" in done.stderr
