"""From administrations to amounts of hot and cold ligand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from theratwin.case import Administration, Schedule
from theratwin.core.errors import InputError
from theratwin.dynamics import Bolus, Dose, Infusion, Jump
from theratwin.kinetics.body.decay import MBQ_HOURS_PER_NMOL
from theratwin.physics import nuclide


def doses(schedule: Schedule, name: str, hot: str, cold: str) -> tuple[Dose, ...]:
    """Return the doses of a schedule into the labels ``hot`` and ``cold``.

    Examples
    --------
    >>> schedule = Schedule.regular("7.4 GBq", cycles=1, every="6 weeks", amount="57.09 nmol")
    >>> for dose in doses(schedule, "Lu-177", "hot", "cold"):
    ...     print(dose.name, dose.state, round(dose.amount, 2))
    cycle 1.hot vein.hot 10.18
    cycle 1.cold vein.cold 46.91
    """
    return tuple(
        _dose(administration, label, amount, part)
        for administration in schedule
        for label, amount, part in zip(
            (hot, cold), split(administration, name), ("hot", "cold"), strict=True
        )
    )


def amino_acids(schedule: Schedule, switch: str, factor: float) -> tuple[Jump, ...]:
    """Return the jumps of a switch to ``factor`` while amino acids run, and back to one.

    The course begins with the first administration: what ran before has nothing to act on.

    Examples
    --------
    >>> from theratwin.case import AminoAcids
    >>> acids = AminoAcids(before=0.5, duration=4.0)
    >>> schedule = Schedule.regular("7.4 GBq", cycles=2, every="8 weeks", amino_acids=acids)
    >>> [(jump.time, jump.value) for jump in amino_acids(schedule, "factor", 0.4)]
    [(0.0, 0.4), (3.5, 1.0), (1343.5, 0.4), (1347.5, 1.0)]
    """
    first = min(each.time for each in schedule)
    return tuple(
        Jump(switch, max(each.time + after, first), value)
        for each in schedule
        if (acids := each.amino_acids) is not None
        for after, value in ((-acids.before, factor), (acids.duration - acids.before, 1.0))
    )


def split(administration: Administration, name: str) -> tuple[float, float]:
    """Return the hot and the cold amount (nmol) of an administration of a radionuclide.

    Raises
    ------
    InputError
        If the amount of ligand is missing, or less than the activity alone amounts to.
    """
    field = f"{administration.name}.amount"
    hot = administration.activity / specific_activity(name)
    if administration.amount is None:
        raise InputError(
            "the amount of ligand is missing; receptors saturate by it",
            field=field,
            remedy='Give the ligand administered, hot and cold, such as amount = "150 nmol" (see '
            "the batch record; 7.4 GBq of a commercial Lu-177 PSMA-617 measured 57 nmol)",
        )
    cold = administration.amount - hot
    if cold < -1e-9 * hot:
        raise InputError(
            f"{administration.activity:g} MBq of {name} alone are {hot:.4g} nmol",
            field=field,
            value=administration.amount,
            allowed=f"{hot:.4g} nmol or more",
            remedy="Give the ligand of the whole administration, hot and cold",
        )
    return hot, max(cold, 0.0)


def specific_activity(name: str) -> float:
    """Return the activity (MBq) of one nmol of a radionuclide.

    Examples
    --------
    >>> round(specific_activity("Lu-177"), 1)
    726.8
    """
    return nuclide(name).decay_constant * MBQ_HOURS_PER_NMOL


def _dose(administration: Administration, label: str, amount: float, part: str) -> Dose:
    name = f"{administration.name}.{part}"
    if administration.duration > 0.0:
        return Infusion(
            f"infusion.{label}", administration.time, administration.duration, amount, name
        )
    return Bolus(f"vein.{label}", administration.time, amount, name)


def voids(times: Iterable[float], duration: float) -> tuple[Jump, ...]:
    """Return the jumps of the bladder's emptying rate for voids at given times (h)."""
    begins = [float(time) for time in times]
    if not (0.0 < duration < math.inf):
        raise InputError("a void takes time", field="duration", value=duration)
    if any(later < earlier + duration for earlier, later in pairwise(begins)):
        raise InputError("voids overlap, or their times do not increase", field="times")
    rates = ((0.0, 12.0 / duration), (duration, 0.0))
    return tuple(
        Jump("bladder.emptying_rate", begin + after, rate)
        for begin in begins
        for after, rate in rates
    )
