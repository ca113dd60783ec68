"""A simulation as data and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.cli.model_doses import as_data, as_text
from theratwin.cli.model_doses import units as dose_units

if TYPE_CHECKING:
    from theratwin.cli.model_run import Simulation
    from theratwin.dynamics import Network


def data(network: Network, found: Simulation) -> dict[str, Any]:
    """Return what was simulated, for JSON."""
    population = found.population
    return {
        "model": network.name,
        "patients": found.patients,
        "doses": as_data(found.doses),
        "varied": found.varied,
        "cv": found.cv,
        "tolerance": {"rtol": found.rtol, "atol": found.atol},
        "threads": found.threads,
        "patients_per_second": found.patients / found.solve_s,
        "seconds": {
            "compile": found.compile_s,
            "solve": found.solve_s,
            "total": found.compile_s + found.total_s,
        },
        "compiled_code": "from the cache" if found.cached else "made now",
        "statuses": {
            status.name: {"count": count, "text": status.text, "remedy": status.remedy}
            for status, count in found.statuses.items()
        },
        "failed": [
            {"patient": patient, "status": status.name} for patient, status in population.failed
        ],
        "steps": _steps(found),
        "times": population.times,
        "observables": {
            name: {
                "median": population.quantile(name, 0.5),
                "low": population.quantile(name, 0.05),
                "high": population.quantile(name, 0.95),
            }
            for name in population.outputs
        },
    }


def _steps(found: Simulation) -> dict[str, float]:
    return {
        "median": float(np.median(found.steps)),
        "least": int(found.steps.min()),
        "most": int(found.steps.max()),
        "rejected_share": float(
            found.rejections.sum() / max(1, (found.steps + found.rejections).sum())
        ),
    }


def units(network: Network, found: Simulation) -> dict[str, Any]:
    """Return the units of the values in `data`."""
    known = {part.name: part.unit for part in (*network.observables, *network.quadratures)}
    known = {**network.units, **known}
    return {
        "times": "h",
        "seconds": "s",
        **({"doses": dose_units(found.doses, network)} if found.doses else {}),
        "observables": {name: known[name] or "1" for name in found.population.outputs},
    }


def told(network: Network, found: Simulation) -> str:
    """Return the simulation in words."""
    value, unit = data(network, found), units(network, found)["observables"]
    steps, seconds = value["steps"], value["seconds"]
    varied = f", {len(found.varied)} parameters varied with CV {found.cv:g}"
    lines = [
        f"{network.name}: {_count(found.patients, 'patient')}{varied if found.varied else ''}",
        *as_text(found.doses, network),
        f"  {value['patients_per_second']:.0f} patients/s on {_count(found.threads, 'thread')} "
        f"({seconds['solve']:.3g} s); code {value['compiled_code']}, {seconds['compile']:.2g} s",
        f"  rtol {found.rtol:g}, atol {found.atol:g}; steps {steps['median']:.0f} "
        f"({steps['least']} to {steps['most']}), {steps['rejected_share']:.1%} rejected",
        *(
            f"  {entry['count']} of {found.patients}: {entry['text']}. {entry['remedy']}"
            for entry in value["statuses"].values()
        ),
    ]
    for name, summary in value["observables"].items():
        several = ", median (90 % range)" if found.patients > 1 else ""
        lines += ["", f"{name}, {unit[name]}{several}"]
        rows = zip(value["times"], *summary.values(), strict=True)
        lines += [_row(*row, alone=found.patients == 1) for row in rows]
    return "\n".join(lines)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _row(time: float, median: float, low: float, high: float, alone: bool) -> str:
    span = "" if alone else f"  ({low:.4g} to {high:.4g})"
    return f"  {time:>9.4g} h  {median:>10.4g}{span}"
