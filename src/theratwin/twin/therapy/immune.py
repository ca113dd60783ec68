"""What joins lymphocytes to a lesion: the number of its cells, and how fast they are called up."""

from __future__ import annotations

import math
from collections.abc import Mapping

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
