"""Materials and Bragg's rule."""

from __future__ import annotations

import pytest

from theratwin.core.citation import citation
from theratwin.core.errors import InputError
from theratwin.physics.matter import Material, bragg_mean_excitation, material, materials

# Z/A and I as printed in NIST's table 2 for the compositions of ICRU Report 44
NIST = {
    "soft_icru44": (0.54996, 74.7),
    "cortical_bone": (0.51478, 112.0),
    "lung": (0.55048, 75.2),
    "adipose": (0.55579, 64.8),
    "muscle": (0.55000, 74.6),
    "blood": (0.54999, 75.2),
}


@pytest.mark.parametrize("name", NIST)
def test_tissues_against_table_2_of_nist(name):
    tissue = material(name)
    z_over_a, mean_excitation = NIST[name]
    assert tissue.z_over_a == pytest.approx(z_over_a, rel=1e-4)
    assert bragg_mean_excitation(tissue.fractions) == pytest.approx(mean_excitation, abs=0.06)


@pytest.mark.parametrize("name", materials())
def test_every_material_has_a_source_and_whole_fractions(name):
    found = material(name)
    assert sum(found.fractions.values()) == pytest.approx(1.0, abs=1e-12)
    assert citation(found.source)
    assert found.title


def test_soft_is_icru_44_tissue_at_the_density_of_voxel_tables():
    assert material("soft").fractions == material("soft_icru44").fractions
    assert material("soft").density == 1.04


@pytest.mark.parametrize(
    ("fractions", "density", "field"),
    [({1: 0.5}, 1.0, "fractions"), ({1: 1.0}, 0.0, "density"), ({}, 1.0, "fractions")],
)
def test_impossible_materials_are_refused(fractions, density, field):
    with pytest.raises(InputError, match=field):
        Material("x", density, fractions)


def test_elements_without_tables_are_refused():
    with pytest.raises(InputError, match="no photon tables"):
        Material("uranium", 19.0, {92: 1.0})


def test_unknown_material_names_the_nearest():
    with pytest.raises(InputError, match="cortical_bone"):
        material("cortical_bon")
