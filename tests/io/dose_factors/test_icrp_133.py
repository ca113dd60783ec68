"""Files laid out as ICRP Publication 133 describes; their numbers are made up here."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.io.dose_factors import read_icrp_133
from theratwin.physics import emissions
from theratwin.physics.organs import organ_s_values, write_saf_table

ENERGIES = (0.0, 0.001, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SOURCES = {"Liver": (2.36, 1.81), "St-cont": (0.25, 0.23), "R-marrow": (1.394, 1.064)}
TARGETS = {"Liver": (2.36, 1.81), "St-stem": (0.0006, 0.0006), "R-marrow": (1.394, 1.064)}


def saf(target: str, source: str, energy: float) -> float:
    own = 1 / TARGETS[target][0] if source == target else 0.01
    return own / (1 + energy)


@pytest.fixture
def folder(tmp_path):
    for kind, masses in (("sregions", SOURCES), ("torgans", TARGETS)):
        lines = ["ICRP Publication 133", "Masses in kg"] + ["of sources"] * (kind == "sregions")
        lines += [f"{len(masses):4d} regions", "-" * 40]
        for name, (male, female) in masses.items():
            ids = (" 1", " 1") if kind == "sregions" else ("", "")
            lines.append(f"{name:<10} {male:10.5f}{ids[0]} {female:10.5f}{ids[1]}")
        (tmp_path / f"{kind}_2016-08-12.NDX").write_text("\n".join(lines) + "\n")
    for particle in ("photon", "electron", "alpha"):
        lines = ["ICRP Publication 133", "", particle.title() + "s"]
        head = f"{len(TARGETS):4d}{len(SOURCES):4d}{'':14}"
        lines.append(head + "".join(f"{e:10.5f}" for e in ENERGIES) + "   Ecutoff Ic")
        lines.append("-" * 60)
        for source in SOURCES:
            for target in TARGETS:
                values = "".join(f"{saf(target, source, e):10.3E}" for e in ENERGIES)
                lines.append(f"{target:<10}<-{source:<10}{values}{1e-3:10.3E}  1")
        path = tmp_path / f"rcp-am_{particle}_2016-08-12.SAF"
        path.write_text("\r\n".join(lines) + "\r\n", newline="")
    return tmp_path


def test_names_masses_and_fractions(folder):
    table = read_icrp_133(folder, "AM")
    assert table.sources == ("liver", "stomach_contents", "red_marrow")
    assert table.targets == ("liver", "St-stem", "red_marrow")
    assert table.source_mass["red_marrow"] == pytest.approx(1394.0)
    assert table.energy["alpha"] == pytest.approx(ENERGIES[1:])  # no column of zero energy
    found = table.saf["photon"][table.sources.index("stomach_contents"), 1]
    assert found == pytest.approx([saf("St-stem", "St-cont", e) for e in ENERGIES[1:]], rel=1e-3)


def test_s_values_are_those_of_its_fractions(folder):
    """A line in the middle of the table; and the skeleton's own, not our model of it."""
    table = read_icrp_133(folder, "AM")
    yttrium = emissions("Y-90")
    values = organ_s_values(table, yttrium, "red_marrow")
    electrons = yttrium.electrons
    energy = electrons.energy * electrons.yields
    expected = np.sum(energy / (1 + electrons.energy)) / 1.394 * 1.602176634e-13 * 3.6e9
    assert values["red_marrow"] == pytest.approx(expected, rel=0.01)  # by seven energies
    with pytest.raises(InputError, match="walls"):
        organ_s_values(table, yttrium, "stomach content", walls="surface")


def test_it_is_not_passed_on(folder, tmp_path):
    with pytest.raises(UnsupportedError, match="only tables of our own"):
        write_saf_table(read_icrp_133(folder, "AM"), tmp_path / "out.csv")


def test_what_lacks_is_named(folder):
    with pytest.raises(InputError, match=r"rcp-af_photon.*Publication 133"):
        read_icrp_133(folder, "AF")
    with pytest.raises(InputError, match="unknown phantom"):
        read_icrp_133(folder, "male")
    path = folder / "rcp-am_electron_2016-08-12.SAF"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))
    with pytest.raises(InputError, match="records are missing"):
        read_icrp_133(folder, "AM")
    path.write_text("short")
    with pytest.raises(InputError, match="too short"):
        read_icrp_133(folder, "AM")
