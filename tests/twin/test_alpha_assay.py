"""An assay with alpha emitters: doses by hand, hits, survival, and where daughters are."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.kinetics.models import Assay, Incubation
from theratwin.physics.cells import cell_s_value
from theratwin.response.quality import domain_cell
from theratwin.twin import AlphaAssay, InVitro
from theratwin.twin.in_vitro import NEIGHBORS

DISH = {"activity_concentration": "5 kBq/mL", "incubation": "1 h"}
CODES = {"membrane": "CS", "cytoplasm": "Cy"}


@pytest.fixture(scope="module")
def assay():
    return AlphaAssay(InVitro(nuclide="Bi-213", end=12.0, given=DISH))


@pytest.fixture(scope="module")
def actinium():
    """Ligand on membranes that is not taken in, daughters freed or kept."""
    given = {"activity_concentration": "1 kBq/mL", "internalization": 0.0}
    dish = InVitro(nuclide="Ac-225", end=100.0, given=given, arrangement="suspension")
    return [AlphaAssay(dish, {"release.alpha": part}) for part in (1.0, 0.0)]


def test_the_parent_decays_where_the_ligand_is(assay):
    """Against the kinetics without a chain, by trapezoids of 0.6 min."""
    times = np.unique(np.r_[np.linspace(0.0, assay.assay.end, 1201), 1.0])
    alone = assay.assay.solve(times)
    for place in CODES:
        expected = 1e5 * np.trapezoid(alone[place][0], times)  # of 1e5 cells
        assert assay.decays[place, "Bi-213"] == pytest.approx(expected, rel=1e-3)


def test_dose_is_decays_times_s_value(assay):
    for place, code in CODES.items():
        expected = sum(
            decays / 1e5 * cell_s_value(m, assay.assay.cell, progeny="none").total[f"N<-{code}"]
            for (where, m), decays in assay.decays.items()
            if where == place
        )
        assert assay.doses[place] == pytest.approx(expected, rel=1e-9)
    assert assay.dose == pytest.approx(sum(assay.member_doses.values()), rel=1e-12)


def test_medium_gives_what_an_alpha_emitter_gives_to_the_bottom(assay):
    """Half of the energy emitted in a mL, or some more: nuclei lie above the bottom.

    8.32 MeV of alphas a decay (1.60e-10 Gy g/MeV) and little of electrons; the cells displace a
    percent of it.
    """
    decays = sum(assay.decays["medium", m] for m in ("Bi-213", "Po-213")) / 2
    everywhere = decays / 2.0 * 3.6e9 * 8.32 * 1.602e-10  # 2 mL
    assert 0.5 < assay.doses["medium"] / everywhere < 0.65


def test_hits_make_the_dose_by_alphas(assay):
    """Hits times their mean energy: the dose without recoils, 2 % of it, and electrons."""
    for (source, place, member), part in assay.parts.items():
        if source in CODES and part.hits > 0:
            value = cell_s_value(member, assay.assay.cell, progeny="none")
            without = value.alphas[f"N<-{CODES[place]}"] * assay.decays[place, member] / 1e5
            assert part.hits * part.effect.event.frequency_mean == pytest.approx(without, rel=1e-6)
    by_hits = assay.hits * assay.event.frequency_mean
    assert 0.93 < by_hits / assay.dose < 1.0
    assert assay.event.hits_per_decay == pytest.approx(assay.hits, rel=1e-12)


def test_no_fewer_survive_than_are_not_hit(assay):
    """And, as few hits each may kill less than their mean, fewer die than by the mean dose."""
    survival = np.exp(-assay.log_kill(domain_cell("HSG")))
    electrons = sum(part.electrons for part in assay.parts.values())
    assert assay.untouched * np.exp(-electrons) < survival < 1.0
    line = domain_cell("HSG")
    assert assay.log_kill(line) < (line.alpha + line.beta * 32.0) * assay.dose


def test_no_activity_kills_none():
    none = {**DISH, "activity_concentration": 0.0}
    empty = AlphaAssay(InVitro(nuclide="Bi-213", end=12.0, given=none))
    assert (empty.hits, empty.untouched, empty.log_kill(domain_cell("HSG"))) == (0.0, 1.0, 0.0)


def test_daughters_freed_at_the_membrane_are_lost_to_the_nucleus(actinium):
    freed, kept = actinium
    assert freed.doses["membrane"] < 0.4 * kept.doses["membrane"]
    assert freed.member_doses["Ac-225"] == pytest.approx(kept.member_doses["Ac-225"], rel=1e-6)
    line = domain_cell("HSG")
    assert freed.log_kill(line) < kept.log_kill(line)
    # in secular equilibrium Fr-221 is at the membrane while d / (d + washout) of its life
    ratio = freed.decays["membrane", "Fr-221"] / freed.decays["membrane", "Ac-225"]
    assert ratio == pytest.approx(8.49 / (8.49 + 400.0), rel=0.02)


def test_suspended_cells_are_irradiated_from_all_sides(assay):
    suspended = AlphaAssay(
        InVitro(nuclide="Bi-213", end=12.0, given=DISH, arrangement="suspension")
    )
    assert 1.6 < suspended.doses["medium"] / assay.doses["medium"] < 2.0
    assert suspended.doses["cytoplasm"] == pytest.approx(assay.doses["cytoplasm"], rel=1e-9)
    assert suspended.doses[NEIGHBORS] > 0


def test_a_schedule_of_one_incubation_is_the_assay_without(assay):
    one = Assay([Incubation(0.0, 1.0, 0.005)])
    same = AlphaAssay(InVitro(nuclide="Bi-213", end=12.0, schedule=one))
    for key, decays in assay.decays.items():
        assert same.decays[key] == pytest.approx(decays, rel=1e-7, abs=1e-20)


def test_emitters_of_electrons_are_refused():
    with pytest.raises(InputError, match="emits alphas"):
        AlphaAssay(InVitro(nuclide="Lu-177"))
