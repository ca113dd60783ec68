"""Which curves compete for a region, over which administrations."""

from __future__ import annotations

import pytest

from theratwin.core import InputError
from theratwin.kinetics import STRUCTURES, empirical_curves, region_block
from theratwin.physics import nuclide

DECAY = nuclide("Lu-177").decay_constant


def test_every_measured_region_is_a_block(make_case):
    case = make_case([("kidneys", "cycle 1", 24.0, 90.0), ("lesion_1", "cycle 1", 24.0, 9.0)])
    blocks = empirical_curves(case, DECAY)
    assert [block.name for block in blocks] == ["kidneys", "lesion_1"]
    assert [a.structure for a in blocks[0].alternatives] == list(STRUCTURES)


def test_nothing_measured_is_refused(make_case):
    with pytest.raises(InputError, match="nothing was measured"):
        empirical_curves(make_case([]), DECAY)


@pytest.mark.parametrize(("region", "time"), [("kidneys", 0.0), ("whole_body", 4.0)])
def test_what_is_filled_at_once_has_no_uptake_phase(make_case, region, time):
    case = make_case([(region, "cycle 1", time, 740.0)])
    names = [a.name for a in region_block(case, region, DECAY).alternatives]
    assert names == ["monoexponential", "biexponential"]


def test_a_value_from_within_the_infusion_is_refused(make_case):
    case = make_case([("kidneys", "cycle 1", 0.1, 90.0)], duration=0.5)
    with pytest.raises(InputError, match="while the infusion was running") as caught:
        region_block(case, "kidneys", DECAY)
    assert "0.5 h and later" in str(caught.value)


def test_administrations_run_from_the_first_that_reaches_the_region(make_case):
    rows = [("kidneys", "cycle 1", 24.0, 90.0), ("lesion_1", "cycle 2", 24.0, 9.0)]
    case = make_case(rows, appears="cycle 2")
    lesion = region_block(case, "lesion_1", DECAY).alternatives[0]
    assert [a.name for a in lesion.administrations] == ["cycle 2"]
    assert lesion.first_cycle == 2
    kidneys = region_block(case, "kidneys", DECAY).alternatives[0]
    assert [a.name for a in kidneys.administrations] == ["cycle 1"]


def test_cycles_before_the_first_scan_belong_to_the_course(make_case):
    case = make_case([("kidneys", "cycle 2", 24.0, 90.0)])
    kidneys = region_block(case, "kidneys", DECAY).alternatives[0]
    assert [a.name for a in kidneys.administrations] == ["cycle 1", "cycle 2"]


def test_a_lesion_measured_before_it_appears_is_refused(make_case):
    case = make_case([("lesion_1", "cycle 1", 24.0, 9.0)], appears="cycle 2")
    with pytest.raises(InputError, match="before it appears"):
        region_block(case, "lesion_1", DECAY)


def test_an_animal_does_not_have_the_priors_of_people(make_case):
    rows = [("kidneys", "cycle 1", 24.0, 90.0)]
    human, mouse = (
        region_block(make_case(rows, species=species), "kidneys", DECAY).alternatives[0]
        for species in ("human", "mouse")
    )
    name = "biological_half_life"
    assert mouse.prior.base[name].log_sd > human.prior.base[name].log_sd
