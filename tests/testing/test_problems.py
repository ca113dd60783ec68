"""The stiff problems: their equations lead to the published solutions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from theratwin.core.errors import InputError
from theratwin.dynamics import initial_values, right_hand_side
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import Binding, differentiate, symbol
from theratwin.testing import problem, problem_names


@pytest.mark.parametrize("name", problem_names())
def test_equations_lead_to_the_published_solution(name: str) -> None:
    found = problem(name)
    system = found.system
    by = [symbol(state, Binding.STATE) for state in system.names]
    slopes = [differentiate(s.derivative, y) for s in system.states for y in by]

    def jacobian(_: float, y: np.ndarray) -> np.ndarray:
        values = {**system.parameters, **dict(zip(system.names, y, strict=True))}
        return np.reshape(evaluate(slopes, values), (len(y), len(y)))

    solved = solve_ivp(
        lambda t, y: right_hand_side(system, t, y),
        (0.0, found.end),
        initial_values(system),
        method="Radau",
        jac=jacobian,
        rtol=1e-7,
        atol=1e-7 * np.abs(found.solution) + 1e-30,
    )
    assert solved.success
    # The limit cycles amplify the error of each step; a wrong constant moves the first digits.
    assert np.allclose(solved.y[:, -1], found.solution, rtol=1e-3)


def test_unknown_problems_are_refused() -> None:
    with pytest.raises(InputError, match="nearest match 'hires'"):
        problem("hire")
