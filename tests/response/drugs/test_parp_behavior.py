"""What inhibitors do to cells of medras-rpt: who dies, when, in which order, and how it adds up.

Every number is the model's own answer with the shipped parameters; the bounds say what must hold.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from theratwin.core import Exponentials, Pieces, Pulses
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.response.driven import follow
from theratwin.response.drugs import drug, loewe_index, log_kill_excess, with_drugs
from theratwin.response.medras import CellLine, Options, rpt_network

HR = ("deficient", "proficient")
LATE = 300.0  # h: all is over but very slow repair
NO_ENDOGENOUS = {"cells.single_strand.endogenous": 0.0}


@cache
def cells(hr="deficient", name="olaparib", phase="asynchronous", cycle="progressing"):
    line = CellLine(phase, p53="mutant", hr=hr)
    given = drug(name)
    return with_drugs(rpt_network(line, Options(cycle=cycle, drugs=(given.target,))), [given])


def kill(network, concentration=0.0, dose_rate=0.0, until=LATE, parameters=None):
    """Return -ln S at the end, of a drug (nmol/mL, or a curve) and a dose rate."""
    (port,) = (p.name for p in network.inputs if p.name.startswith("drug."))
    given = {port: concentration, "dose_rate": dose_rate}
    return float(follow(network, given, [until], parameters=parameters)["log_kill"][0, 0])


def for_a_day(concentration, start=0.0):
    return Pieces([start, start + 24.0], [[concentration]])


def lutetium(dose, half_life=60.0):
    rate = math.log(2.0) / half_life
    return Exponentials([dose * rate], [rate])


def alone(network, concentration, until=LATE):
    """Return the log kill by a day of the drug beyond that of untreated cells."""
    return kill(network, for_a_day(concentration), until=until) - kill(network, until=until)


def test_olaparib_alone_kills_hr_deficient_cells_and_hardly_others():
    """1 umol/L for a day: 1.22 against 0.12 of log kill, 29 against 89 % survival."""
    deficient, proficient = (alone(cells(hr), 1.0) for hr in HR)
    assert math.exp(-deficient) < 0.35
    assert math.exp(-proficient) > 0.85
    assert deficient / proficient > 8.0


def test_it_kills_in_s_phase_alone():
    """Cells held in one phase, endogenous single-strand breaks alone: only S makes them double."""
    for phase in ("G1", "G2"):
        for hr in HR:
            assert alone(cells(hr, phase=phase, cycle="frozen"), 10.0) == 0.0
    in_s = {hr: alone(cells(hr, phase="S", cycle="frozen"), 0.1) for hr in HR}
    assert in_s["deficient"] > 2.0
    assert in_s["deficient"] / in_s["proficient"] > 20.0


def test_without_single_strand_breaks_the_drug_does_nothing():
    network = cells()
    treated = kill(network, for_a_day(10.0), parameters=NO_ENDOGENOUS)
    assert treated == pytest.approx(kill(network, parameters=NO_ENDOGENOUS), abs=1e-9)


@pytest.mark.parametrize("concentration", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("hr", HR)
def test_trapping_orders_the_effect(hr, concentration):
    """At equal free concentration; niraparib's and veliparib's places rest on assumed factors."""
    names = ("talazoparib", "niraparib", "olaparib", "veliparib")
    effect = [alone(cells(hr, name), concentration) for name in names]
    assert effect == sorted(effect, reverse=True)
    assert alone(cells(hr, "rucaparib"), concentration) == pytest.approx(effect[2], rel=1e-9)


def test_order_by_trapping_where_catalysis_is_all_inhibited():
    """10 umol/L inhibits PARP by all to 99.9 %: what is left between them is trapping."""
    strong, weak = (alone(cells("deficient", n), 10.0) for n in ("talazoparib", "veliparib"))
    none = alone_with_strength(0.0, 10.0)
    assert strong - weak > 0.3
    assert weak - none > 0.3
    assert none > 0.4


def alone_with_strength(strength, concentration):
    network = cells()
    changed = {"effects.olaparib.trapping_strength": strength}
    return kill(network, for_a_day(concentration), parameters=changed) - kill(
        network, parameters=changed
    )


def test_trapping_kills_more_than_inhibition_alone():
    """The finding of Murai 2012 by which the strength was chosen."""
    inhibited, trapped = (alone_with_strength(strength, 1.0) for strength in (0.0, 3.0))
    assert trapped - inhibited > inhibited


@pytest.mark.parametrize(
    ("after", "most", "least"),
    [(0.0, math.inf, 0.3), (1.0, 0.2, 0.05), (4.0, 5e-4, 0.0), (12.0, 1e-9, 0.0)],
)
def test_given_after_repair_of_single_strand_breaks_it_does_nothing(after, most, least):
    """2 Gy at 24 h, the drug so many hours later; repair of single-strand breaks takes 0.35 h."""
    network, acute = cells(), Pulses([24.0], [2.0])
    without = kill(network, 0.0, acute, parameters=NO_ENDOGENOUS)
    late = for_a_day(0.3, start=24.0 + after)
    gain = kill(network, late, acute, parameters=NO_ENDOGENOUS) - without
    assert least <= gain + 1e-12
    assert gain <= most


@pytest.mark.parametrize(("dose", "concentration"), [(2.0, 0.1), (2.0, 0.01), (5.0, 0.1)])
def test_with_lutetium_it_is_more_than_additive_in_hr_deficient_s_phase(dose, concentration):
    """Log kill beyond the sum of both alone (Bliss) in cells held in S, by 24 h of either."""
    excess = {}
    for hr in HR:
        network = cells(hr, phase="S", cycle="frozen")
        rate = Pieces([0.0, 24.0], [[dose / 24.0]])
        none = kill(network)
        radiation = kill(network, 0.0, rate) - none
        both = kill(network, for_a_day(concentration), rate) - none
        excess[hr] = log_kill_excess(radiation, alone(network, concentration), both)
    assert excess["deficient"] > 0.08
    assert excess["deficient"] > 3.0 * excess["proficient"]


@cache
def with_lutetium(hr, dose, concentration, hours):
    """Return log kills of an asynchronous population: by radiation, by the drug, by both."""
    network, until = cells(hr), 600.0
    drug_alone = Pieces([0.0, hours], [[concentration]])
    none = kill(network, until=until)
    given = ((0.0, lutetium(dose)), (drug_alone, 0.0), (drug_alone, lutetium(dose)))
    return tuple(kill(network, c, rate, until=until) - none for c, rate in given)


@pytest.mark.parametrize(
    ("dose", "concentration", "hours"), [(2.0, 0.1, 24.0), (2.0, 0.03, 72.0), (5.0, 0.03, 72.0)]
)
def test_with_lutetium_it_is_more_than_additive_in_an_hr_deficient_population(
    dose, concentration, hours
):
    """Asynchronous, Lu-177 of 60 h: 0.066, 0.080 and 0.102 of log kill beyond the sum."""
    assert log_kill_excess(*with_lutetium("deficient", dose, concentration, hours)) > 0.05


def test_where_the_excess_ends():
    """5 Gy with 0.1 umol/L for three days: less than the sum, 5.12 against 5.31 of log kill.

    Both kill cells in S first, so those left have spent their time in G1; and MEDRAS's loss at
    mitosis grows no more above 20 breaks. The docs say so.
    """
    excess = log_kill_excess(*with_lutetium("deficient", 5.0, 0.1, 72.0))
    assert excess == pytest.approx(-0.19, abs=0.03)


@pytest.mark.parametrize(("concentration", "index"), [(0.1, 0.756), (0.3, 0.329)])
def test_with_lutetium_it_is_synergistic_by_loewe(concentration, index):
    """2 Gy of Lu-177 with three days of the drug in the HR-deficient population."""
    both = with_lutetium("deficient", 2.0, concentration, 72.0)[2]
    found = loewe_index(
        2.0,
        concentration,
        both,
        lambda dose: with_lutetium("deficient", dose, 0.0, 72.0)[0],
        lambda level: with_lutetium("deficient", 0.0, level, 72.0)[1],
    )
    assert found == pytest.approx(index, abs=0.02)


@pytest.mark.parametrize("phase", ["G1", "S", "G2"])
@pytest.mark.parametrize("dose", [Pulses([0.0], [2.0]), lutetium(4.0)], ids=["acute", "lutetium"])
def test_full_inhibition_of_dna_pk_is_a_defect_of_nhej(phase, dose):
    """Cells held in a phase, without p53: as the genotype, but for the time to the first try."""
    line = CellLine(phase, p53="mutant")
    inhibited = kill(cells("proficient", "peposertib", phase, "frozen"), 1e7, dose, until=3000.0)
    defect = rpt_network(CellLine(phase, p53="mutant", nhej="deficient"), Options(cycle="frozen"))
    expected = follow(defect, {"dose_rate": dose}, [3000.0])["log_kill"][0, 0]
    healthy = follow(rpt_network(line, Options(cycle="frozen")), {"dose_rate": dose}, [3000.0])
    assert inhibited == pytest.approx(expected, rel=2e-4)
    assert inhibited > 5.0 * healthy["log_kill"][0, 0]


def test_half_inhibition_of_dna_pk_lies_between():
    network, dose = cells("proficient", "peposertib"), lutetium(4.0)
    levels = [kill(network, c, dose) for c in (0.0, 0.01, 0.1, 1.0, 100.0)]
    assert np.all(np.diff(levels) > 0)


@pytest.mark.parametrize("name", ["azd1390", "ceralasertib"])
def test_atm_and_atr_inhibitors_sensitize_through_recombination(name):
    """They take a part of HR away, so HR-deficient cells have nothing more to lose."""
    dose = lutetium(4.0)
    gain = {hr: kill(cells(hr, name), 100.0, dose) - kill(cells(hr, name), 0.0, dose) for hr in HR}
    assert gain["proficient"] > 0.3
    assert gain["deficient"] == pytest.approx(0.0, abs=1e-9)


def test_a_drug_without_its_port_is_refused():
    network = rpt_network(CellLine(), Options(drugs=("parp",)))
    with pytest.raises(UnsupportedError, match=r"peposertib.*no port.*dnapk"):
        with_drugs(network, [drug("olaparib"), drug("peposertib")])
    both = rpt_network(CellLine(), Options(drugs=("parp", "dnapk")))
    with pytest.raises(InputError, match=r"no drug is given.*Give an inhibitor of parp"):
        with_drugs(both, [drug("peposertib")])
    with pytest.raises(InputError, match="by_mouth"):
        with_drugs(network, [drug("olaparib")], by_mouth=["olaparip"])
