"""Makes examples/data from the four MNIST files: fewer digits, evenly many of each.

In: a folder with the four files of http://yann.lecun.com/exdb/mnist/. Out: the same four names,
holding a deterministic choice: of each digit, equally many, spread evenly over the source file
and kept in the source's order. The same source always gives the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from idx import TEST, TRAIN, read_pair, write_idx

HERE = Path(__file__).resolve().parent
CLASSES = 10


def choose_evenly(labels: np.ndarray, count: int) -> np.ndarray:
    """Sorted positions of `count` labels, `count / CLASSES` of each digit."""
    each = count // CLASSES
    chosen = []
    for digit in range(CLASSES):
        positions = np.flatnonzero(labels == digit)
        if len(positions) < each:
            raise ValueError(f"only {len(positions)} images of digit {digit}, need {each}")
        chosen.append(positions[np.arange(each) * len(positions) // each])
    return np.sort(np.concatenate(chosen))


def write_subset(source: Path, target: Path, names: tuple[str, str], count: int) -> None:
    """Writes `count` images and labels of the pair `names` from `source` to `target`."""
    images, labels = read_pair(source, names)
    chosen = choose_evenly(labels, count)
    for name, values in zip(names, (images, labels), strict=True):
        write_idx(target / name, values[chosen])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path, required=True, help="folder of the four full files")
    parser.add_argument("--target", type=Path, default=HERE / "data")
    parser.add_argument("--train", type=int, default=10_000, help="training digits to keep")
    parser.add_argument("--test", type=int, default=2_000, help="held-out digits to keep")
    options = parser.parse_args()
    options.target.mkdir(parents=True, exist_ok=True)
    write_subset(options.source, options.target, TRAIN, options.train)
    write_subset(options.source, options.target, TEST, options.test)
    for path in sorted(options.target.glob("*.gz")):
        print(f"{path.name:32} {path.stat().st_size:9,d} bytes")


if __name__ == "__main__":
    main()
