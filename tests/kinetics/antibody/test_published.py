"""Antibodies against published figures: what was fitted, what was predicted, what is missed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.kinetics.antibody._solved import DAYS, coefficients, solved, therapy

from theratwin.core import parameter_set
from theratwin.physics import emissions, nuclide

MURINE = ("antibody_murine",)
#: Tissue over plasma (%), Shah and Betts 2013, several species.
MEASURED = {
    "lungs": 14.9,
    "heart": 10.2,
    "kidneys": 13.7,
    "muscle": 3.97,
    "skin": 15.7,
    "small_intestine": 5.22,
    "large_intestine": 5.03,
    "spleen": 12.8,
    "liver": 12.1,
    "adipose": 4.78,
    "brain": 0.351,
}
#: What a tissue holds besides its plasma.
SPACES = ("interstitial", "endosomes", "recycling")
#: Nearly all that Y-90 given can have decay in the body (h).
ALL = 1.0 / nuclide("Y-90").decay_constant


def half_life(course, times, first, last):
    return (times[last] - times[first]) * math.log(2.0) / math.log(course[first] / course[last])


def over_plasma(exchange, parameters=None):
    """Return tissue without its plasma over plasma (%) after two weeks, by organ."""
    size = parameter_set("kinetics", "antibody_physiology")
    _, found = solved(
        [0.0, 14 * DAYS], (), parameters, exchange=exchange, given=(("dose.cold", 100.0),)
    )
    plasma = found["heart.vascular.cold"][0, 1] / size["heart.plasma_volume"].value
    return {
        organ: 100.0
        * sum(found[f"{organ}.{space}.cold"][0, 1] for space in SPACES)
        / size[f"{organ}.volume"].value
        / plasma
        for organ in MEASURED
    }


def test_tissue_over_plasma_is_near_what_was_measured():
    """Two pores: within twofold, the margin that the coefficients' authors give them.

    The coefficients are of tissue without its plasma: the brain's, 0.35 %, is less than the 2.2 %
    that are plasma. The brain itself is missed by 2.9 times, through transcytosis.
    """
    found = over_plasma("two_pore")
    ratios = {organ: found[organ] / expected for organ, expected in MEASURED.items()}
    assert 2.5 < ratios.pop("brain") < 3.2
    assert min(ratios.values()) > 0.5
    assert max(ratios.values()) < 2.0


def test_the_brain_with_fewer_endosomes_is_near_what_was_measured():
    """Public models of the brain have 0.1 mL of endosomes, the platform 7.25 mL; within twofold."""
    fewer = {"brain.endosomal_volume": 0.1}
    assert 0.5 < over_plasma("two_pore", fewer)["brain"] / MEASURED["brain"] < 2.0


def test_one_reflection_coefficient_lets_too_little_out():
    """Up to six times less than measured in lungs, heart and kidneys: a miss of that way."""
    found = over_plasma("reflection")
    assert all(found[o] / MEASURED[o] < 0.25 for o in ("lungs", "heart", "kidneys"))


def test_human_antibodies_live_as_published():
    """Clearance 0.18 to 0.23 L/day of bevacizumab, trastuzumab, ocrelizumab; within 35 %.

    Their spread is of that size. Half-life of IgG in man: about three weeks.
    """
    times = np.array([0.0, 10 * DAYS, 20 * DAYS])
    _, found = solved(times, (), given=(("dose.cold", 1.0),))
    assert 15.0 < half_life(found["vein.cold"][0], times / DAYS, 1, 2) < 28.0
    lost = [n for n in found.states if n.endswith("catabolites.cold") or n == "released.cold"]
    gone = sum(found[n][0] for n in lost)
    plasma = found["vein.cold"][0] / 1412.0
    area = (plasma[2] - plasma[1]) / math.log(plasma[2] / plasma[1]) * 10.0
    assert 1e-3 * (gone[2] - gone[1]) / area == pytest.approx(0.207, rel=0.35)


def test_murine_antibodies_live_as_calibrated():
    """39 h from day 1 to 4, the geometric mean of 31, 34 and 56 h in patients; calibrated."""
    times = np.array([0.0, DAYS, 4 * DAYS])
    _, found = solved(times, (), sets=MURINE, given=(("dose.cold", 10.0),))
    assert half_life(found["vein.cold"][0], times, 1, 2) == pytest.approx(39.0, rel=0.01)


def test_little_of_a_metal_label_is_excreted():
    """Of Y-90 ibritumomab 7.2 % were in urine within 7 days; the body has 11 % leave for ever.

    Not fitted. Tolerance a factor of two: the label's half-time in cells is a choice of that size.
    """
    (kept,) = coefficients("none", therapy(13.3), ("whole_body",), sets=MURINE)
    assert 1.0 < (1.0 - kept / ALL) / 0.072 < 2.0


def test_fab_fragments_are_filtered():
    """791T/36 Fab in patients: 4.8 h at first, 18.7 h later; others 12 to 20 h. Within 2.2 times.

    Nothing of it was fitted: size makes what pores and glomeruli let through.
    """
    times = np.array([0.0, 1.0, 8.0, 12.0, 48.0])
    sets = (*MURINE, "antibody_fragment")
    _, found = solved(times, (), sets=sets, given=(("dose.cold", 10.0),))
    course = found["vein.cold"][0]
    for first, expected in ((1, 4.8), (3, 18.7)):
        assert expected / 2.2 < half_life(course, times, first, first + 1) < expected


def test_anti_cd66_stays_at_the_figures_that_it_was_calibrated_to():
    """Three densities to three figures: this guards the set, it validates nothing."""
    found = coefficients("cd66", therapy(13.3), ("red_marrow", "liver", "spleen"))
    assert found == pytest.approx([37.3, 8.02, 2.51], rel=5e-3)


def test_anti_cd66_in_organs_that_it_was_not_calibrated_to():
    """Y-90 anti-CD66, trial of 2024: kidneys 0.5 +- 0.4, lungs 0.7 +- 0.5 Gy/GBq, within one SD.

    The whole body, 0.4 +- 0.1, is a miss: more than 0.6 of the 0.70 that all decays make.
    """
    regions = ("kidneys", "lungs", "whole_body")
    kidneys, lungs, body = coefficients("cd66", therapy(13.3), regions)
    energy = emissions("Y-90").energy_per_decay
    dose = energy * 1.602176634e-13 * 3600.0 * 1e12  # Gy/GBq a kg for an hour
    assert kidneys * dose / 1e3 / 0.310 == pytest.approx(0.5, abs=0.4)
    assert lungs * dose / 1e3 / 1.0 == pytest.approx(0.7, abs=0.5)
    assert 0.6 < body * dose / 1e3 / 71.0 < 0.7


def test_anti_cd45_is_of_the_order_of_patients():
    """I-131 BC8, 0.5 mg/kg: marrow and spleen are three times too high, the liver is too low.

    Orders of magnitude: 17.5 h, 4.9 h and 12.3 h are the doses of Matthews 1999 over electrons'
    energy, in 1.1, 0.15 and 1.8 kg.
    """
    fast = tuple((f"{place}.release", math.log(2.0) / 2.0) for place in _CELLS)
    found = coefficients(
        "cd45",
        therapy(233.3, nuclide="I-131"),
        ("red_marrow", "spleen", "liver"),
        nuclide="I-131",
        given=fast,
    )
    for value, expected in zip(found, (17.5, 4.9, 12.3), strict=True):
        assert 0.2 < value / expected < 5.0


_CELLS = ("red_marrow", "liver", "spleen", "blood_cells", "catabolites")
