"""The volumes that a lesion's growth refers to, in a body and driven by a dose rate."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.case import Schedule
from theratwin.core import Exponentials, InputError
from theratwin.kinetics import psma_body
from theratwin.response import tissue
from theratwin.response.tumor import grown_volume
from theratwin.twin.therapy import Agents, DrivenLesion, Therapy

CELLS = tissue("prostate_metastasis")
CYCLE = Agents({"": Schedule.regular("1 GBq", cycles=1, every="6 weeks", amount="57 nmol")})
NOTHING = Exponentials([0.0], [0.1])


@pytest.mark.parametrize("growth", ["exponential", "gompertz", "logistic"])
@pytest.mark.parametrize("reference", [None, 100.0])
def test_an_untreated_lesion_grows_by_its_law_from_its_own_volume(growth, reference):
    given = {"doubling_time": 900.0}
    if reference is not None and growth != "exponential":
        given["reference_volume"] = reference
    volume = np.array([5.0, 50.0])
    lesion = DrivenLesion("lesion_1", volume, CELLS, growth=growth, tumor=given)
    found = lesion.follow(NOTHING, CYCLE, [0.0, 2000.0]).volume[:, -1]
    at = given.get("reference_volume", volume)
    assert_allclose(found, grown_volume(growth, 2000.0, volume, 900.0, at, 1000.0), rtol=1e-6)


def test_a_lesion_in_a_body_has_the_doubling_time_at_its_own_volume():
    body = psma_body(ligand="psma-617", lesions=["lesion_1"], given={"lesion_1.volume": 20.0})
    network = Therapy(body, "lesion_1", growth="gompertz").network
    known = {p.name: p.value for p in network.parameters}
    assert known["tumor.reference_volume"] == known["tumor.initial_volume"] == 20.0


@pytest.mark.parametrize(
    ("growth", "tumor", "message"),
    [
        ("exponential", {"doubling_time": -900.0}, "out of range"),
        ("exponential", {"initial_volume": 5.0}, "volume of its own"),
        ("logistic", {"capacity": 5.0}, "below the capacity"),
        ("gompertz", {"reference_volume": 2000.0}, "below the capacity"),
    ],
)
def test_what_would_be_ignored_or_makes_no_sense_is_refused(growth, tumor, message):
    with pytest.raises(InputError, match=message):
        DrivenLesion("lesion_1", np.array([10.0]), CELLS, growth=growth, tumor=tumor)
    body = psma_body(ligand="psma-617", lesions=["lesion_1"], given={"lesion_1.volume": 20.0})
    with pytest.raises(InputError, match=message):
        _ = Therapy(body, "lesion_1", growth=growth, tumor=tumor).network


def test_a_lesion_that_the_body_lacks_is_refused():
    with pytest.raises(InputError, match="no such lesion"):
        Therapy(psma_body(ligand="psma-617"), "lesion_1")


def test_the_logarithm_of_living_cells_outlasts_their_number():
    lesion = DrivenLesion("lesion_1", np.array([10.0]), CELLS, tumor={"doubling_time": 900.0})
    rate = Exponentials.from_half_lives([[100.0]], [[51.0]])
    found = lesion.follow(rate, CYCLE, [0.0, 4000.0])
    grown = np.log(2.0) * 4000.0 / 900.0
    assert found.living[0, -1] == 0.0
    assert_allclose(found.log_living[0, -1], np.log(10.0) + grown - found.log_kill[0, -1])
