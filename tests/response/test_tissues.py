"""The tissues that ship, and the parameter sets behind them."""

from __future__ import annotations

import pytest

from theratwin.core import InputError, parameter_set, parameter_set_names
from theratwin.response import Repair, Tissue, biphasic_repair, tissue, tissue_names


def test_names():
    assert tissue_names() == [
        "kidneys",
        "marrow",
        "neuroendocrine_tumor",
        "prostate_metastasis",
        "salivary_glands",
    ]


@pytest.mark.parametrize("name", tissue_names())
def test_every_tissue_loads(name):
    assert tissue(name).name == name


def test_values():
    assert tissue("kidneys") == Tissue(2.5, Repair.single(2.8), name="kidneys")
    prostate = tissue("prostate_metastasis")
    assert (prostate.known_alpha, prostate.known_clonogens) == (0.147, 1.79e8)


def test_unknown_tissue_gives_the_nearest():
    with pytest.raises(InputError, match="nearest match 'kidneys'"):
        tissue("kidney")


def test_biphasic_repair():
    assert biphasic_repair().rates == pytest.approx((2.081, 0.2604), rel=1e-14)
    assert biphasic_repair().fractions == pytest.approx((0.5663, 0.4337), rel=1e-14)


@pytest.mark.parametrize("name", parameter_set_names("response"))
def test_every_value_says_where_it_comes_from(name):
    for parameter in parameter_set("response", name).values():
        assert parameter.note if parameter.is_assumption else parameter.where, parameter.name


def test_limits():
    limits = parameter_set("response", "clinical_limits")
    assert limits.value("kidneys.bed") == 40.0
    assert limits.value("kidneys.bed_with_risk_factors") == 28.0
    assert limits.value("schedule.interval") == 6 * 7 * 24.0
    # What could not be confirmed in its source must not pass for a citation.
    assert limits["schedule.cycles"].is_assumption
    for name in ("kidneys.bed", "kidneys.bed_with_risk_factors"):
        assert limits[name].source == "bodei_2008"


@pytest.mark.parametrize("field", ["alpha_beta", "alpha", "clonogens"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_wrong_values_are_named(field, value):
    with pytest.raises(InputError, match=f"Tissue.{field}"):
        Tissue(**{"alpha_beta": 3.0, "repair": Repair.single(1.0)} | {field: value})


def test_unknown_clonogens():
    with pytest.raises(InputError, match=r"kidneys\.clonogens"):
        _ = tissue("kidneys").known_clonogens
