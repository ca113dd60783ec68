"""A diagnostic of a case: what it may be, what the case knows of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from theratwin.case import (
    Administration,
    Case,
    Diagnostic,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    Volume,
)
from theratwin.core import InputError

GALLIUM = Radiopharmaceutical("68Ga-PSMA-11", Ligand("psma-11", "psma"), "Ga-68")
LUTETIUM = Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177")


def _pet(*regions, name="PET"):
    scans = tuple(Measurement(region, name, 1.0, 2.0, 0.1) for region in regions)
    return Diagnostic(name, GALLIUM, Administration(name, 0.0, 150.0, 5.0), Measurements(scans))


def _case(*diagnostics, appears=None, measured=()):
    return Case(
        "a patient",
        Patient("male", 80_000.0),
        LUTETIUM,
        Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="57 nmol"),
        lesions=(
            Lesion("lesion_1", Volume(20.0, 0.1)),
            Lesion("lesion_2", Volume(5.0, 0.1), appears=appears),
        ),
        measurements=Measurements(measured),
        diagnostics=diagnostics,
    )


def test_its_administration_has_its_name_and_stands_at_zero():
    with pytest.raises(InputError, match="has its name and is at time 0"):
        Diagnostic("PET", GALLIUM, Administration("cycle 1", 0.0, 150.0))
    with pytest.raises(InputError, match="at time 0"):
        Diagnostic("PET", GALLIUM, Administration("PET", 1.0, 150.0))


def test_its_measurements_follow_its_administration():
    scans = Measurements((Measurement("kidneys", "cycle 1", 1.0, 2.0, 0.1),))
    with pytest.raises(InputError, match="another administration"):
        Diagnostic("PET", GALLIUM, Administration("PET", 0.0, 150.0), scans)


def test_names_stand_once_among_diagnostics_and_administrations():
    with pytest.raises(InputError, match="stands twice"):
        _case(_pet(), _pet())
    with pytest.raises(InputError, match="stands twice"):
        _case(_pet(name="cycle 1"))


def test_a_lesion_that_appears_later_cannot_have_been_seen():
    with pytest.raises(InputError, match="appears after the diagnostic"):
        _case(_pet("lesion_2"), appears="cycle 2")


def test_regions_measured_are_those_of_therapy_then_of_diagnostics():
    scan = Measurement("liver", "cycle 1", 24.0, 2.0, 0.1)
    case = _case(_pet("kidneys", "liver"), measured=(scan,))
    assert case.regions_measured == ("liver", "kidneys")
    assert case.measurements.regions == ("liver",)


def test_as_a_case_of_its_own_it_is_the_same_patient_before_therapy():
    case = _case(_pet("kidneys"), appears="cycle 2")
    own = case.of_diagnostic(case.diagnostics[0])
    assert own.patient is case.patient
    assert own.radiopharmaceutical == GALLIUM
    assert own.schedule.names == ("PET",)
    assert own.lesion_names == ("lesion_1",)
    assert own.measurements == case.diagnostics[0].measurements
    assert own.diagnostics == ()


def test_until_a_cycle_keeps_it():
    case = _case(_pet("kidneys"))
    assert case.until("cycle 1").diagnostics == case.diagnostics
    assert replace(case, name="other").diagnostics == case.diagnostics
