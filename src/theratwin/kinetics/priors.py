"""Priors of a region's curve from the population, by target and region."""

from __future__ import annotations

import math

from theratwin.core import LogNormal, ParameterSet, parameter_set
from theratwin.core.errors import UnsupportedError
from theratwin.kinetics.region_curve import CycleChange, RegionPrior
from theratwin.physics import nuclide

#: The nuclide with which the populations' effective half-lives were measured.
_POPULATION_NUCLIDE = "Lu-177"

_GLANDS = "salivary_glands"
_SAME_KINETICS = {
    "parotid_glands": _GLANDS,
    "submandibular_glands": _GLANDS,
    "lacrimal_glands": _GLANDS,
    "remainder": "whole_body",
}


def region_prior(region: str, target: str, *, lesion: bool) -> RegionPrior:
    """Return the priors of one region for a ligand's target, such as ``"psma"``.

    The published distributions are of effective half-lives with Lu-177; the curve's parameter is
    the biological one, which the ligand keeps with any nuclide. It is log-normal such that the
    effective half-life with Lu-177 has the published median and, to first order, the published
    geometric standard deviation; no effective half-life exceeds the physical one.

    Parameters
    ----------
    region
        Canonical name; ignored for lesions.
    target
        The ligand's target; one without population values gets the widest priors.
    lesion
        Whether the region is a tumor lesion.

    Examples
    --------
    >>> prior = region_prior("kidneys", "psma", lesion=False)
    >>> round(prior.base["biological_half_life"].median, 1)
    45.7
    """
    shapes = parameter_set("kinetics", "curve_shapes")
    half_time = "uptake.half_time_lesion" if lesion else "uptake.half_time"
    base = {
        "uptake": _log_normal(shapes, "uptake.fraction"),
        "biological_half_life": _population_half_life(region, target, lesion=lesion),
        "washout_ratio": _log_normal(shapes, "washout.ratio"),
        "washout_half_life": _log_normal(shapes, "washout.half_life"),
        "uptake_half_time": _log_normal(shapes, half_time),
    }
    return RegionPrior(base, cycle_changes(target, lesion=lesion))


def effective_half_life(
    region: str, target: str, decay_constant: float, *, lesion: bool
) -> LogNormal:
    r"""Return the population's distribution of the terminal effective half-life (h).

    .. math:: 1 / T_\mathrm{eff} = 1 / T_b + 1 / T_p

    The populations are of ligands labeled with Lu-177; another nuclide has the same biological
    half-life :math:`T_b` and its own physical one.

    Examples
    --------
    >>> for name in ("Lu-177", "Y-90"):
    ...     found = effective_half_life(
    ...         "kidneys", "psma", nuclide(name).decay_constant, lesion=False
    ...     )
    ...     print(name, round(found.median, 1), round(found.gsd, 2))
    Lu-177 35.5 1.97
    Y-90 26.7 1.66
    """
    biological = _population_half_life(region, target, lesion=lesion)
    median = math.log(2.0) / (decay_constant + math.log(2.0) / biological.median)
    return LogNormal(median, math.exp(biological.log_sd * median / biological.median))


def _population_half_life(region: str, target: str, *, lesion: bool) -> LogNormal:
    """Return the population's distribution of the biological half-life (h)."""
    population = parameter_set("kinetics", "effective_half_lives")
    kind = "lesion" if lesion else _SAME_KINETICS.get(region, region)
    path = f"{target}.{kind}"
    found = _log_normal(population, path if path in population else "any.other")
    return biological_half_life(found, nuclide(_POPULATION_NUCLIDE).decay_constant)


def biological_half_life(effective: LogNormal, decay_constant: float) -> LogNormal:
    """Turn a distribution of effective half-lives (h) into one of biological half-lives."""
    rate = math.log(2.0) / effective.median - decay_constant
    if rate <= 0:
        raise UnsupportedError(
            "the median effective half-life is not below the physical one",
            field="effective half-life",
            value=effective.median,
        )
    median = math.log(2.0) / rate
    return LogNormal(median, math.exp(effective.log_sd * median / effective.median))


def cycle_changes(target: str, *, lesion: bool) -> dict[str, CycleChange]:
    """Return how uptake and biological half-life change from cycle to cycle."""
    population = parameter_set("kinetics", "cycle_changes")
    kind = "lesion" if lesion else "organ"
    return {
        "uptake": _change(population, target, kind, "uptake_ratio"),
        "biological_half_life": _change(population, target, kind, "half_life_ratio"),
    }


def _change(population: ParameterSet, target: str, kind: str, name: str) -> CycleChange:
    for branch in (f"{target}.{kind}", f"any.{kind}"):
        found = population.under(branch)
        ratios = [found[key] for key in sorted(found) if key.startswith(name)]
        if ratios:
            return CycleChange(tuple(_as_log_normal(ratio.distribution) for ratio in ratios))
    raise UnsupportedError("no population value", field="cycle_changes", value=f"{kind}.{name}")


def _log_normal(population: ParameterSet, name: str) -> LogNormal:
    return _as_log_normal(population[name].distribution)


def _as_log_normal(distribution: object) -> LogNormal:
    if not isinstance(distribution, LogNormal):
        raise UnsupportedError("this prior must be log-normal", value=repr(distribution))
    return distribution
