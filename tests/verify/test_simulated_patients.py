"""The generators make what they state."""

from __future__ import annotations

import numpy as np
import pytest
import simulated_patients as simulated
from scipy.integrate import solve_ivp

from theratwin.core.seed import stream
from theratwin.physics import nuclide

DECAY = nuclide(simulated.NUCLIDE).decay_constant


@pytest.mark.parametrize("generator", simulated.GENERATORS)
@pytest.mark.parametrize("region", simulated.REGIONS)
def test_curves_are_positive_and_hold_the_stated_uptake(generator, region):
    person = stream(1, generator)
    uptake = []
    for _ in range(200):
        curve = simulated._possible(simulated.GENERATORS[generator], region, person)
        assert np.all(curve(np.geomspace(0.1, 200.0, 50)) > 0)
        uptake.append(float(curve(24.0 + 0.5 * simulated.INFUSION)) * np.exp(24.0 * DECAY))
    stated = simulated.UPTAKE[region]
    logs = np.log(np.array(uptake) / simulated.ACTIVITY)
    # Standard error of the mean of 200: 7 % of the spread.
    assert logs.mean() == pytest.approx(stated.log_mean, abs=0.25 * stated.log_sd)
    assert logs.std() == pytest.approx(stated.log_sd, rel=0.2)


def test_compartments_solve_their_equations():
    person = stream(3, "equations")
    curve = simulated.GENERATORS["compartments"]("kidneys", person)
    again = stream(3, "equations")
    release = simulated.LogNormal(
        simulated.SHIFT["kidneys"]
        * simulated.region_prior("kidneys", "psma", lesion=False)
        .base["biological_half_life"]
        .median,
        1.5,
    )
    k = {
        name: np.log(2) / float(step.sample(again, 1)[0]) for name, step in simulated.STEPS.items()
    }
    out = np.log(2) / float(release.sample(again, 1)[0])

    def slopes(_, y):
        plasma, rest, surface, inside = y
        return [
            k["rest to plasma"] * rest - (k["plasma to urine"] + k["plasma to rest"]) * plasma,
            k["plasma to rest"] * plasma - k["rest to plasma"] * rest,
            plasma - (k["surface to plasma"] + k["surface to inside"]) * surface,
            k["surface to inside"] * surface - out * inside,
        ]

    times = np.array([1.0, 4.0, 24.0, 72.0, 200.0])
    solved = solve_ivp(slopes, (0, 200), [1, 0, 0, 0], t_eval=times, rtol=1e-10, atol=1e-14)
    shape = solved.y[2] + solved.y[3]
    ours = curve(times + 0.5 * simulated.INFUSION) * np.exp(DECAY * times)
    np.testing.assert_allclose(ours / ours[2], shape / shape[2], rtol=1e-6)  # the solver's


@pytest.mark.parametrize("generator", simulated.GENERATORS)
def test_a_patient_is_the_same_under_every_design_and_for_every_seed_another(generator):
    truths = [simulated.patient(generator, d, 5, seed=1).truth for d in simulated.DESIGNS]
    assert truths[0] == truths[1] == truths[2]
    assert simulated.patient(generator, "one scan", 5, seed=2).truth != truths[0]
    assert simulated.patient(generator, "one scan", 6, seed=1).truth != truths[0]


def test_noise_has_the_stated_spread():
    scanner = stream(1, "noise")
    for generator in simulated.GENERATORS:
        logs = np.log([simulated._noise(generator, 0.05, scanner) for _ in range(20_000)])
        # Heavy tails: the standard error of the spread is about 1.5 %.
        assert logs.std() == pytest.approx(0.05, rel=0.06)
