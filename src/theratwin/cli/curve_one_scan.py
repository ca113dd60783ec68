"""``theratwin curve fit TABLE.csv --method madsen``: one scan and what is assumed of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.dosimetry.time_activity import OneScan, Samples

METHODS = ("haenscheid", "madsen", "hou", "jackson", "mixed")
_BY_HALF_LIFE, _BY_CURVES = ("madsen", "hou"), ("jackson", "mixed")


def fit_one_scan(
    path: Path,
    *,
    nuclide_name: str | None,
    method: str,
    model: str | None,
    region: str | None,
    population: str | None,
    scan: str | None,
    draws: int,
    seed: int,
) -> tuple[float, dict[str, Any], str]:
    """Apply a single-scan method; return the integral (MBq h), the fields beside it, the text.

    Raises
    ------
    InputError
        If the nuclide, the method or its population is missing or wrong, or the table holds
        several scans and none is named.
    """
    from theratwin.cli.curve_table import read_samples
    from theratwin.physics import nuclide

    _check_options(method, model, population)
    if nuclide_name is None:
        raise InputError("a table names no nuclide", field="--nuclide", remedy="Give it, as Lu-177")
    decay = nuclide(nuclide_name).decay_constant
    every = read_samples(path, region)
    chosen = _chosen(every, scan, several=method == "mixed")
    estimate = _estimator(method, model, population, decay, draws=draws, seed=seed)
    found = estimate(chosen)
    extra: dict[str, Any] = {
        "interval": {"low": found.interval[0], "high": found.interval[1]},
        "relative_uncertainty": found.relative_sd,
        "method": found.method,
        "basis": found.basis + _error_in_words(chosen, method),
        "scan_times_h": chosen.times.tolist(),
        "nuclide": nuclide_name,
        "points": len(chosen),
    }
    if len(every) > len(chosen):
        extra["full_fit"] = _against_full_fit(every, decay, estimate)
    return found.integral, extra, _text(found.integral, extra)


def _check_options(method: str, model: str | None, population: str | None) -> None:
    if method not in METHODS:
        raise InputError("unknown method", field="--method", value=method, allowed=METHODS)
    if model is not None and method not in _BY_CURVES:
        raise InputError(f"it has no effect on the method {method}", field="--model", value=model)
    if method == "haenscheid" and population is not None:
        raise InputError(
            "the method haenscheid needs none, so that it has no effect",
            field="--population",
            value=population,
            remedy="Take madsen, hou, jackson or mixed",
        )
    if method != "haenscheid" and population is None:
        wanted = (
            'a name as psma.kidneys, or mean and standard deviation as "51 h, 13 h"'
            if method in _BY_HALF_LIFE
            else "a table of patients (.csv)"
        )
        raise InputError(
            f"the method {method} needs a population", field="--population", allowed=wanted
        )


def _chosen(samples: Samples, scan: str | None, *, several: bool) -> Samples:
    """Return the scan of that time; all scans if none is named and several serve."""
    from theratwin.core.units import parse
    from theratwin.dosimetry.time_activity import Samples

    if scan is None and (len(samples) == 1 or several):
        return samples
    times = [f"{time:g} h" for time in samples.times]
    if scan is None:
        raise InputError(
            "the table holds several scans", field="--scan", allowed=times, remedy="Name one"
        )
    time = parse(scan, "h", field="--scan")
    at = np.flatnonzero(np.isclose(samples.times, time, rtol=1e-6))
    if not at.size:
        raise InputError("no scan at this time", field="--scan", value=scan, allowed=times)
    sd = None if samples.sd is None else samples.sd[at]
    return Samples(samples.times[at], samples.activities[at], sd)


def _estimator(
    method: str, model: str | None, population: str | None, decay: float, *, draws: int, seed: int
) -> Any:
    """Return the method as a function of samples; what it needs of others is done once."""
    from theratwin.cli.curve_population import curves_of, half_life_population, mixed_population
    from theratwin.dosimetry import time_activity as methods

    def single(function: Any, *given: Any) -> Any:
        def estimate(samples: Samples) -> OneScan:
            error = 0.0 if samples.sd is None else float(samples.sd[0] / samples.activities[0])
            return function(
                float(samples.activities[0]), float(samples.times[0]), *given, relative_sd=error
            )

        return estimate

    if method == "haenscheid":
        return single(methods.haenscheid_scan)
    if method in _BY_HALF_LIFE:
        half_lives = half_life_population(str(population), decay)
        function = methods.madsen_scan if method == "madsen" else methods.hou_scan
        return single(function, half_lives, decay)
    if method == "jackson":
        return single(methods.jackson_scan, list(curves_of(str(population), model, decay).values()))
    mixed = mixed_population(str(population), model, decay, seed=seed)
    return lambda samples: methods.individual(mixed, samples, draws=draws, seed=seed).one_scan()


def _error_in_words(samples: Samples, method: str) -> str:
    if samples.sd is not None:
        return "; with the activity's own error"
    if method == "mixed":
        return "; with the population's error of an activity"
    return "; the activity's own error is not given and not in it"


def _against_full_fit(samples: Samples, decay: float, estimate: Any) -> dict[str, Any]:
    """Return the fit of all scans, and what the method errs by from each scan alone."""
    from theratwin.dosimetry.time_activity import Samples, compare

    try:
        full = compare(samples, decay)
    except InputError as error:
        return {"time_integrated_activity": None, "why": error.message}
    by_time = {}
    for i, time in enumerate(samples.times):
        sd = None if samples.sd is None else samples.sd[i : i + 1]
        alone = Samples(samples.times[i : i + 1], samples.activities[i : i + 1], sd)
        by_time[f"{time:g}"] = estimate(alone).integral / full.integral - 1.0
    return {
        "time_integrated_activity": full.integral,
        "best": full.best.model,
        "points": len(samples),
        "relative_error_by_scan_time_h": by_time,
    }


def _text(integral: float, extra: dict[str, Any]) -> str:
    at = ", ".join(f"{time:g} h" for time in extra["scan_times_h"])
    word = "interval" if extra["relative_uncertainty"] is None else "90 % interval"
    lines = [
        f"time-integrated activity  {integral:.5g} MBq h, {word} "
        "{low:.5g} to {high:.5g}".format(**extra["interval"]),
        f"{extra['method']}, scan at {at}",
        f"interval by: {extra['basis']}",
    ]
    full = extra.get("full_fit")
    if full and full["time_integrated_activity"] is None:
        lines.append(f"no full fit to compare with: {full['why']}")
    elif full:
        lines.append(
            f"full fit of {full['points']} scans (best {full['best']})  "
            f"{full['time_integrated_activity']:.5g} MBq h; from one scan this method errs by"
        )
        lines += [
            f"  {time:>6} h  {error:+.1%}"
            for time, error in full["relative_error_by_scan_time_h"].items()
        ]
    return "\n".join(lines)
