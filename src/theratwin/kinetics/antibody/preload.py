"""Unlabeled antibody given before the labeled one, to fill the antigen that would take it away."""

from __future__ import annotations

from theratwin.core.errors import InputError
from theratwin.core.units import inside
from theratwin.dynamics import Bolus, Dose, Infusion

_NMOL_PER_MOL = 1e9


def antibody_amount(mass: str | float, molar_mass: float = 150.0) -> float:
    """Return the amount (nmol) of a mass of antibody, text with a unit or a number in g.

    Parameters
    ----------
    mass
        Of antibody, as ``"35 mg"``.
    molar_mass
        In kDa.

    Raises
    ------
    InputError
        If the mass is below zero, or the molar mass not above.

    Examples
    --------
    >>> round(antibody_amount("35 mg"), 1)
    233.3
    """
    grams = inside(mass, "g", field="mass")
    if not grams >= 0.0:
        raise InputError("a mass is zero or more", field="mass", value=mass)
    if not molar_mass > 0.0:
        raise InputError("a molar mass is above zero", field="molar_mass", value=molar_mass)
    return grams / (1000.0 * molar_mass) * _NMOL_PER_MOL


def cold_preload(amount: float, time: float = 0.0, duration: float = 0.0) -> Dose:
    """Return the dose of a cold preload (nmol) into the vein of an antibody's body.

    Parameters
    ----------
    amount
        Of cold antibody (nmol).
    time, duration
        When it begins, and how long it runs (h); a bolus if it takes no time.

    Raises
    ------
    InputError
        If the amount or the duration is below zero.

    Examples
    --------
    >>> cold_preload(antibody_amount("35 mg")).state
    'vein.cold'
    """
    for name, value in (("amount", amount), ("duration", duration)):
        if not value >= 0.0:
            raise InputError("it is zero or more", field=name, value=value)
    if duration > 0.0:
        return Infusion("infusion.cold", time, duration, amount, "preload")
    return Bolus("vein.cold", time, amount, "preload")
