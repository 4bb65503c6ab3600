"""tf.keras.datasets: data sets from files that are there; nothing is fetched.

In: the name of a file. Out: arrays of images and labels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from jitgraph.errors import NotFoundError

Split = tuple[np.ndarray, np.ndarray]


def load_npz(path: Any, what: str) -> tuple[Split, Split]:
    """The two splits of a file of NumPy's with x_train, y_train, x_test and y_test.

    Raises:
      NotFoundError: there is no such file.
    """
    file = Path(path)
    if not file.is_absolute():
        file = Path.home() / ".keras" / "datasets" / file
    if not file.exists():
        raise NotFoundError(
            None,
            None,
            f"{what}: there is no file {file}. Nothing is downloaded: put a file of NumPy's "
            "(.npz, with the arrays x_train, y_train, x_test and y_test) there, or give its path.",
        )
    with np.load(file, allow_pickle=False) as held:
        return (held["x_train"], held["y_train"]), (held["x_test"], held["y_test"])
