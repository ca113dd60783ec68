"""The fate of a cell from its damage: apoptosis, mitotic death, lethal aberrations."""

from __future__ import annotations

from math import inf
from typing import Any, NamedTuple

from theratwin.core._arrays import namespace
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.misrepair import Damage, repaired, yields
from theratwin.response.medras.pathways import Repair


class Causes(NamedTuple):
    r"""The parts of :math:`-\ln S` by what cells die of, any shape.

    Attributes
    ----------
    apoptosis
        In G1, called for by p53.
    aberrations
        Of lethal aberrations, which repair has made.
    mitosis
        Of breaks that come to mitosis: mitotic catastrophe.
    base
        By MEDRAS's base rate of breaks in G1.
    """

    apoptosis: Any = 0.0
    aberrations: Any = 0.0
    mitosis: Any = 0.0
    base: Any = 0.0

    @property
    def total(self) -> Any:
        """All causes."""
        return self.apoptosis + self.aberrations + self.mitosis + self.base


def causes(line: CellLine, damage: Damage, repair: Repair, delay: float = 0.0) -> Causes:
    r"""Return :math:`-\ln S` of cells whose exposure has just ended, by cause.

    With the lethal aberrations L once all is repaired, in G1

    .. math:: -\ln S = a\,B(t_p) + L + b\,N, \qquad
              \text{in G2:}\quad -\ln S = c\,\min(B(\max(8\,\mathrm{h}, t_p)), 20) + L

    of the breaks B left when cells may proliferate, :math:`t_p` after the exposure, and the breaks
    N made in all. Without p53 :math:`a = 0`. S follows the form of G2, which is an assumption:
    the published program has no survival in S. In M what remains of the breaks at the end of
    exposure kills here; what follows in G1 adds to it.

    Parameters
    ----------
    line
        The cell line.
    damage
        At the end of exposure.
    repair
        Of the phase in question.
    delay
        :math:`t_p` (h), the delay of plating.

    References
    ----------
    Citation ``mcmahon_2021``, as its program has it.

    Examples
    --------
    >>> from theratwin.response.medras.misrepair import fresh
    >>> from theratwin.response.medras.pathways import repair_in
    >>> line = CellLine("G2")
    >>> found = causes(line, fresh(repair_in(line), 2.0), repair_in(line))
    >>> print(f"{found.aberrations:.4f} + {found.mitosis:.4f} = {found.total:.4f}")
    0.3354 + 0.1066 = 0.4420
    """
    if repair.phase == "M":
        return Causes(mitosis=line.value("death.mitosis") * damage.total)
    held: Any = delay
    if repair.phase != "G1":
        arrest = line.value("arrest.time")
        held = namespace(arrest).maximum(arrest, delay)
    released = repaired(damage, repair, held)
    lethal = yields(repaired(released, repair, inf), repair).lethal
    if repair.phase == "G1":
        dying = line.value("death.apoptosis") * released.total if line.arrests else 0.0
        return Causes(dying, lethal, base=line.value("death.base") * damage.made)
    xp = namespace(released.total)
    coming = xp.minimum(released.total, line.value("arrest.breaks"))
    return Causes(aberrations=lethal, mitosis=line.value("death.mitosis") * coming)


def mixed(parts: list[Any], kills: list[Any]) -> Any:
    r"""Return :math:`-\ln \sum_i f_i S_i` of a mixture, also where no S is left in numbers.

    Examples
    --------
    >>> print(f"{mixed([0.0, 1.0], [1.0, 5000.0]):.1f}")
    5000.0
    """
    xp = namespace(*parts, *kills)
    least: Any = inf  # of the parts that hold cells
    for part, kill in zip(parts, kills, strict=True):
        least = xp.minimum(least, xp.where(part > 0.0, kill, inf))
    total = sum(
        part * xp.exp(xp.minimum(least - kill, 0.0))
        for part, kill in zip(parts, kills, strict=True)
    )
    return least - xp.log(total)
