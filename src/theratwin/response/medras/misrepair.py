"""What becomes of double-strand breaks once no more are made: repair and misrepair, closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from theratwin.core._arrays import as_float, namespace
from theratwin.response.medras.pathways import Repair


@dataclass(frozen=True, eq=False)
class Damage:
    """Double-strand breaks of a cell at one moment.

    Attributes
    ----------
    breaks
        Not yet joined, by path, shape ``(*batch, 3)``.
    overlap
        Breaks times the chance of meeting another of the same ion track, likewise; 0 for photons.
    misjoined
        Joined with an end of another break so far, shape ``batch``.
    made
        Breaks made so far, shape ``batch``.
    """

    breaks: Any
    overlap: Any
    misjoined: Any
    made: Any

    @property
    def total(self) -> Any:
        """Breaks not yet joined, of all paths."""
        return self.breaks.sum(axis=-1)

    def with_more(self, other: Damage) -> Damage:
        """Return the damage with that of a further dose, given in no time."""
        return Damage(
            self.breaks + other.breaks,
            self.overlap + other.overlap,
            self.misjoined + other.misjoined,
            self.made + other.made,
        )


class Yields(NamedTuple):
    """What repair has left: breaks, misrepaired breaks, aberrations, breaks made; any shape."""

    breaks: Any
    misrepaired: Any
    lethal: Any
    visible: Any
    made: Any


def fresh(repair: Repair, dose: Any, track_overlap: Any = 0.0) -> Damage:
    """Return the damage of a dose (Gy) given in no time, any shape.

    Examples
    --------
    >>> from theratwin.response.medras.cell_line import CellLine
    >>> from theratwin.response.medras.pathways import repair_in
    >>> float(fresh(repair_in(CellLine("G1")), 2.0).total)
    70.0
    """
    made = as_float(dose) * repair.breaks_per_gray
    breaks = made[..., None] * repair.shares
    overlap = breaks * as_float(track_overlap)[..., None]
    return Damage(breaks, overlap, 0.0 * made, made)


def misjoined(coefficient: Any, before: Any, after: Any) -> Any:
    r"""Return how many breaks meet a wrong end while the breaks fall from :math:`B_0` to B.

    With :math:`e = \eta B`, the chance of a wrong end is :math:`(e + e^2)/(1 + e + e^2)`, so

    .. math:: \int_B^{B_0} \frac{e + e^2}{1 + e + e^2}\,dB' = \Delta B - \frac{2}{\sqrt3\,\eta}
              \arctan\frac{\sqrt3\,\eta\,\Delta B}{2 + \eta\,(2\eta B_0 B + B_0 + B)}

    Parameters
    ----------
    coefficient
        The misrepair coefficient :math:`\eta`, per break.
    before, after
        Breaks, any shape.

    References
    ----------
    Citation ``mcmahon_2016``.

    Examples
    --------
    >>> print(f"{misjoined(6.50639e-4, 70.0, 0.0):.6f}")
    1.592472
    """
    xp = namespace(coefficient, before, after)
    root = xp.sqrt(3.0) * coefficient
    joined = before - after
    ends = 2.0 + coefficient * (2.0 * coefficient * before * after + before + after)
    return joined - 2.0 / root * xp.arctan(root * joined / ends)


def repaired(damage: Damage, repair: Repair, time: Any) -> Damage:
    r"""Return the damage after a time (h) without radiation; infinite for full repair.

    Breaks of each path decay on their own. Overlap within tracks,
    which falls as either partner is joined, decays by the path's rate and the mean one of the
    moment when radiation ended, and counts as an addition :math:`\sum H/B^2` to :math:`\eta`.

    References
    ----------
    Citation ``mcmahon_2021``, as its program has it. For photons the result is exact, and two
    times one after the other give the same as their sum; for ions it is an approximation.

    Examples
    --------
    >>> from theratwin.response.medras.cell_line import CellLine
    >>> from theratwin.response.medras.pathways import repair_in
    >>> g1 = repair_in(CellLine("G1"))
    >>> print(f"{repaired(fresh(g1, 2.0), g1, 1.0).total:.3f}")
    28.346
    """
    xp = namespace(damage.breaks, repair.rates, time)
    time = as_float(time)[..., None]
    breaks = damage.breaks * xp.exp(-repair.rates * time)
    before, after = damage.total, breaks.sum(axis=-1)
    some = xp.where(before > 0.0, before, 1.0)
    mean = (repair.rates * damage.breaks).sum(axis=-1) / some
    overlap = damage.overlap * xp.exp(-(repair.rates + mean[..., None]) * time)
    coefficient = repair.coefficient + damage.overlap.sum(axis=-1) / some**2
    lost = damage.misjoined + misjoined(coefficient, before, after)
    return Damage(breaks, overlap, lost, damage.made + 0.0 * after)


def yields(damage: Damage, repair: Repair) -> Yields:
    r"""Return what repair has left so far.

    Of the breaks :math:`R_n` that a path has joined, :math:`1 - F_n` are wrong by themselves, and
    of the others as many met a wrong end as in the whole cell:
    :math:`\sum_n R_n [(1 - F_n) + F_n M / R]`, over the paths that can err. Half as many
    misrejoinings come of them.

    References
    ----------
    Citation ``mcmahon_2021`` and its program.

    Examples
    --------
    >>> from theratwin.response.medras.cell_line import CellLine
    >>> from theratwin.response.medras.pathways import repair_in
    >>> g1 = repair_in(CellLine("G1"))
    >>> found = yields(repaired(fresh(g1, 2.0), g1, float("inf")), g1)
    >>> print(f"{found.misrepaired:.5f} {found.lethal:.6f}")
    2.59327 0.244743
    """
    xp = namespace(damage.breaks, damage.made, damage.misjoined, repair.fidelities)
    joined = damage.made[..., None] * repair.shares - damage.breaks
    whole = damage.made - damage.total
    met = damage.misjoined / xp.where(whole > 0.0, whole, 1.0)
    fidelity = repair.fidelities
    wrong = joined * ((1.0 - fidelity) + fidelity * met[..., None])
    misrepaired = xp.where(fidelity < 1.0, wrong, 0.0).sum(axis=-1)
    return Yields(
        damage.total,
        misrepaired,
        0.5 * misrepaired * repair.lethal,
        0.5 * misrepaired * repair.visible,
        damage.made,
    )


def foci(damage: Damage, repair: Repair, clearance: Any, time: Any) -> Any:
    r"""Return the foci of repair seen at a time (h) after the end of exposure.

    A focus outlasts its break: joined at the rate :math:`k_r` and cleared at :math:`k_d`,

    .. math:: \frac{k_r e^{-k_d t} - k_d e^{-k_r t}}{k_r - k_d}

    of a path's are left; very slow ones go as their breaks do.

    Parameters
    ----------
    damage
        At the end of exposure.
    repair
        Of the phase.
    clearance
        Rates :math:`k_d` (1/h) of the fast and the slow path, shape ``(2,)``.
    time
        Any shape that broadcasts with the damage's batch.

    References
    ----------
    Citation ``mcmahon_2016``.

    Examples
    --------
    >>> from theratwin.response.medras.cell_line import CellLine
    >>> from theratwin.response.medras.pathways import repair_in
    >>> g1 = repair_in(CellLine("G1"))
    >>> print(f"{foci(fresh(g1, 2.0), g1, (8.079, 0.4053), 1.0):.3f}")
    35.731
    """
    xp = namespace(damage.breaks, repair.rates, time)
    time, clearance = as_float(time)[..., None], as_float(clearance)
    joining = repair.rates[..., :2]
    late = joining * xp.exp(-clearance * time) - clearance * xp.exp(-joining * time)
    slowest = damage.breaks[..., 2] * xp.exp(-repair.rates[..., 2] * time[..., 0])
    return (damage.breaks[..., :2] * late / (joining - clearance)).sum(axis=-1) + slowest
