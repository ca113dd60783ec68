"""The uncertainty budget of a region's dose: what each source of doubt brings to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from theratwin.case import Case
from theratwin.core import parameter_set
from theratwin.core.errors import InputError
from theratwin.dosimetry import Budget, bodies, log_sd, relative_spread, self_s_value
from theratwin.twin.cross_dose import cross_dose, cross_uncertainty, has_cross_dose
from theratwin.twin.doses import (
    BLOOD,
    MARROW,
    WHOLE_BODY,
    is_target,
    marrow_is_known,
    marrow_model_of,
    marrow_source,
)
from theratwin.twin.systematics import SMALL_ORGANS
from theratwin.twin.twin import Twin

_NUDGE = 1e-3


def budget(twin: Twin, region: str) -> Budget:
    r"""Return the budget of a region's dose over the administrations of the case.

    .. math::

        u^2(D) = u^2(\tilde A) + u^2(Q) + u^2(R) + c^2 u^2(m) + u^2(S) + x^2 u^2(X)

    (EANM guidance, Gear et al. 2018, and the share x of the dose that comes from other regions),
    each :math:`u` the standard deviation of a logarithm. The part
    ``curve`` is the spread of the posterior's time-integrated activity, cycles without scans
    included; the others are what all scans share.

    In red marrow calibration acts on the body's part of the dose alone if the marrow's activity is
    derived from blood, which a well counter measures; its mass cancels then. The doubt about the
    marrow model stands as the dose factor's.

    Raises
    ------
    InputError
        If no dose is computed for the region.
    """
    if region == MARROW and marrow_is_known(twin.case, twin.regions):
        return _marrow(twin)
    if region not in twin.regions or not is_target(twin.case, region):
        raise InputError("no dose is computed there", field="region", value=region)
    return _self_dose(twin, region)


def _self_dose(twin: Twin, region: str) -> Budget:
    case = twin.case
    factor = parameter_set("dosimetry", "dose_factors").value("self_dose.relative_uncertainty")
    small = region in case.lesion_names or region in SMALL_ORGANS
    s_value = _s_value(case, region)
    dose = sum(
        activity * s_value(case.volume(region, cycle).mass)
        for cycle, activity in _integrated(twin, region).items()
    )
    volume = case.volume(region)
    return Budget(
        {
            "curve": relative_spread(np.asarray(dose)),
            "calibration": log_sd(case.uncertainty.calibration),
            "recovery": log_sd(case.uncertainty.recovery) if small else 0.0,
            "mass": abs(_sensitivity(s_value, volume.mass)) * log_sd(volume.relative_uncertainty),
            "dose factor": log_sd(factor),
            "cross-dose": _cross_share(twin, region) * log_sd(cross_uncertainty()),
        }
    )


def _cross_share(twin: Twin, region: str) -> float:
    """Return the share of a region's dose that comes from other regions, median over draws."""
    cross = cross_dose(twin.case, tuple(twin.activities)) if has_cross_dose(twin) else None
    if cross is None:
        return 0.0
    names, s_value = twin.case.schedule.names, _s_value(twin.case, region)
    own, others = 0.0, 0.0
    for name, activity in _integrated(twin, region).items():
        own = own + activity * s_value(twin.case.volume(region, name).mass)
        others = others + cross.to(region, twin.activities, names.index(name))
    return float(np.median(others / (own + others)))


def _marrow(twin: Twin) -> Budget:
    model = marrow_model_of(twin.case)
    regions = set(twin.regions)
    imaged = marrow_source(twin.case) == MARROW
    marrow = _total(twin, MARROW) if imaged else _total(twin, BLOOD) * model.activity_for_blood
    inside = {WHOLE_BODY} if WHOLE_BODY in regions else regions - {BLOOD, MARROW}
    body = sum(_total(twin, region) for region in inside)
    own, cross = marrow * model.self_s_value, body * model.body_s_value
    own_share = float(np.mean(own / (own + cross)))
    calibrated = 1.0 if imaged else 1.0 - own_share
    delineated = twin.case.volume(MARROW).relative_uncertainty if imaged else 0.0
    return Budget(
        {
            "curve": relative_spread(own + cross),
            "calibration": calibrated * log_sd(twin.case.uncertainty.calibration),
            "recovery": 0.0,
            "mass": own_share * log_sd(delineated),
            "dose factor": own_share * log_sd(model.relative_uncertainty),
            "cross-dose": (1.0 - own_share) * log_sd(cross_uncertainty()),
        }
    )


def _integrated(twin: Twin, region: str) -> Mapping[str, np.ndarray]:
    """Return draws of the time-integrated activity (MBq h) by administration."""
    curves = twin.activities[region]
    return {
        name: curve.integral()
        for name, curve in zip(twin.case.schedule.names, curves, strict=True)
        if curve is not None
    }


def _total(twin: Twin, region: str) -> np.ndarray:
    return np.sum(list(_integrated(twin, region).values()), axis=0)


def _s_value(case: Case, region: str) -> Callable[[float], float]:
    """Return the self-dose S value, Gy/(MBq h), as a function of mass (g)."""
    count, density = bodies(region, case.patient.absent), case.volume(region).density
    nuclide = case.radiopharmaceutical.nuclide
    return lambda mass: float(self_s_value(nuclide, mass, bodies=count, density=density))


def _sensitivity(s_value: Callable[[float], float], mass: float) -> float:
    """Return d ln S / d ln m by central differences."""
    rise = s_value(mass * np.exp(_NUDGE)) / s_value(mass * np.exp(-_NUDGE))
    return float(np.log(rise) / (2.0 * _NUDGE))
