"""Clinical figures of virtual patients: doses, half-lives, retention."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from theratwin.case import Schedule
from theratwin.dosimetry import bodies, marrow_model, self_s_value
from theratwin.dynamics import Engine, Solution
from theratwin.kinetics import WholeBody

#: By which the marrow's mass is scaled (mm).
_HEIGHT = 1760.0


def figures(
    whole: WholeBody,
    engine: Engine,
    schedule: Schedule,
    regions: Sequence[str],
    parameters: Mapping[str, np.ndarray],
    size: int,
) -> dict[str, np.ndarray]:
    """Return doses (Gy/GBq), half-lives (h) and retention of patients after one administration.

    Half-lives are effective, from 24 to 96 h after its start; that of blood is biological, from 24
    to 48 h. What is retained is the share of the activity at 24 h, corrected for decay.
    """
    (given,) = schedule
    solution = engine.solve(
        parameters,
        given.time + np.array([24.0, 48.0, 96.0]),
        doses=whole.doses(schedule),
        to_infinity=True,
    ).require()
    defaults = {each.name: each.value for each in whole.network.parameters}
    known = {
        name: np.broadcast_to(value, size) for name, value in {**defaults, **parameters}.items()
    }
    decay = math.log(2.0) / float(defaults[f"{whole.labels[0].name}.half_life"])
    per_gbq = 1000.0 / given.activity
    found = {}
    for region in regions:
        volume = known[f"{region}.volume"]
        factor = self_s_value("Lu-177", volume * 1.05, bodies=bodies(region))
        integral = solution.integrals[whole.time_integrated_activity(region)]
        found[f"dose.{region}"] = integral * factor * per_gbq
        found[f"half_life.{region}"] = _half_life(solution, whole.activity(region), 2)
    found["dose.red_marrow"] = _marrow(whole, solution, known["patient.mass"]) * per_gbq
    found["half_life.red_marrow"] = _half_life(solution, whole.activity("red_marrow"), 2)
    retained = solution[whole.activity("whole_body")][:, 0] / given.activity
    found["retained"] = retained * math.exp(decay * 24.0)
    effective = _half_life(solution, "concentration.blood", 1)
    found["half_life.blood"] = 1.0 / (1.0 / effective - decay / math.log(2.0))
    return found


def _half_life(solution: Solution, name: str, last: int) -> np.ndarray:
    times, values = solution.times, solution[name]
    return math.log(2.0) * (times[last] - times[0]) / np.log(values[:, 0] / values[:, last])


def _marrow(whole: WholeBody, solution: Solution, mass: np.ndarray) -> np.ndarray:
    """Return the dose (Gy) of marrow by its own activity and by the body's photons."""
    own = solution.integrals[whole.time_integrated_activity("red_marrow")]
    rest = solution.integrals[whole.time_integrated_activity("whole_body")]
    models = [marrow_model("Lu-177", float(each), _HEIGHT) for each in mass]
    near = np.array([model.self_s_value for model in models])
    far = np.array([model.body_s_value for model in models])
    return near * own + far * rest
