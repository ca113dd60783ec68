r"""Dose of red marrow from what was measured: blood, an image, the remainder, other sources.

.. math::

    D = \tilde C\, r\; \frac{m\,S(m)}{\rho} + \sum_s \tilde A_s\, S_s

In blood :math:`\tilde C` is the time-integrated concentration there and r the ratio of the
concentration in marrow to it; in an image that of the volume imaged, and r the inverse of the part
of it that is marrow. The electrons' :math:`S(m)` goes with :math:`1/m`, so that the marrow's mass
cancels where a concentration is measured; it counts where an activity is.
"""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.core import parameter_set
from theratwin.core.errors import InputError
from theratwin.dosimetry.marrow import marrow_self_s_value
from theratwin.dosimetry.marrow_dose import MarrowDose, Measured, Source


def marrow_to_blood(hematocrit: float) -> float:
    r"""Return the ratio of the concentration in red marrow to that in blood.

    .. math:: r = \frac{f_\mathrm{ECF}}{1 - h}

    with the extracellular fraction of marrow, 0.19, and the hematocrit h: for ligands that stay in
    plasma and extracellular fluid, such as antibodies (Sgouros 1993).

    Raises
    ------
    InputError
        If the hematocrit is not between 0.1 and 0.7.

    Examples
    --------
    >>> round(marrow_to_blood(0.47), 2)
    0.36
    """
    if not 0.1 <= hematocrit <= 0.7:
        raise InputError(
            "this is no hematocrit", field="hematocrit", value=hematocrit, allowed="0.1 to 0.7"
        )
    values = parameter_set("dosimetry", "red_marrow")
    return values.value("extracellular_fraction") / (1.0 - hematocrit)


def marrow_from_blood(
    nuclide: str,
    blood: Measured,
    ratio: Measured,
    sources: Mapping[str, Source] | None = None,
) -> MarrowDose:
    """Return the marrow's dose from activity in blood.

    Parameters
    ----------
    nuclide
        Name.
    blood
        Time-integrated concentration in blood (MBq h/mL).
    ratio
        Concentration in marrow over that in blood: `marrow_to_blood`, or about 1 for small
        ligands (Forrer et al. 2009).
    sources
        Remainder, organs and lesions.

    Raises
    ------
    InputError
        If a number is not positive.
    UnsupportedError
        If the nuclide's dose is dominated by daughters or alpha particles.

    Examples
    --------
    >>> found = marrow_from_blood("Lu-177", Measured(2.0, 0.1), Measured(1.0, 0.2))
    >>> round(found.dose, 4), round(found.first_order.relative_sd("dose"), 2)
    (0.0951, 0.37)
    """
    own = {"blood": blood, "ratio": ratio, "self S value": _per_concentration(nuclide)}
    return MarrowDose("blood", own, sources or {})


def marrow_from_image(
    nuclide: str,
    concentration: Measured,
    marrow_fraction: Measured,
    sources: Mapping[str, Source] | None = None,
) -> MarrowDose:
    """Return the marrow's dose from the concentration in an imaged volume, as lumbar vertebrae.

    Parameters
    ----------
    nuclide
        Name.
    concentration
        Time-integrated concentration in the volume (MBq h/mL), corrected for recovery.
    marrow_fraction
        Part of the volume that is red marrow and holds its activity.
    sources
        Remainder, organs and lesions.

    Raises
    ------
    InputError
        If a number is not positive, or the fraction above 1.
    UnsupportedError
        If the nuclide's dose is dominated by daughters or alpha particles.

    Examples
    --------
    >>> found = marrow_from_image("Lu-177", Measured(1.0, 0.1), Measured(0.5, 0.1))
    >>> round(found.dose, 4)
    0.0951
    """
    if marrow_fraction.value > 1:
        raise InputError(
            "a part is no more than the whole", field="marrow_fraction", value=marrow_fraction.value
        )
    part = Measured(
        1.0 / marrow_fraction.value if marrow_fraction.value > 0 else -1.0,
        marrow_fraction.relative_uncertainty,
    )
    own = {
        "image": concentration,
        "marrow fraction": part,
        "self S value": _per_concentration(nuclide),
    }
    return MarrowDose("image", own, sources or {})


def marrow_from_activity(
    nuclide: str,
    activity: Measured,
    mass: Measured,
    sources: Mapping[str, Source] | None = None,
) -> MarrowDose:
    """Return the marrow's dose from an activity in marrow of known mass.

    Parameters
    ----------
    nuclide
        Name.
    activity
        Time-integrated activity in the marrow (MBq h).
    mass
        Mass of that marrow (g): the patient's own.
    sources
        Remainder, organs and lesions.

    Raises
    ------
    InputError
        If a number is not positive.
    UnsupportedError
        If the nuclide's dose is dominated by daughters or alpha particles.

    Examples
    --------
    ICRP Publication 133 has 9.76e-6 mGy/(MBq s) at 1394 g:

    >>> found = marrow_from_activity("Lu-177", Measured(1.0), Measured(1394.0))
    >>> f"{found.dose * 1e3 / 3600.0:.2e}"
    '9.76e-06'
    """
    if not mass.value > 0:
        raise InputError("must be positive", field="mass", value=mass.value)
    spread = parameter_set("dosimetry", "red_marrow").value("relative_uncertainty")
    s_value = Measured(marrow_self_s_value(nuclide, mass.value), spread)
    # The number stands in the S value already; its doubt is that of a factor, either way round.
    own = {
        "activity": activity,
        "self S value": s_value,
        "mass": Measured(1.0, mass.relative_uncertainty),
    }
    return MarrowDose("activity", own, sources or {})


def _per_concentration(nuclide: str) -> Measured:
    """Return the self-dose for each unit of concentration in marrow, Gy mL/(MBq h)."""
    values = parameter_set("dosimetry", "red_marrow")
    one_gram = marrow_self_s_value(nuclide, 1.0)
    return Measured(one_gram / values.value("density"), values.value("relative_uncertainty"))
