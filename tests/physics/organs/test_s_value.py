"""S values folded from a table: limits in closed form, balances, conventions."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics import Lines, chain_emissions, emissions
from theratwin.physics.organs import (
    OrganSValues,
    SafTable,
    organ_s_values,
    saf_at,
    scaled_to_masses,
)
from theratwin.physics.organs.skeletal_particles import marrow_absorbed_fraction, skeletal_saf

GY = 1.602176634e-10 * 3.6e9  # MeV/g a decay in Gy/(MBq h)
NOTHING = Lines(np.empty(0), np.empty(0))
TARGETS = {
    "liver": 1800.0, "stomach_wall": 150.0, "red_marrow": 1170.0, "bone_surfaces": 580.0,
    "spongiosa": 5600.0, "whole_body": 73000.0,
}  # fmt: skip
SOURCES = {"liver": 1800.0, "stomach_contents": 250.0, "red_marrow": 1170.0,
           "trabecular_bone": 2254.0, "whole_body": 73000.0}  # fmt: skip


@pytest.fixture(scope="module")
def table() -> SafTable:
    """Photon fractions fall as E^-1/2 and electrons' linearly with ln E from all to a half."""
    photon = np.array([0.001, 0.01, 0.1, 1.0, 4.0])
    electron = np.array([0.001, 0.1, 1.0, 4.0])
    masses = np.array(list(TARGETS.values()))
    own = np.zeros((len(SOURCES), len(TARGETS)))
    own[:, -1] = 1e3 / masses[-1]
    own[0, 0], own[2, 2], own[2, 4] = 1e3 / 1800, 1e3 / 1170, 1e3 / 5600
    far = 1e-3 * photon**-0.5
    photons = own[..., None] * (photon / photon[0]) ** -0.1 + far
    photons[..., 0] = own
    slope = np.log(electron / 1e-3) / np.log(4e3)
    electrons = own[..., None] * (1 - 0.5 * slope)
    noise = {"photon": np.full(photons.shape, 0.03), "electron": np.full(electrons.shape, 0.0)}
    return SafTable(
        "AM",
        SOURCES,
        TARGETS,
        {"photon": photon, "electron": electron},
        {"photon": photons, "electron": electrons},
        noise,
    )


def radiation(photons=NOTHING, electrons=NOTHING, alphas=NOTHING):
    return SimpleNamespace(photons=photons, electrons=electrons, alphas=alphas)


def line(energy, yields=1.0):
    return Lines(np.array([energy]), np.array([yields]))


def test_what_stays_gives_energy_over_mass(table):
    """Alphas, and electrons of 1 keV: S = E / m exactly, nothing elsewhere."""
    alphas = organ_s_values(table, radiation(alphas=line(5.8, 2.0)), "liver")
    assert alphas["liver"] == pytest.approx(GY * 2 * 5.8 / 1800, rel=1e-12)
    assert alphas["stomach_wall"] == 0
    soft = organ_s_values(table, radiation(electrons=line(1e-3)), "liver")
    assert soft["liver"] == pytest.approx(GY * 1e-3 / 1800, rel=1e-12)


def test_units(table):
    found = organ_s_values(table, radiation(alphas=line(1.0)), "liver")
    mgy = found.mgy_per_mbq_s()["liver"]  # 1 MeV = 1.602e-13 J in 1.8 kg, 1e6 a s, 1e3 mGy/Gy
    assert mgy == pytest.approx(1.602176634e-13 / 1.8 * 1e6 * 1e3, rel=1e-12)


def test_tables_are_met_at_their_energies_and_between(table):
    photons = saf_at(table, "liver", "photon", table.energy["photon"])
    assert photons == pytest.approx(table.saf["photon"][0], rel=1e-12)
    far = saf_at(table, "stomach_contents", "photon", [0.03, 0.3, 2.5])[0]
    assert far == pytest.approx(1e-3 * np.array([0.03, 0.3, 2.5]) ** -0.5, rel=1e-3)
    kept = saf_at(table, "liver", "electron", [0.3])[0, 0] * 1.8
    assert kept == pytest.approx(1 - 0.5 * np.log(300) / np.log(4e3), rel=5e-3)


def test_beyond_the_table(table):
    assert saf_at(table, "liver", "photon", 6.0)[0] == pytest.approx(table.saf["photon"][0, 0, -1])
    with pytest.raises(UnsupportedError, match="beyond the table"):
        saf_at(table, "liver", "photon", 11.0)


def test_noise_is_carried_to_the_sum(table):
    """A single line on an energy of the table: its 3 %, with 2 % of the model."""
    found = organ_s_values(table, radiation(photons=line(0.1)), "liver")
    assert found.relative_uncertainty[0] == pytest.approx(np.hypot(0.03, 0.02), rel=1e-6)
    halves = Lines(np.array([0.1, 1.0]), np.array([1.0, 0.1]))  # two energies of equal weight
    far = organ_s_values(table, radiation(photons=halves), "stomach_contents")
    parts = np.array([0.1**0.5, 0.1])
    noise = 0.03 * np.sqrt((parts**2).sum()) / parts.sum()
    assert far.relative_uncertainty[0] == pytest.approx(np.hypot(noise, 0.02), rel=0.01)


def test_nothing_scored_is_told_apart_from_zero(table):
    saf = {p: s.copy() for p, s in table.saf.items()}
    saf["photon"][1, 0, 1:4] = [0.0, 2e-3, 0.0]
    found = organ_s_values(
        replace(table, saf=saf), radiation(photons=line(0.1)), "stomach_contents"
    )
    assert found["liver"] > 0


def test_walls(table):
    """ICRP 30: half the content's dose by electrons, a hundredth of that by alphas."""
    both = radiation(electrons=line(0.5), alphas=line(6.0))
    surface = organ_s_values(table, both, "stomach_contents", walls="surface")
    place = surface.targets.index("stomach_wall")
    assert surface.electrons[place] == pytest.approx(GY * 0.5 * 0.5 / 250)
    assert surface.alphas[place] == pytest.approx(GY * 0.005 * 6.0 / 250)
    assert organ_s_values(table, both, "stomach_contents").alphas[place] == 0
    with pytest.raises(InputError, match="walls"):
        organ_s_values(table, both, "stomach_contents", walls="thick")  # type: ignore[arg-type]


def test_marrow_keeps_all_of_what_is_short_and_its_share_of_what_is_long():
    short, long = marrow_absorbed_fraction([1e-3, 10.0], "AM")
    assert short == pytest.approx(1.0, abs=1e-3)
    assert long == pytest.approx(0.660 * 0.597, rel=0.01)
    many = marrow_absorbed_fraction(np.geomspace(0.01, 4, 40), "AF")
    assert np.all(np.diff(many) < 0)


def test_marrow_of_lutetium_meets_icrp_133():
    """Published: 9.76e-6 mGy/(MBq s) at 1394 g, all of 0.148 MeV a decay; models differ by 10 %."""
    electrons = emissions("Lu-177").electrons
    kept = marrow_absorbed_fraction(electrons.energy, "AM") @ (electrons.energy * electrons.yields)
    published = 9.76e-6 * 1.394 / (1.602176634e-13 * 1e9)  # MeV a decay, photons included
    assert kept == pytest.approx(published, rel=0.10)


@pytest.mark.parametrize(
    ("source", "particle", "energy", "marrow", "surfaces"),
    [
        ("trabecular_bone", "electron", 0.3, 0.35, 0.025),
        ("trabecular_bone_surface", "electron", 0.3, 0.5, 0.025),
        ("trabecular_bone_surface", "electron", 0.1, 0.5, 0.25),
        ("cortical_bone", "alpha", 6.0, 0.0, 0.01),
        ("cortical_bone_surface", "alpha", 6.0, 0.0, 0.25),
        ("trabecular_bone_surface", "alpha", 6.0, 0.5, 0.25),
    ],
)
def test_bone_by_icrp_30(source, particle, energy, marrow, surfaces):
    found = [
        float(skeletal_saf(source, target, particle, energy, "AM", 1170.0))
        for target in ("red_marrow", "bone_surfaces")
    ]
    assert found == pytest.approx([marrow / 1.170, surfaces / 0.120])


def test_surface_and_volume_share_photons_and_differ_in_particles(table):
    both = radiation(photons=line(0.2), electrons=line(0.3))
    volume = organ_s_values(table, both, "trabecular_bone")
    surface = organ_s_values(table, both, "trabecular_bone_surface")
    assert surface.photons == pytest.approx(volume.photons)
    place = volume.targets.index("red_marrow")
    assert surface.electrons[place] / volume.electrons[place] == pytest.approx(0.5 / 0.35)
    assert volume.relative_uncertainty[place] > 0.2


def test_progeny_adds_its_alphas(table):
    """Ac-225 in the liver: 28 MeV of alphas and recoils with progeny, 5.892 MeV without."""
    alone = organ_s_values(table, chain_emissions("Ac-225", "none"), "liver")
    assert alone.alphas[0] == pytest.approx(GY * 5.892 / 1800, rel=1e-4)
    chain = organ_s_values(table, chain_emissions("Ac-225", "all"), "liver")
    assert chain.alphas[0] == pytest.approx(GY * 28.0 / 1800, rel=3e-3)


def test_masses_of_a_patient(table):
    """Half the mass: twice the dose by electrons, 2^(2/3) times by photons; others stay."""
    mixed = radiation(photons=line(0.2), electrons=line(0.3), alphas=line(6.0))
    values = organ_s_values(table, mixed, "liver")
    half = scaled_to_masses(values, {"liver": 900.0})
    assert half.electrons[0] == pytest.approx(2 * values.electrons[0])
    assert half.alphas[0] == pytest.approx(2 * values.alphas[0])
    assert half.photons[0] == pytest.approx(2 ** (2 / 3) * values.photons[0])
    assert half.total[1:] == pytest.approx(values.total[1:])
    assert half.source_mass == half.target_mass["liver"] == 900.0
    same = scaled_to_masses(values, {"red_marrow": 1000.0})
    assert same.total == pytest.approx(values.total)
    with pytest.raises(InputError, match="positive"):
        scaled_to_masses(values, {"liver": 0.0})
    with pytest.raises(InputError, match="mass: no such region"):
        scaled_to_masses(values, {"elbow": 100.0})


def test_unknown_sources_are_refused(table):
    with pytest.raises(InputError, match="source"):
        organ_s_values(table, emissions("Lu-177"), "spleen")
    with pytest.raises(InputError, match="no such source in the table"):
        organ_s_values(table, emissions("Lu-177"), "cortical_bone")


def test_sides_and_pairs_scale_together():
    masses = {"kidney_left": 150.0, "kidney_right": 160.0, "kidneys": 310.0}
    values = OrganSValues(
        phantom="AM",
        source="kidney_left",
        source_mass=150.0,
        target_mass=masses,
        photons=np.zeros(3),
        electrons=np.array([310 / 150, 0.0, 1.0]),
        alphas=np.zeros(3),
        relative_uncertainty=np.zeros(3),
    )
    small = scaled_to_masses(values, {"kidney_left": 75.0})
    assert small.target_mass["kidneys"] == 235.0
    assert small.electrons == pytest.approx([2 * 310 / 150, 0.0, 310 / 235])  # the same energy
    both = scaled_to_masses(values, {"kidneys": 155.0})
    assert both.target_mass["kidney_left"] == both.source_mass == 75.0
    assert both.electrons == pytest.approx([2 * 310 / 150, 0.0, 2.0])
