"""Cells of a lesion: a tissue, or a model of cell survival, as a network."""

from __future__ import annotations

from typing import Any, Protocol

from theratwin.dynamics import Network
from theratwin.response import Tissue
from theratwin.response.cell_survival.lq import LinearQuadratic


class CellNetwork(Protocol):
    """A cell-survival model with a network, such as ``medras-rpt``, ``lpl`` and ``lq``."""

    def network(self) -> Network:
        """Return the equations, with the ports of cell survival."""
        ...

    def network_values(self) -> dict[str, Any]:
        """Return the values of the network's parameters."""
        ...


def network_of(cells: Tissue | CellNetwork) -> CellNetwork:
    """Return the model of cells; of a tissue the linear-quadratic one.

    Raises
    ------
    InputError
        If the tissue's alpha is unknown.
    """
    if not isinstance(cells, Tissue):
        return cells
    values = {"alpha": cells.known_alpha, "beta": cells.beta}
    return LinearQuadratic.of(repair=cells.repair).with_parameters(values)
