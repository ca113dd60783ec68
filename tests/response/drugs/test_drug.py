"""Drugs: what ships, what is refused, and where half concentrations come from."""

from __future__ import annotations

import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.response.drugs import Drug, drug, drug_names


def test_every_target_has_a_drug_and_every_drug_loads():
    for target in ("parp", "dnapk", "atm", "atr"):
        assert drug_names(target)
        assert all(drug(name).target == target for name in drug_names(target))
    assert drug_names() == sorted(
        name for target in ("parp", "dnapk", "atm", "atr") for name in drug_names(target)
    )


def test_trapping_stands_in_the_published_order():
    """Talazoparib 100 times olaparib (Murai 2014); niraparib > olaparib >> veliparib (2012)."""
    half = {name: drug(name).value("half_trapping") for name in drug_names("parp")}
    assert half["olaparib"] / half["talazoparib"] == pytest.approx(100.0, rel=1e-12)
    assert half["olaparib"] == half["rucaparib"]
    assert half["talazoparib"] < half["niraparib"] < half["olaparib"] < half["veliparib"] / 50.0


def test_what_is_not_sourced_says_why():
    for name in drug_names():
        for parameter in drug(name).parameters.values():
            assert parameter.source != "assumption" or len(parameter.note) > 20


def test_doses_convert():
    olaparib = drug("olaparib")
    assert olaparib.amount("434.46 mg") == pytest.approx(1e6, rel=1e-12)
    assert olaparib.amount("2 umol") == pytest.approx(2000.0, rel=1e-12)
    assert olaparib.amount(5.0) == 5.0
    with pytest.raises(InputError, match="dose"):
        olaparib.amount("300 mL")


def test_changed_values_are_marked_as_the_users():
    changed = drug("olaparib", half_trapping="50 nmol/L", trapping_strength=3.0)
    assert changed.value("half_trapping") == pytest.approx(0.05, rel=1e-12)
    assert changed.parameters["trapping_strength"].note == "Given by the user."
    assert drug("olaparib").value("half_trapping") == pytest.approx(0.1, rel=1e-12)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda: drug("olaparip"), "nearest match 'olaparib'"),
        (lambda: drug("olaparib", half_traping=1.0), "half_trapping"),
        (lambda: drug("olaparib", unbound=1.2), "olaparib.unbound"),
        (lambda: drug("olaparib", half_inhibition=0.0), "olaparib.half_inhibition"),
        (lambda: drug_names("brca"), "target"),
        (lambda: Drug("mine", "parp"), "mine.half_inhibition"),
        (lambda: Drug("mine", "brca"), "mine.target"),
        (
            lambda: Drug("mine", "atm", {"half_inhibition": drug("olaparib").parameters["volume"]}),
            "unit",
        ),
    ],
)
def test_wrong_input_names_its_field(wrong, field):
    with pytest.raises(InputError, match=field):
        wrong()


def test_an_unknown_quantity_is_refused_with_its_remedy():
    with pytest.raises(UnsupportedError, match=r"peposertib\.clearance.*concentration over time"):
        drug("peposertib").value("clearance")
