"""Arrays as pictures: text for the screen, grey pictures in files (these need Pillow)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pictures import pillow

SHADES = " .:-=+*#%@"


def as_text(values: np.ndarray, columns: int = 72, *, of_greatest: bool = False) -> str:
    """Numbers in [0, 1] as characters, one for so many of them that a row has `columns`: for their
    mean, or for the greatest of them, so that thin lines are seen."""
    height, width = values.shape
    across = max(1, width // columns)
    down = 2 * across
    whole = values[: height // down * down, : width // across * across]
    blocks = whole.reshape(height // down, down, width // across, across)
    blocks = blocks.max((1, 3)) if of_greatest else blocks.mean((1, 3))
    places = np.clip((blocks * len(SHADES)).astype(int), 0, len(SHADES) - 1)
    return "\n".join("".join(line).rstrip() for line in np.array(list(SHADES))[places])


def save_grey(path: Path, values: np.ndarray) -> None:
    """Writes numbers in [0, 1] as a picture, 0 black."""
    pixels = np.round(np.clip(values, 0, 1) * 255).astype(np.uint8)
    pillow().fromarray(pixels).save(path)
    print(f"picture in {path}")
