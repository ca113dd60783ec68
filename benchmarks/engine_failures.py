"""Failures put in on purpose: what each patient reports, and that no other one notices.

One of eight patients gets what cannot be solved, in the middle of a vector of four. The others'
bytes are compared with those of a run in which all are healthy. Run with `make bench`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from peers import workload

from theratwin.core.files import write_text
from theratwin.dynamics import Bolus, Engine, State, System
from theratwin.dynamics.expressions.expression import ONE, ZERO, Binding, symbol
from theratwin.dynamics.solving.dosing import Dose
from theratwin.dynamics.solving.status import Status

PATIENTS, ILL = 8, 5
RESULT = Path(__file__).parent / "results/engine_failures.json"


@dataclass(frozen=True)
class Failure:
    """What is done to one patient.

    Parameters
    ----------
    what
        In words.
    system
        Which equations: ``body`` or ``growth``.
    changed
        Parameter to the ill patient's value; a function of the healthy one's is a factor.
    doses, start, times, settings
        Of all patients.
    """

    what: str
    system: str
    changed: Mapping[str, float]
    doses: Iterable[Dose] = ()
    start: float = 0.0
    times: Any = field(default_factory=lambda: workload.TIMES)
    settings: Mapping[str, float] = field(default_factory=dict)


def growth() -> System:
    """Return x' = g x^2 - x / v, which is infinite at a finite time, and a chain y with rate r."""
    x, y = symbol("x", Binding.STATE), symbol("y", Binding.STATE)
    g, v, r = symbol("g"), symbol("v"), symbol("r")
    states = (State("x", ONE, g * x * x - x / v), State("y", ZERO, -r * y))
    return System(states, {"g": 0.0, "v": 1.0, "r": 1.0})


SHORT = np.array([0.0, 0.5, 1.0])
LATE = 1e9
CASES = (
    Failure("a parameter is not a number", "body", {"k_on": np.nan}),
    Failure("a parameter is infinite", "body", {"kidney.plasma_flow": np.inf}),
    Failure("a volume is zero", "body", {"tumor.interstitial_volume": 0.0}),
    Failure("a dose overflows", "body", {"dose.cold": 1e308}),
    Failure("a flow is negative", "body", {"liver.plasma_flow": -1e4}),
    Failure("a rate constant is negative", "body", {"tumor.release": -50.0}),
    Failure("a rate constant is negative, slow growth", "body", {"tumor.release": -0.01}),
    Failure("growth to infinity in finite time", "growth", {"g": 30.0}, times=SHORT),
    Failure("growth by an exponential, as the equation says", "growth", {"v": -0.1}, times=SHORT),
    Failure(
        "a dose decays faster than time resolves",
        "growth",
        {"r": 1e12},
        doses=[Bolus("y", LATE + 0.5, 1.0)],
        start=LATE,
        times=LATE + SHORT,
    ),
    Failure("more steps than allowed", "body", {"k_on": 1e9}, settings={"most_steps": 260}),
)


def given(case: Failure, engine: Engine) -> dict[str, np.ndarray]:
    """Return the parameters of healthy patients."""
    if case.system == "body":
        return workload.named(workload.population(PATIENTS).copy())
    return {name: np.full(PATIENTS, value) for name, value in engine.system.parameters.items()}


def solved(engine: Engine, case: Failure, parameters: Any, fallback: bool) -> Any:
    """Return the solution for all patients on one thread."""
    return engine.solve(
        parameters,
        case.times,
        doses=case.doses,
        start=case.start,
        fallback=fallback,
        threads=1,
        **dict(case.settings),
    )


def stacked(found: Any) -> np.ndarray:
    """Return shape ``(patient, value)``."""
    arrays = [*found.states.values(), *found.observables.values()]
    return np.concatenate(arrays, axis=1)


def row(engine: Engine, case: Failure) -> dict[str, Any]:
    """Return what one failure reports."""
    parameters = given(case, engine)
    healthy = solved(engine, case, parameters, fallback=False)
    for name, value in case.changed.items():
        parameters[name][ILL] = value
    found = solved(engine, case, parameters, fallback=False)
    mended = solved(engine, case, parameters, fallback=True)
    status, after = Status(found.status[ILL]), Status(mended.status[ILL])
    others = np.arange(PATIENTS) != ILL
    same = [
        stacked(some)[others].tobytes() == stacked(healthy)[others].tobytes()
        for some in (found, mended)
    ]
    return {
        "what": case.what,
        "changed": {name: repr(float(value)) for name, value in case.changed.items()},
        "status": status.name,
        "text": status.text,
        "remedy": status.remedy,
        "reached_h": float(found.reached[ILL]) - case.start,
        "steps_and_refused": [int(found.steps[ILL]), int(found.rejections[ILL])],
        "finite_values_only": bool(np.all(np.isfinite(stacked(found)[ILL]))),
        "with_the_fallback": after.name,
        "others_all_solved": bool(np.all(found.status[others] == Status.DONE)),
        "others_same_bytes": all(same),
    }


def without_fma() -> str:
    """Return what is said on a processor that has no fused multiply-add."""
    import llvmlite.binding as llvm

    from theratwin.core.errors import UnsupportedError
    from theratwin.dynamics.llvm.compile import TARGETS, target

    present = {name: name != "fma" for name in TARGETS["x86_64"][1]}
    target.cache_clear()
    with (
        patch.object(llvm, "get_host_cpu_features", return_value=present),
        patch("platform.machine", return_value="x86_64"),
    ):
        try:
            target()
        except UnsupportedError as refusal:
            return str(refusal)
        finally:
            target.cache_clear()
    return "taken"


def main() -> None:
    """Run all, print and write."""
    engines = {"body": Engine(workload.system()), "growth": Engine(growth())}
    rows = [row(engines[case.system], case) for case in CASES]
    content = {"patients": PATIENTS, "ill": ILL, "lanes": engines["body"].lanes, "failures": rows}
    content["without_fma"] = without_fma()
    text = json.dumps(content, indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main()
