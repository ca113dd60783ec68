"""Two-pore exchange: Patlak's equation solved otherwise, limits, JAX."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from theratwin.core import parameter_set
from theratwin.core._jax import jnp
from theratwin.core.errors import InputError
from theratwin.kinetics.antibody import Pores, hydrodynamic_radius, two_pore_exchange
from theratwin.kinetics.antibody.pores import _kinds

MASSES = np.array([13.0, 27.0, 50.0, 66.5, 150.0])


@pytest.mark.parametrize("mass", MASSES)
def test_flux_solves_convection_with_diffusion_through_the_wall(mass):
    """A flux j through a wall of unit depth: J (1 - s) c - PS c' = j, from plasma to tissue.

    Integrated from plasma with the flux that the closed form gives, it must end at the tissue's
    concentration. Tolerance: the integrator's, times what the wall's exponential magnifies.
    """
    plasma, tissue = 2.0, 0.5
    for share, solvent, permeability in _kinds(mass, Pores()):
        carried = share * solvent
        peclet = carried / permeability
        if peclet > 20.0:
            continue  # the tissue has no say in what goes through
        flux = carried * (plasma - tissue * np.exp(-peclet)) / -np.expm1(-peclet)
        found = solve_ivp(
            lambda x, c, j=flux, a=carried, p=permeability: (a * c - j) / p,
            (0.0, 1.0),
            [plasma],
            rtol=1e-12,
            atol=1e-14,
        )
        assert found.y[0, -1] == pytest.approx(tissue, rel=1e-9 * np.exp(peclet))


def test_flux_is_the_sum_over_both_pores():
    outward, inward = two_pore_exchange(MASSES)
    convected = sum(share * solvent for share, solvent, _ in _kinds(MASSES, Pores()))
    assert outward - inward == pytest.approx(convected, rel=1e-9)


def test_small_proteins_diffuse_and_large_ones_are_carried():
    outward, inward = two_pore_exchange(MASSES)
    assert np.all(np.diff(outward) < 0.0)
    assert np.all(np.diff(inward) < 0.0)
    assert inward[0] / outward[0] > 0.95  # as good as free to go either way
    assert inward[-1] / outward[-1] < 0.02  # IgG that went out comes back by lymph alone


def test_shares_of_the_pores_leave_nothing_out():
    shares = [share for share, _, _ in _kinds(150.0, Pores(large_share=0.1, circular_share=0.2))]
    assert sum(shares) == pytest.approx(1.0, rel=1e-15)


def test_defaults_are_those_of_the_parameter_set():
    known = parameter_set("kinetics", "antibody_exchange")
    for name, value in vars(Pores()).items():
        assert known[f"pores.{name}"].value == value


def test_radius_of_immunoglobulin_is_near_the_measured():
    """5.34 nm by Taylor 1984 as PK-Sim's antibody takes it; the power law gives 10 % less."""
    assert hydrodynamic_radius(150.0) == pytest.approx(5.34, rel=0.11)


def test_jax_gives_the_same():
    for own, other in zip(
        two_pore_exchange(MASSES), two_pore_exchange(jnp.asarray(MASSES)), strict=True
    ):
        assert np.asarray(other) == pytest.approx(own, rel=1e-9)


@pytest.mark.parametrize("mass", [0.0, -1.0, float("nan"), 2000.0])
def test_a_molar_mass_is_that_of_a_protein(mass):
    with pytest.raises(InputError, match="molar_mass"):
        two_pore_exchange(mass)
