"""The fate of a cell from its damage: apoptosis, mitotic death, lethal aberrations."""

from __future__ import annotations

from math import inf
from typing import Any

from theratwin.core._arrays import namespace
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.misrepair import Damage, repaired, yields
from theratwin.response.medras.pathways import Repair


def log_kill(line: CellLine, damage: Damage, repair: Repair, delay: float = 0.0) -> Any:
    r"""Return :math:`-\ln S` of cells whose exposure has just ended.

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
    >>> print(f"{log_kill(line, fresh(repair_in(line), 2.0), repair_in(line)):.6f}")
    0.441982
    """
    if repair.phase == "M":
        return line.value("death.mitosis") * damage.total
    held = delay if repair.phase == "G1" else max(float(line.value("arrest.time")), delay)
    released = repaired(damage, repair, held) if held > 0.0 else damage
    kill = yields(repaired(released, repair, inf), repair).lethal
    if repair.phase == "G1":
        kill = kill + line.value("death.base") * damage.made
        if line.arrests:
            kill = kill + line.value("death.apoptosis") * released.total
        return kill
    xp = namespace(released.total)
    return kill + line.value("death.mitosis") * xp.minimum(
        released.total, line.value("arrest.breaks")
    )


def mixed(parts: list[Any], kills: list[Any]) -> Any:
    r"""Return :math:`-\ln \sum_i f_i S_i` of a mixture, also where no S is left in numbers."""
    xp = namespace(*kills)
    least = kills[0]
    for kill in kills[1:]:
        least = xp.minimum(least, kill)
    total = sum(part * xp.exp(least - kill) for part, kill in zip(parts, kills, strict=True))
    return least - xp.log(total)
