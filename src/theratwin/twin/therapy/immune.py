"""What joins lymphocytes to a lesion: the number of its cells, and how fast they are called up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from theratwin.core import parameter_set
from theratwin.dynamics import Network, NetworkBuilder


def count() -> Network:
    """Return the number of cells in a volume of living tumor.

    Examples
    --------
    >>> [port.name for port in count().outputs]
    ['cells']
    """
    b = NetworkBuilder("count")
    density = b.parameter(parameter_set("response", "tumor")["cell_density"])
    b.output("cells", density * b.input("living", "mL"))
    return b.freeze()


def immune_values(volume: Any, tumor: Mapping[str, float]) -> dict[str, Any]:
    """Return the parameters of ``immune_lite`` for a lesion of a volume (mL), by name.

    The mouse's tumor is scaled to the lesion: its cells at the start, and in proportion the number
    of cells below which a lymphocyte finds fewer of them. With that number as it is, what is left
    of a lesion ten thousand times as large would be killed ten thousand times as fast. There is no
    second lesion: the mouse's would grow at its rate, and call up lymphocytes for months.

    Examples
    --------
    >>> values = immune_values(10.0, {})
    >>> values["tumor.cells"], values["lymphocytes.saturation"]
    (10000000000.0, 10000000.0)
    """
    mouse = parameter_set("response", "immune_lite")
    cells = volume * parameter_set("response", "tumor").value("cell_density")
    ratio = cells / mouse.value("tumor.cells")
    return {
        "tumor.cells": cells,
        "second.cells": 0.0,
        "lymphocytes.saturation": mouse.value("lymphocytes.saturation") * ratio,
        "activation.rate": activation_rate(tumor),
    }


def activation_rate(tumor: Mapping[str, float]) -> float:
    """Return how fast lymphocytes are called up (1/h), slower as the tumor grows slower.

    The published numbers are of tumors in mice that double in hours. An assumption: the same
    relation of kill to growth.

    Examples
    --------
    >>> 2.0 * activation_rate({"doubling_time": 2000.0}) == activation_rate({"doubling_time": 1e3})
    True
    """
    mouse = parameter_set("response", "immune_lite")
    known = parameter_set("response", "tumor").value("doubling_time")
    growth = math.log(2.0) / tumor.get("doubling_time", known)
    return mouse.value("activation.rate") * growth / mouse.value("tumor.growth")
