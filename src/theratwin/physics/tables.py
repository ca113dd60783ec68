"""Reading of the tables that are shipped in `data`: named rows, then rows of numbers."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def read_table(name: str) -> tuple[dict[str, Array], Array]:
    """Return a shipped table's named rows and its rows of numbers."""
    text = files("theratwin.physics").joinpath("data", name).read_text(encoding="utf-8")
    head: dict[str, Array] = {}
    body: list[list[str]] = []
    for line in text.splitlines():
        cells = line.split(",")
        if line.startswith("#"):
            continue
        if cells[0][0].isdigit():
            body.append(cells)
        elif cells[1][0].isdigit():
            head[cells[0]] = np.array(cells[1:], dtype=float)
    return head, np.array(body, dtype=float)
