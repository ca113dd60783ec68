"""A case: its volumes, its past, its growth."""

from __future__ import annotations

from pathlib import Path

import pytest

from theratwin.case import (
    Case,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    SharedUncertainty,
    Volume,
)
from theratwin.core import InputError


def scan(region, administration, time=24.0, volume=None):
    return Measurement(region, administration, time, 100.0, 0.05, volume=volume)


@pytest.fixture(name="case")
def _case() -> Case:
    return Case(
        name="example",
        patient=Patient("male", 80_000.0, organs={"kidneys": Volume(300.0, 0.1)}),
        radiopharmaceutical=Radiopharmaceutical(
            "[177Lu]Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177"
        ),
        schedule=Schedule.regular("7.4 GBq", cycles=3, every="6 weeks"),
        lesions=(
            Lesion("lesion_1", Volume(12.0, 0.2)),
            Lesion("lesion_2", Volume(3.0, 0.3), appears="cycle 2"),
        ),
        measurements=Measurements(
            (
                scan("kidneys", "cycle 1"),
                scan("lesion_1", "cycle 1", 24.0, volume=12.0),
                scan("lesion_1", "cycle 2", 24.0, volume=8.0),
                scan("lesion_1", "cycle 2", 96.0, volume=10.0),
                scan("kidneys", "cycle 3"),
            )
        ),
        uncertainty=SharedUncertainty(calibration=0.05),
        files=(Path("example.toml"),),
    )


def test_volume_is_the_declared_one(case):
    assert case.volume("kidneys") == Volume(300.0, 0.1)
    assert case.volume("lesion_2").value == 3.0


def test_volume_of_a_cycle_is_the_mean_of_those_delineated_then(case):
    at_cycle_2 = case.volume("lesion_1", "cycle 2")
    assert at_cycle_2.value == 9.0
    # What a delineation does not say anew stays: uncertainty, density.
    assert (at_cycle_2.relative_uncertainty, at_cycle_2.density) == (0.2, 1.05)
    assert case.volume("lesion_1", "cycle 3").value == 12.0
    assert case.volume("kidneys", "cycle 1").value == 300.0


def test_a_missing_volume_is_no_default_but_advice(case):
    with pytest.raises(InputError, match=r"organs\.liver\.volume") as error:
        case.volume("liver")
    assert "[organs.liver]" in error.value.remedy


def test_until_keeps_what_was_known_then(case):
    then = case.until("cycle 1")
    assert then.schedule.names == ("cycle 1",)
    assert then.lesion_names == ("lesion_1",)
    assert then.measurements.administrations == ("cycle 1",)
    assert (then.patient, then.uncertainty, then.files) == (
        case.patient,
        case.uncertainty,
        case.files,
    )
    assert case.until("cycle 2").lesion_names == ("lesion_1", "lesion_2")
    assert case.until("cycle 3") == case
    with pytest.raises(InputError, match="unknown administration"):
        case.until("cycle 4")


def test_until_and_the_next_measurements_make_the_case_again(case):
    then, after = case.until("cycle 2"), case.measurements.of("cycle 3")
    with pytest.raises(InputError, match="unknown administration"):
        then.with_measurements(after)
    known = case.until("cycle 3")
    without = Measurements(tuple(m for m in known.measurements if m not in tuple(after)))
    rebuilt = Case(**{**vars(known), "measurements": without}).with_measurements(after)
    assert rebuilt == case


def test_with_measurements_takes_a_tuple_and_leaves_the_case(case):
    more = case.with_measurements((scan("liver", "cycle 3"),))
    assert more.measurements.regions == ("kidneys", "lesion_1", "liver")
    assert len(case.measurements) == 5


def test_organs_cannot_be_changed(case):
    with pytest.raises(TypeError):
        case.patient.organs["liver"] = Volume(1500.0, 0.1)


def test_volume_and_mass():
    assert Volume(100.0, 0.1, density=1.2).mass == pytest.approx(120.0, rel=1e-15)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((0.0, 0.1), "value"),
        ((float("nan"), 0.1), "value"),
        ((float("inf"), 0.1), "value"),
        ((1.0, 0.1, -1.0), "density"),
        ((1.0, 0.1, float("inf")), "density"),
        ((1.0, -0.1), "relative_uncertainty"),
        ((1.0, 1.0), "relative_uncertainty"),
    ],
)
def test_wrong_volumes_are_refused(arguments, field):
    with pytest.raises(InputError, match=field):
        Volume(*arguments)


@pytest.mark.parametrize(
    "changed",
    [
        {"mass": 0.0},
        {"mass": -80_000.0},
        {"mass": float("nan")},
        {"mass": float("inf")},
        {"age": -1.0},
        {"age": float("nan")},
        {"height": 0.0},
        {"height": float("nan")},
        {"body_surface_area": -1.9},
        {"hematocrit": 1.0},
        {"hematocrit": float("nan")},
    ],
)
def test_wrong_patients_are_refused(changed):
    with pytest.raises(InputError, match=rf"patient\.{next(iter(changed))}"):
        Patient(**{"sex": "male", "mass": 80_000.0} | changed)


@pytest.mark.parametrize("field", ["calibration", "recovery"])
@pytest.mark.parametrize("value", [-0.1, 1.0, float("nan")])
def test_wrong_shared_uncertainties_are_refused(field, value):
    with pytest.raises(InputError, match=rf"uncertainty\.{field}"):
        SharedUncertainty(**{field: value})
