"""Schedules of assays: one incubation as before, several add up, what is kept, bad input."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dynamics import Engine
from theratwin.kinetics.models import Assay, Incubation, in_vitro
from theratwin.physics import nuclide
from theratwin.twin import InVitro

DECAY = nuclide("Lu-177").decay_constant
TIGHT = {"rtol": 1e-10, "atol": 1e-17}
PLACES = ("medium", "membrane", "cytoplasm", "nucleus", "spent")


def solved(assay, times, **given):
    washes = len(assay.wash_times)
    network = in_vitro(washes=washes, given={**given, **assay.given})
    doses = assay.doses(2.0, "Lu-177")
    return Engine(network.system()).solve({}, np.array(times), doses=doses, **TIGHT).require()


def test_one_incubation_is_the_assay_without_a_schedule():
    times = np.array([0.0, 3.0, 5.0, 48.0])
    found = solved(Assay([Incubation(0.0, 4.0, 1.0, 50.0)]), times)
    plain = Engine(in_vitro().system()).solve({}, times, **TIGHT).require()
    for place in PLACES:
        assert found[f"{place}.hot"][0] == pytest.approx(plain[f"{place}.hot"][0], rel=1e-12)


def test_incubations_of_few_molecules_add_up():
    """Far below saturation the kinetics is linear: the second incubation does what the first did,
    later. All of the ligand is 1e-4 of the receptors.
    """
    few = {"molar_activity": 700.0}
    both = Assay([Incubation(0.0, 4.0, 1e-6, **few), Incubation(48.0, 52.0, 1e-6, **few)])
    times = np.array([50.0, 60.0, 100.0])
    first = solved(Assay([Incubation(0.0, 4.0, 1e-6, **few)], washes=[52.0]), times)
    second = solved(Assay([Incubation(0.0, 4.0, 1e-6, **few)]), times - 48.0)
    expected = first["cytoplasm.hot"][0] + second["cytoplasm.hot"][0]
    assert solved(both, times)["cytoplasm.hot"][0] == pytest.approx(expected, rel=1e-3)


def test_fresh_medium_at_the_time_of_the_wash_is_not_washed_away():
    assay = Assay([Incubation(0.0, 4.0, 1.0), Incubation(4.0, 8.0, 2.0)])
    found = solved(assay, [3.99, 4.01, 8.01])
    medium = found["medium"][0]
    assert medium[1] == pytest.approx(2.0, rel=0.02)
    assert medium[2] < 0.01


def test_further_washes_take_what_was_released():
    given = [Incubation(0.0, 4.0, 1.0)]
    once = solved(Assay(given), [24.0])["medium"][0, 0]
    twice = solved(Assay(given, washes=[12.0]), [24.0])["medium"][0, 0]
    assert twice < 0.8 * once


def test_dose_of_the_nucleus_follows_the_schedule():
    """Few molecules, so doses add up: an incubation that is washed twice, and one washed once;
    the second ends 2 h nearer to the end of the assay, after 14 d: to a hundredth.
    """
    one = Incubation(0.0, 2.0, 5e-6, 700.0)
    both = Assay([one, Incubation(2.0, 4.0, 5e-6, 700.0)])
    parts = [Assay([one], washes=[4.0]), Assay([one])]
    doses = [InVitro(schedule=each).dose for each in (both, *parts)]
    assert doses[0] == pytest.approx(doses[1] + doses[2], rel=0.01)


@pytest.mark.parametrize(
    ("write", "field"),
    [
        (lambda: Incubation(4.0, 4.0, 1.0), "incubation"),
        (lambda: Incubation(-1.0, 4.0, 1.0), "incubation"),
        (lambda: Incubation(0.0, 4.0, 0.0), "activity_concentration"),
        (lambda: Incubation(0.0, 4.0, 1.0, -1.0), "molar_activity"),
        (lambda: Assay([]), "incubations"),
        (lambda: Assay([Incubation(1.0, 4.0, 1.0)]), "incubations"),
        (lambda: Assay([Incubation(0.0, 4.0, 1.0), Incubation(3.0, 5.0, 1.0)]), "incubations"),
        (lambda: Assay([Incubation(0.0, 4.0, 1.0)], washes=[-1.0]), "washes"),
        (
            lambda: Assay([Incubation(0.0, 4.0, 1.0), Incubation(5.0, 6.0, 1.0, 1e4)]).doses(
                2.0, "Lu-177"
            ),
            "molar_activity",
        ),
        (
            lambda: (
                InVitro(
                    schedule=Assay([Incubation(0.0, 4.0, 1.0)]), given={"incubation": 3.0}
                ).network
            ),
            "incubation",
        ),
    ],
)
def test_wrong_input_names_its_field(write, field):
    with pytest.raises(InputError, match=field):
        write()
