r"""Radioiodine: trapped and organified by the thyroid, released as hormone, excreted in urine.

The systemic model of Leggett (2010) with the gut of ICRP Publication 130. Of the thyroid:

.. math::

    \dot n_1 = k_u\,n_b - (k_{org} + k_{back})\,n_1, \qquad
    \dot n_2 = k_{org}\,n_1 - k_{rel}\,n_2

with iodide :math:`n_b` in blood, :math:`n_1` trapped, :math:`n_2` organified. Disease and
preparation change :math:`k_u`, :math:`k_{rel}` and the kidneys' rate; the rest stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.core.parameter_file import parameter_set
from theratwin.core.units import inside
from theratwin.dynamics import Network
from theratwin.kinetics.models.transfer import (
    laid_over,
    require_element,
    transfer_matrix,
    transfer_network,
)
from theratwin.physics import nuclide as find_nuclide

UPTAKE = "transfer.blood_iodide.thyroid_iodide"
RELEASE = "transfer.thyroid_organic.blood_organic"
RENAL = "transfer.blood_iodide.bladder"
#: By mouth the activity starts in the stomach, else in the blood.
ROUTES = {"oral": "stomach_contents", "intravenous": "blood_iodide"}
#: Parameter sets laid over that of the euthyroid adult with his thyroid.
PREPARATIONS: dict[str, tuple[str, ...]] = {
    "euthyroid": (),
    "rhtsh": ("iodine_rhtsh",),
    "withdrawal": ("iodine_withdrawal",),
}
EXCRETED = ("urine", "feces")
REGIONS = {
    "thyroid": ("thyroid_iodide", "thyroid_organic"),
    "blood": ("blood_iodide", "blood_organic"),
    "salivary_glands": ("salivary_glands",),
    "stomach_wall": ("stomach_wall",),
    "stomach_contents": ("stomach_contents",),
    "small_intestine_contents": ("small_intestine",),
    "colon_contents": ("right_colon", "left_colon", "rectosigmoid"),
    "liver": ("liver_iodide", "liver_organic"),
    "kidneys": ("kidneys_iodide", "kidneys_organic"),
    "bladder_contents": ("bladder",),
}
_THYROID = REGIONS["thyroid"]
#: When uptake is over, and how long a half-life is then measured (h): from day 1 to day 7.
_TAKEN_UP, _FOLLOWED = 24.0, 144.0
#: From which a release (1/h) is sought.
_LEAST_RELEASE = 1e-4


def iodine(
    preparation: str = "euthyroid",
    nuclide: str = "I-131",
    *,
    route: str = "oral",
    uptake: float | str | None = None,
    uptake_time: float | str | None = None,
    effective_half_life: float | str | None = None,
    given: Mapping[str, float | str] | None = None,
    name: str = "iodine",
) -> Network:
    """Return the kinetics of radioiodine in an adult.

    Parameters
    ----------
    preparation
        ``"euthyroid"`` (a thyroid, normal kidneys), or a patient without thyroid but for a
        remnant, under ``"rhtsh"`` or after hormone ``"withdrawal"``.
    nuclide
        The isotope of iodine.
    route
        ``"oral"`` or ``"intravenous"``.
    uptake, uptake_time
        The thyroid's (or remnant's) measured uptake at a time (h, 24 if none is said) after the
        administration, as a fraction corrected for decay, instead of the set's uptake. Numbers, or
        text as ``"60 %"`` and ``"1 d"``.
    effective_half_life
        That (h, or text) of the thyroid's activity as measured over six days, from day 1 or the
        uptake's time if that is later. It gives the release, with what of it is taken up again.
    given
        Parameters that differ from the sets.
    name
        Of the network.

    Raises
    ------
    InputError
        If a name is unknown, the nuclide is not iodine, no uptake rate gives the uptake, the
        half-life is no shorter than the nuclide's, or an argument would have no effect.

    Examples
    --------
    >>> iodine()
    <Network iodine: 24 states, 63 reactions, 41 parameters>
    >>> graves = iodine(uptake=0.6, effective_half_life=120.0)
    """
    for field, value, allowed in (
        ("preparation", preparation, PREPARATIONS),
        ("route", route, ROUTES),
    ):
        if value not in allowed:
            raise InputError("unknown", field=field, value=value, allowed=list(allowed))
    require_element(nuclide, "I")
    _check_effect(given or {}, uptake, uptake_time, effective_half_life)
    sets = ("iodine", *PREPARATIONS[preparation])
    known = laid_over((parameter_set("kinetics", each) for each in sets), given)
    time = 24.0 if uptake_time is None else inside(uptake_time, "h", field="uptake_time")
    measured = None if uptake is None else inside(uptake, "", field="uptake")

    def fitted(rates: Mapping[str, Parameter]) -> dict[str, Parameter]:
        if measured is None:
            return dict(rates)
        rate = uptake_rate(rates, measured, time, route=route)
        return {**rates, UPTAKE: _measured(rates[UPTAKE], rate, "By the measured uptake.")}

    known = fitted(known)
    if effective_half_life is not None:
        half_life = inside(effective_half_life, "h", field="effective_half_life")
        span = (first := max(time, _TAKEN_UP), first + _FOLLOWED)
        known = _released(known, fitted, release_rate(half_life, nuclide), span, route)
    return transfer_network(
        name, known, nuclide, enters=ROUTES[route], regions=REGIONS, excreted=EXCRETED
    )


def _check_effect(
    given: Mapping[str, float | str],
    uptake: float | str | None,
    uptake_time: float | str | None,
    effective_half_life: float | str | None,
) -> None:
    """Refuse what another argument would override, or leave without effect."""
    if uptake is None and uptake_time is not None:
        raise InputError(
            "the uptake at that time is missing", field="uptake_time", remedy="Give uptake too"
        )
    for field, measured, name in (
        ("uptake", uptake, UPTAKE),
        ("effective_half_life", effective_half_life, RELEASE),
    ):
        if measured is not None and name in given:
            raise InputError(
                f"{field} says it already", field=f"given.{name}", remedy="Give one of the two"
            )


def _measured(parameter: Parameter, rate: float, note: str) -> Parameter:
    return replace(parameter, distribution=Fixed(rate), source=ASSUMPTION, note=note)


def _released(
    known: Mapping[str, Parameter],
    fitted: Callable[[Mapping[str, Parameter]], dict[str, Parameter]],
    net: float,
    span: tuple[float, float],
    route: str,
) -> dict[str, Parameter]:
    """Return the rates by which the thyroid loses as much over a span as at a net rate (1/h).

    The release is faster than that: a part of it comes back as iodide and is taken up again.
    """
    from scipy.optimize import root_scalar

    kept = math.exp(-net * (span[1] - span[0]))

    def tried(rate: float) -> dict[str, Parameter]:
        note = "By the measured effective half-life."
        return fitted({**known, RELEASE: _measured(known[RELEASE], rate, note)})

    def excess(rate: float) -> float:
        rates = tried(rate)
        uptake = rates[UPTAKE].value
        early, late = (thyroid_uptake(rates, time, route=route, rate=uptake) for time in span)
        return late - kept * early

    if known[UPTAKE].value == 0.0:
        return tried(net)
    near = max(net, _LEAST_RELEASE)
    try:
        found = root_scalar(excess, x0=near, x1=1.2 * near, xtol=1e-9, maxiter=40)
    except InputError:  # so fast a release leaves no uptake as measured
        found = None
    if found is None or not (found.converged and found.root >= 0.0):
        raise InputError(
            "no release gives this half-life, as what is released is taken up again",
            field="effective_half_life",
            remedy=f"Give {RELEASE}, if it was measured over the first days alone",
        )
    return tried(found.root)


def release_rate(effective_half_life: float, nuclide: str = "I-131") -> float:
    r"""Return :math:`\ln 2 / T_{eff} - \lambda` (1/h), the net loss of the thyroid.

    Of a remnant that takes up little it is the release itself.

    Examples
    --------
    >>> round(release_rate(120.0), 5)
    0.00218
    """
    decay = find_nuclide(nuclide).decay_constant
    if not 0.0 < effective_half_life <= math.log(2.0) / decay:
        raise InputError(
            "longer than the nuclide's half-life, or not positive",
            field="effective_half_life",
            value=effective_half_life,
            allowed=f"above 0 and at most {math.log(2.0) / decay:.5g} h",
        )
    return max(math.log(2.0) / effective_half_life - decay, 0.0)


def thyroid_uptake(
    parameters: Mapping[str, Parameter], time: float, *, route: str = "oral", rate: float
) -> float:
    """Return the fraction in the thyroid at a time (h), corrected for decay: exact."""
    import numpy as np
    from scipy.linalg import expm

    known = {**parameters, UPTAKE: _measured(parameters[UPTAKE], rate, "tried")}
    places, matrix = transfer_matrix(known)
    start = np.array([float(place == ROUTES[route]) for place in places])
    found = expm(matrix * time) @ start
    return float(sum(found[places.index(part)] for part in _THYROID))


def uptake_rate(
    parameters: Mapping[str, Parameter], uptake: float, time: float = 24.0, *, route: str = "oral"
) -> float:
    """Return the rate (1/h) from blood into the thyroid that gives an uptake at a time (h).

    Examples
    --------
    >>> from theratwin.core import parameter_set
    >>> round(24.0 * uptake_rate(parameter_set("kinetics", "iodine"), 0.285), 2)  # per day
    7.26
    """
    from scipy.optimize import root_scalar

    if not 0.0 < time < math.inf:
        raise InputError("must be positive, in h", field="uptake_time", value=time)
    most_rate = 1e3 * parameters[RENAL].value
    most = thyroid_uptake(parameters, time, route=route, rate=most_rate)
    if not 0.0 <= uptake < most:
        raise InputError(
            "no uptake rate gives this",
            field="uptake",
            value=f"{uptake} at {time} h",
            allowed=f"a fraction of 0 or more, less than {most:.3f} at that time",
            remedy="Give a fraction (0.3, not 30) that is corrected for decay, and its time in h",
        )

    def miss(rate: float) -> float:
        return thyroid_uptake(parameters, time, route=route, rate=rate) - uptake

    if uptake == 0.0:
        return 0.0
    return root_scalar(miss, bracket=(0.0, most_rate), xtol=1e-12, rtol=1e-12).root
