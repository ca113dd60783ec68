"""CLR1404: plasma as published, in closed form; the marrow's dose, held out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dosimetry.organ import CumulatedActivity, organ_doses
from theratwin.dynamics import Engine
from theratwin.kinetics.models.clr1404 import clr1404
from theratwin.physics import emissions, nuclide
from theratwin.physics.organs import shipped_saf_table

DECAY = nuclide("I-131").decay_constant
FAST, SLOW, LAST = 24.0, 822.0, 1008.0  # h: assumed, published, published
TIMES = np.linspace(0.0, LAST, 4001)


@pytest.fixture(scope="module")
def found():
    engine = Engine(clr1404().system())
    return engine.solve({}, TIMES, to_infinity=True, rtol=1e-10, atol=1e-16).require()


@pytest.fixture(scope="module")
def plasma(found):
    return found["activity.plasma"][0] * np.exp(DECAY * TIMES)


def test_plasma_as_published(plasma):
    """Terminal half-life of 822 h, area over peak of 15753 / 72.2 h (Grudzinski 2014).

    Rates have four digits, and 6 half-lives of the fast phase leave 2 %.
    """
    rate = math.log(plasma[TIMES >= 500.0][0] / plasma[-1]) / (LAST - TIMES[TIMES >= 500.0][0])
    assert math.log(2.0) / rate == pytest.approx(SLOW, rel=2e-3)
    assert np.trapezoid(plasma, TIMES) == pytest.approx(15753.0 / 72.2, rel=1e-3)


def test_plasma_is_a_biexponential(plasma):
    a, b = math.log(2.0) / FAST, math.log(2.0) / SLOW
    slow = plasma[-1] * math.exp(b * LAST)
    exact = (1.0 - slow) * np.exp(-a * TIMES) + slow * np.exp(-b * TIMES)
    assert plasma == pytest.approx(exact, abs=2e-3)


def test_marrow_that_was_not_calibrated_to(found):
    """About 740 MBq for 400 mSv: 0.54. Spread over the body: 19 % more, reported as it is."""
    hours = float(found.integrals["time_integrated_activity.whole_body"][0])
    doses = []
    for phantom in ("AM", "AF"):
        spread = {"whole_body": CumulatedActivity(hours)}
        each = organ_doses(shipped_saf_table(phantom), emissions("I-131"), spread)
        doses.append(1e3 * each.total[list(each.target_mass).index("red_marrow")])
    assert np.mean(doses) / (400.0 / 740.0) == pytest.approx(1.19, abs=0.02)


def test_wrong_input_names_its_field():
    with pytest.raises(InputError, match=r"transfer\.plasma\.liver"):
        clr1404(given={"transfer.plasma.liver": 0.1})
    with pytest.raises(InputError, match=r"nuclide.*an isotope of I"):
        clr1404("Lu-177")
