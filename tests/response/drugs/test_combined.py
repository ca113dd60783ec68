"""One network of doses, effects and cells: the same as its parts one after another."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import Component, Exponentials, Exposure
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Engine
from theratwin.response.driven import follow
from theratwin.response.drugs import Doses, drug, free_concentration, with_drugs
from theratwin.response.medras import CellLine, Options, rpt_network

TIMES = [0.0, 6.0, 24.0, 72.0]
RATE = Exponentials([0.05], [0.0115])


def network(*names, **options):
    given = [drug(name) for name in names]
    line = CellLine(p53="mutant", hr="deficient")
    targets = tuple(dict.fromkeys(each.target for each in given))
    return with_drugs(rpt_network(line, Options(drugs=targets)), given, **options)


@pytest.mark.parametrize("name", ["olaparib", "talazoparib"])
def test_doses_in_the_network_equal_a_concentration_from_outside(name):
    """Boluses into the depot, solved with the cells, against the closed form bound to the port."""
    given = drug(name)
    doses = Doses.regular(
        given, "100 ug" if name == "talazoparib" else "300 mg", every=12.0, number=4
    )
    outside = follow(
        network(name),
        {"dose_rate": RATE, f"drug.{name}": free_concentration(given, doses)},
        TIMES,
    )
    system = network(name, by_mouth=[name]).system({"dose_rate": RATE})
    inside = Engine(system).solve(
        {}, TIMES, doses=doses.boluses(f"{name}.depot"), rtol=1e-9, atol=1e-12
    )
    assert inside["log_kill"][0] == pytest.approx(outside["log_kill"][0], rel=1e-6, abs=1e-12)
    assert inside["log_kill"][0, -1] > 0.5


def test_an_exposure_with_drugs_drives_it():
    """What `Exposure.drugs` holds reaches the cells: the same as bindings by hand."""
    olaparib = drug("olaparib")
    concentration = free_concentration(
        olaparib, Doses.regular(olaparib, "300 mg", every="12 h", number=4)
    )
    exposure = Exposure(
        "lesion", {Component.PHOTON_ELECTRON: RATE}, drugs={"olaparib": concentration}
    )
    found = follow(network("olaparib"), exposure, TIMES)["log_kill"]
    by_hand = {"dose_rate": RATE, "drug.olaparib": concentration}
    assert found == pytest.approx(
        follow(network("olaparib"), by_hand, TIMES)["log_kill"], rel=1e-14
    )


def test_an_exposure_with_another_drug_is_refused():
    exposure = Exposure(
        "lesion",
        {Component.PHOTON_ELECTRON: RATE},
        drugs={"talazoparib": Exponentials([1.0], [1.0])},
    )
    with pytest.raises(UnsupportedError, match="talazoparib"):
        follow(network("olaparib"), exposure, TIMES)
    with pytest.raises(InputError, match=r"drug\.olaparib"):
        follow(network("olaparib"), RATE, TIMES)


def test_two_drugs_of_two_targets():
    both = network("olaparib", "peposertib")
    assert [port.name for port in both.inputs] == ["dose_rate", "drug.olaparib", "drug.peposertib"]
    given = {"dose_rate": RATE, "drug.olaparib": 0.1, "drug.peposertib": 0.1}
    kill = follow(both, given, TIMES)["log_kill"][0]
    for other in ("drug.olaparib", "drug.peposertib"):
        assert np.all(kill[1:] > follow(both, {**given, other: 0.0}, TIMES)["log_kill"][0, 1:])


def test_patients_may_differ_in_clearance():
    system = network("olaparib", by_mouth=["olaparib"]).system({"dose_rate": 0.0})
    doses = Doses((0.0,), (drug("olaparib").amount("300 mg"),)).boluses("olaparib.depot")
    found = (
        Engine(system)
        .solve({"olaparib.clearance": [3000.0, 6800.0, 12000.0]}, [72.0], doses=doses)
        .require()
    )
    assert np.all(np.diff(found["log_kill"][:, 0]) < 0)


def test_parts_keep_their_sources():
    found = {p.name: p for p in network("olaparib", by_mouth=["olaparib"]).parameters}
    assert found["olaparib.clearance"].source == "peer_2017"
    assert found["cells.rate.fast"].source == "mcmahon_2021"
    assert found["effects.olaparib.half_inhibition"].note


@pytest.mark.parametrize(
    "name", ["effects.olaparib.half_trapping", "effects.olaparib.trapping_strength"]
)
def test_it_differentiates(name):
    """The engine's sensitivity of the log kill against central differences of 0.1 %."""
    whole, given = network("olaparib"), {"dose_rate": RATE, "drug.olaparib": 0.1}
    value = next(p.value for p in whole.parameters if p.name == name)
    found = follow(whole, given, [72.0], sensitivities=[name])
    slope = found.slopes[name]["log_kill"][0, 0]
    near = [value * 0.999, value * 1.001]
    kills = follow(whole, given, [72.0], parameters={name: near})["log_kill"][:, 0]
    assert slope == pytest.approx((kills[1] - kills[0]) / (near[1] - near[0]), rel=1e-4)
