"""From cases to the table of specific absorbed fractions, with particles that do not move."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.organs.phantom_transport import PhantomTransport, run_case
from theratwin.physics.organs.regions import mass_by_organ
from theratwin.physics.organs.saf_assembly import assemble
from theratwin.physics.organs.saf_case import SafCase, groups, read_deposits, write_deposits
from theratwin.physics.organs.saf_plan import PHOTON_ENERGIES, saf_cases
from theratwin.physics.organs.saf_table import LOCAL_ENERGY, read_saf_table, write_saf_table
from theratwin.physics.organs.skeleton import cavity_enhancement, layer_share


@pytest.fixture(scope="module")
def deposits(small, stay_where_they_start):
    return [
        run_case(small, case, stay_where_they_start)
        for run in (1, 2)
        for case in saf_cases(small, photons=1000 * run, electrons=500, run=run)
    ]


@pytest.fixture(scope="module")
def table(small, deposits):
    return assemble(small, deposits, "made for a test\nin two lines")


def saf(table, source, target, particle="electron"):
    return table.saf[particle][table.sources.index(source), table.targets.index(target)]


def test_an_organ_keeps_all_and_others_get_nothing(table, small):
    for source in ("liver", "kidney_left", "bladder_contents", "kidneys", "lungs"):
        mass = sum(mass_by_organ(small, source).values())
        assert saf(table, source, source) == pytest.approx(1e3 / mass)  # 1/kg
        assert saf(table, source, source, "photon") == pytest.approx(1e3 / mass)
        assert not saf(table, source, "muscle").any()


def test_a_distributed_source_shares_its_energy(table, small):
    whole = table.target_mass["whole_body"]
    assert saf(table, "whole_body", "liver") == pytest.approx(1e3 / whole)
    blood = mass_by_organ(small, "blood")
    expected = 1e3 * blood[95] / sum(blood.values()) / table.target_mass["liver"]
    assert saf(table, "blood", "liver") == pytest.approx(expected)


def test_marrow_is_weighted_by_bone(table, small, deposits):
    marrow = mass_by_organ(small, "red_marrow")
    share = np.array([marrow[n] for n in (50, 52)]) / sum(marrow.values())
    kerma = 2 * share @ share  # the false Monte Carlo: twice the fraction, 1/g
    found = saf(table, "red_marrow", "red_marrow", "photon")[1:]
    raised = [cavity_enhancement("red_marrow", e) for e in PHOTON_ENERGIES]
    assert found == pytest.approx(1e3 * kerma * np.array(raised))
    spongiosa = np.array([small.mass([n]) for n in (50, 52)])
    expected = 1e3 * (share / spongiosa) @ share
    assert saf(table, "red_marrow", "red_marrow") == pytest.approx(expected)


def test_runs_add_up_by_their_particles(table, deposits):
    place = table.sources.index("liver"), table.targets.index("liver")
    cases = [d.case for d in deposits if d.case.source == "liver" and d.case.particle == "photon"]
    for column, energy in enumerate(PHOTON_ENERGIES, start=1):
        total = sum(case.histories for case in cases if case.energy == energy)
        # the false Monte Carlo has a relative error of one over the root of the particles
        assert table.relative_uncertainty["photon"][place][column] == pytest.approx(total**-0.5)


def test_seeds_differ(deposits):
    seeds = [d.case.own_seed for d in deposits]
    assert len(set(seeds)) == len(seeds)


def test_files_keep_the_table(table, tmp_path):
    again = read_saf_table(write_saf_table(table, tmp_path / "saf.csv"))
    assert again.sources == table.sources
    assert again.targets == table.targets
    assert again.provenance == table.provenance
    for particle in table.saf:
        assert again.energy[particle][0] == LOCAL_ENERGY
        assert again.saf[particle] == pytest.approx(table.saf[particle], rel=5e-4)
        assert again.relative_uncertainty[particle] == pytest.approx(
            table.relative_uncertainty[particle], rel=0.06
        )


def test_wrong_files_are_refused(table, tmp_path):
    path = write_saf_table(table, tmp_path / "saf.csv")
    path.write_text(path.read_text().replace("format,1", "format,2"))
    with pytest.raises(UnsupportedError, match="newer version"):
        read_saf_table(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no table of specific absorbed fractions"):
        read_saf_table(path)
    with pytest.raises(InputError, match="no such file"):
        read_saf_table(tmp_path / "nothing.csv")


def test_results_of_cases_are_kept(deposits, tmp_path):
    path = write_deposits(deposits[0], tmp_path / f"{deposits[0].case.name}.json")
    (again,) = read_deposits([path])
    assert again.case == deposits[0].case
    assert again.groups == deposits[0].groups
    assert again.fraction == pytest.approx(deposits[0].fraction, rel=1e-5)
    path.write_text("{}")
    with pytest.raises(InputError, match="no result of a case"):
        read_deposits([path])


def test_what_lacks_is_named(small, reference, deposits):
    some = [d for d in deposits if (d.case.source, d.case.energy) != ("liver", 0.1)]
    with pytest.raises(InputError, match=r"liver: the source lacks electrons of 0\.1 MeV"):
        assemble(small, some)
    with pytest.raises(InputError, match="another phantom"):
        assemble(reference, deposits)


def test_layers_near_bone():
    """By numbers: tracks that start evenly in a half space, in all directions."""
    rng = np.random.default_rng(5)
    cosine, depth = rng.random(400_000), rng.random(400_000)  # start at -depth, range 1
    crossing = depth / cosine
    inside = np.clip(1 - crossing, 0, 0.3 / cosine)  # path in a layer of 0.3 of the range
    # half of them go inward; divided by the dose of endless matter: 1 a unit of volume
    assert layer_share(0.3, 1.0) == pytest.approx(0.5 * inside.mean() / 0.3, rel=0.01)
    assert layer_share(5.0, 1.0) == pytest.approx(1 / 40)
    # above 0.5 MeV bone and marrow differ little (ICRP 116: within 2 %)
    assert cavity_enhancement("bone_surfaces", 0.5) == pytest.approx(1.0, abs=0.02)
    assert cavity_enhancement("bone_surfaces", 0.05) > cavity_enhancement("red_marrow", 0.05) > 1


def test_the_monte_carlo_keeps_its_books(small):
    """Soft photons and electrons stay in the liver; of hard photons a part goes elsewhere."""
    ready = PhantomTransport(small, ("photon", "electron"))
    parts = groups(small)
    liver = next(i for i, numbers in enumerate(parts) if 95 in numbers)
    spongiosa = next(i for i, numbers in enumerate(parts) if 50 in numbers)
    cases = [
        SafCase("AM", "liver", "electron", 0.01, 200),
        SafCase("AM", "liver", "photon", 1.0, 400),
    ]
    soft, hard = (run_case(small, case, ready.run) for case in cases)
    assert soft.fraction[liver] == pytest.approx(1.0, abs=0.01)  # range 2.5 um in voxels of 2 mm
    assert soft.marrow.size == 0
    assert 0 < hard.fraction.sum() < 1
    assert hard.marrow[spongiosa] > 0
    again = run_case(small, cases[1], ready.run)
    assert np.array_equal(again.fraction, hard.fraction)  # the same seed
