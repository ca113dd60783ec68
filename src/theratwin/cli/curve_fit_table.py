"""``theratwin curve fit TABLE.csv``: models of a time-activity curve compared by AICc."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.dosimetry.time_activity import Comparison, Fit, Samples

AUTO, TRAPEZOID = "auto", "trapezoid"
_NORMAL_90 = 1.6448536269514722


def fit_table(
    path: Path,
    *,
    nuclide_name: str | None,
    model: str | None,
    region: str | None,
    draws: int,
    seed: int,
) -> tuple[float, dict[str, Any], str]:
    """Fit a table; return the integral (MBq h), the fields beside it, and the text.

    Raises
    ------
    InputError
        If the nuclide is missing, the model unknown, or the table wrong.
    """
    from theratwin.cli.curve_table import read_samples
    from theratwin.dosimetry.time_activity import SHAPES, compare, fit_model
    from theratwin.physics import nuclide

    if nuclide_name is None:
        raise InputError("a table names no nuclide", field="--nuclide", remedy="Give it, as Lu-177")
    model = model or AUTO
    allowed = [AUTO, *SHAPES, TRAPEZOID]
    if model not in allowed:
        raise InputError("unknown model", field="--model", value=model, allowed=allowed)
    decay = nuclide(nuclide_name).decay_constant
    samples = read_samples(path, region)
    if model == TRAPEZOID:
        integral, extra = _by_trapezoid(samples, decay)
    elif model == AUTO:
        comparison = compare(samples, decay)
        integral, extra = _compared(comparison, draws, seed)
    else:
        integral, extra = _one(fit_model(samples, model, decay), draws, seed)
    extra |= {"nuclide": nuclide_name, "points": len(samples)}
    return integral, extra, _text(integral, extra)


def _by_trapezoid(samples: Samples, decay: float) -> tuple[float, dict[str, Any]]:
    from theratwin.dosimetry.time_activity import trapezoid

    found = trapezoid(samples, decay)
    relative = None if found.sd is None else found.sd / found.integral
    factor = math.inf if relative is None else math.exp(_NORMAL_90 * relative)
    interval = None if relative is None else (found.integral / factor, found.integral * factor)
    return found.integral, {
        "interval": _interval(interval),
        "relative_uncertainty": relative,
        "method": "trapezoids from zero at the administration; tail by the last two points, "
        "never slower than physical decay",
        "terminal_half_life_h": math.log(2.0) / found.tail_rate,
        "at_physical_decay": found.at_floor,
    }


def _one(fit: Fit, draws: int, seed: int) -> tuple[float, dict[str, Any]]:
    from theratwin.dosimetry.time_activity import interval_of

    return fit.integral, {
        "interval": _interval(interval_of(fit)),
        "relative_uncertainty": fit.relative_sd,
        "method": f"weighted least squares, {fit.model}",
        **_of_best(fit, draws, seed),
        "models": {fit.model: _model(fit)},
    }


def _compared(found: Comparison, draws: int, seed: int) -> tuple[float, dict[str, Any]]:
    models = {
        name: {"weight": found.weights[name], "aicc": found.criteria[name], **_model(fit)}
        for name, fit in found.fits.items()
    }
    return found.integral, {
        "interval": _interval(found.interval()),
        "relative_uncertainty": found.sd / found.integral,
        "method": "weighted least squares; average over models by AICc weights, unconditional "
        "variance",
        **_of_best(found.best, draws, seed),
        "models": models,
        "left_out": dict(found.left_out),
    }


def _of_best(fit: Fit, draws: int, seed: int) -> dict[str, Any]:
    """Return what is said of the best model alone."""
    import numpy as np

    from theratwin.dosimetry.time_activity import bootstrap, profile_interval

    drawn = None
    if not fit.samples.relative or len(fit.samples) > fit.theta.size - len(fit.at_bound):
        drawn = np.percentile(bootstrap(fit, draws=draws, seed=seed), (5, 95))
    return {
        "best": fit.model,
        "profile_interval": _interval(profile_interval(fit)),
        "bootstrap_interval": _interval(drawn),
        "terminal_half_life_h": fit.terminal_half_life,
        "at_physical_decay": fit.at_floor,
    }


def _model(fit: Fit) -> dict[str, Any]:
    return {
        "time_integrated_activity": fit.integral,
        "relative_uncertainty": fit.relative_sd,
        "chi_square": fit.chi_square,
        "parameters": fit.parameters,
        "terminal_half_life_h": fit.terminal_half_life,
        "at_bound": list(fit.at_bound),
    }


def _interval(edges: Any) -> dict[str, float] | None:
    return None if edges is None else {"low": float(edges[0]), "high": float(edges[1])}


def _text(integral: float, extra: dict[str, Any]) -> str:
    def shown(name: str) -> str:
        found = extra.get(name)
        return "unknown" if found is None else "{low:.4g} to {high:.4g}".format(**found)

    lines = [
        f"time-integrated activity  {integral:.4g} MBq h, 90 % interval {shown('interval')}",
        f"terminal half-life, effective  {extra['terminal_half_life_h']:.4g} h"
        + (", physical decay" if extra["at_physical_decay"] else ""),
        extra["method"],
    ]
    if "best" in extra:
        lines.append(f"{extra['best']}: 90 % by profile likelihood {shown('profile_interval')}")
        lines.append(f"{extra['best']}: 90 % by bootstrap {shown('bootstrap_interval')}")
    for name, one in extra.get("models", {}).items():
        weight = f"{one['weight']:4.0%}  AICc {one['aicc']:8.2f}  " if "weight" in one else ""
        lines.append(
            f"  {weight}{name}: {one['time_integrated_activity']:.4g} MBq h, chi-square "
            f"{one['chi_square']:.3g}"
        )
    lines += [f"  left out {name}: {why}" for name, why in extra.get("left_out", {}).items()]
    return "\n".join(lines)
