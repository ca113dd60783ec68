"""Exposures: dose rates by component."""

from __future__ import annotations

import pytest

from theratwin.core import Component, Exponentials, Exposure, Geometry, InputError, Pulses, Quality

SLOW, FAST = Exponentials([0.1], [0.01]), Exponentials([1.0], [0.5])


def test_dose_is_summed_over_components():
    exposure = Exposure(
        "lesion_1",
        {"photon_electron": SLOW, Component.ALPHA: FAST},
        {"alpha": Quality(let=100.0)},
        geometry=Geometry.CELL,
        drugs={"olaparib": SLOW},
    )
    assert exposure.dose() == pytest.approx(12.0, rel=1e-15)
    assert exposure.dose(0.0, 10.0) == pytest.approx(
        SLOW.integral(0, 10) + FAST.integral(0, 10), rel=1e-15
    )
    assert set(exposure.dose_rate) == {Component.PHOTON_ELECTRON, Component.ALPHA}
    with pytest.raises(TypeError):
        exposure.dose_rate["auger"] = SLOW


def test_forms_may_differ():
    both = Exposure("kidneys", {"photon_electron": SLOW + Pulses([0.0], [2.0]), "alpha": FAST})
    assert both.dose() == pytest.approx(14.0, rel=1e-15)


def test_wrong_components_and_qualities_are_refused():
    with pytest.raises(InputError, match="at least one"):
        Exposure("kidneys", {})
    with pytest.raises(InputError, match="nearest match 'alpha'"):
        Exposure("kidneys", {"alfa": SLOW})
    with pytest.raises(InputError, match="quality without a dose rate"):
        Exposure("kidneys", {"alpha": SLOW}, {"auger": Quality()})


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_quality_must_be_positive(value):
    with pytest.raises(InputError, match=r"Quality\.let"):
        Quality(let=value)
    with pytest.raises(InputError, match=r"Quality\.specific_energy"):
        Quality(specific_energy=value)
