"""The engine against a closed form, in a process of its own: ``python -m theratwin.cli.self_test``.

The system is a chain of two with a constant infusion, of which the second member is

    y(t) = u (1 - e^(-b t)) / b - u (e^(-b t) - e^(-a t)) / (a - b),

at times between the steps. What is measured is printed as
JSON. `theratwin doctor` runs it twice, with an empty cache folder first.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

#: The engine's error at a relative tolerance of 1e-8 is some ten times that over the course.
TOLERANCE, ALLOWED = 1e-8, 1e-6
# The rates of the chain (1/h), the infusion's rate, the number of patients, the smallest number.
_FIRST, _SECOND, _INFUSED, _PATIENTS = 2.0, 0.3, 5.0, 64
_SUBNORMAL = 1e-310


def main() -> None:
    """Run, and print what was measured."""
    json.dump(measured(), sys.stdout)


def measured() -> dict[str, Any]:
    """Return times, the largest relative error, and what happens to subnormal numbers."""
    import numpy as np

    from theratwin.dynamics import Engine

    began = time.perf_counter()
    engine = Engine(_system())
    _, code = engine.code()
    compiled = time.perf_counter() - began
    times = np.linspace(0.0, 24.0, 25)
    scales = np.linspace(0.5, 1.5, _PATIENTS)
    began = time.perf_counter()
    solution = engine.solve(
        {"a": _FIRST * scales, "infused": _INFUSED}, times, rtol=TOLERANCE, atol=1e-12
    )
    solved = time.perf_counter() - began
    exact = _exact(_FIRST * scales[:, None], times)
    return {
        "compile_s": compiled,
        "solve_s": solved,
        "cached": code.cached,
        "object_bytes": code.size,
        "patients": _PATIENTS,
        "solved": int(np.sum(solution.good)),
        "error": float(np.max(np.abs(solution["y"] - exact)) / np.max(exact)),
        "flushed_inside": bool(np.all(solution["halved"] == 0.0)),
        "restored_after": float(np.float64(_SUBNORMAL) * np.float64(0.5)) > 0.0,
    }


def _system() -> Any:
    from theratwin.dynamics import State, System
    from theratwin.dynamics.expressions.expression import ZERO, Binding, symbol

    x, y = symbol("x", Binding.STATE), symbol("y", Binding.STATE)
    a, b, tiny = symbol("a"), symbol("b"), symbol("tiny")
    infused = symbol("infused", Binding.SEGMENT)
    return System(
        states=(State("x", ZERO, infused - a * x), State("y", ZERO, a * x - b * y)),
        parameters={"a": _FIRST, "b": _SECOND, "tiny": _SUBNORMAL},
        switches={"infused": 0.0},
        observables={"halved": tiny * 0.5},
    )


def _exact(a: Any, times: Any) -> Any:
    import numpy as np

    late = -np.expm1(-_SECOND * times) / _SECOND
    return _INFUSED * (late - (np.exp(-_SECOND * times) - np.exp(-a * times)) / (a - _SECOND))


if __name__ == "__main__":
    main()
