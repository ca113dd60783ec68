"""Repair in closed form, against quadrature, an ODE and the published program's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad, solve_ivp

from theratwin.core import InputError
from theratwin.response.medras import CellLine
from theratwin.response.medras.misrepair import foci, fresh, misjoined, repaired, yields
from theratwin.response.medras.pathways import repair_in

G1 = repair_in(CellLine("G1"))
FOREVER = float("inf")
#: Printed digits of the published program's numbers.
PRINTED = {"rtol": 2e-4, "atol": 5e-4}
HOURS = np.array([0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 24.0])


@pytest.mark.parametrize(("before", "after"), [(70.0, 0.0), (70.0, 12.0), (5000.0, 3000.0)])
def test_misjoined_is_the_integral_of_the_chance_of_a_wrong_end(before, after):
    eta = 6.5e-4

    def chance(breaks):
        near = eta * breaks
        return (near + near**2) / (1.0 + near + near**2)

    expected = quad(chance, after, before, epsrel=1e-12)[0]
    assert_allclose(misjoined(eta, before, after), expected, rtol=1e-9)


def test_published_breaks_and_foci():
    damage = fresh(G1, 2.0)
    left = [70.0, 40.657, 28.346, 18.652, 10.723, 3.781, 0.0586]
    seen = [70.0, 48.621, 35.731, 27.020, 19.195, 8.443, 0.1607]
    assert_allclose(repaired(damage, G1, HOURS).total, left, **PRINTED)
    assert_allclose(foci(damage, G1, (8.079, 0.4053), HOURS), seen, **PRINTED)


def test_published_yields():
    found = yields(repaired(fresh(G1, 2.0), G1, FOREVER), G1)
    assert_allclose([found.misrepaired, found.lethal], [2.59327, 0.244743], rtol=3e-6)
    assert found.breaks == 0.0
    assert found.made == 70.0


@pytest.mark.parametrize("line", [CellLine("G1"), CellLine("G2", hr="deficient")])
def test_two_times_of_repair_are_as_good_as_their_sum(line):
    repair = repair_in(line)
    damage = fresh(repair, 3.0)
    once = repaired(damage, repair, 5.0)
    twice = repaired(repaired(damage, repair, 2.0), repair, 3.0)
    for name in ("breaks", "misjoined"):
        assert_allclose(getattr(twice, name), getattr(once, name), rtol=1e-12)


def test_repair_follows_its_equations():
    rates = np.asarray(G1.rates)

    def change(_, y):
        breaks, joined = y[:3].sum(), rates @ y[:3]
        near = G1.coefficient * breaks
        return [*(-rates * y[:3]), (near + near**2) / (1 + near + near**2) * joined]

    damage = fresh(G1, 6.0)
    found = solve_ivp(change, (0, 7.0), [*damage.breaks, 0.0], rtol=1e-11, atol=1e-11).y[:, -1]
    after = repaired(damage, G1, 7.0)
    assert_allclose([*after.breaks, after.misjoined], found, rtol=1e-8, atol=1e-9)


def test_overlap_within_tracks_raises_misrepair_at_any_dose():
    for dose in (1e-3, 2.0):
        sparse, dense = (
            yields(repaired(fresh(G1, dose, overlap), G1, FOREVER), G1).misrepaired
            for overlap in (0.0, 0.5)
        )
        assert dense > 1.5 * sparse


def test_small_doses_leave_the_error_of_each_path_alone():
    # Without neighbors 1 - F of the breaks is joined wrongly.
    found = yields(repaired(fresh(G1, 1e-6), G1, FOREVER), G1)
    assert_allclose(found.misrepaired / found.made, 1.0 - 0.98537, rtol=1e-4)


@pytest.mark.parametrize(
    ("phase", "hr", "nhej", "shares", "fidelities"),
    [
        ("G1", "proficient", "proficient", (0.5663, 0.4337, 0.0), (0.98537, 0.98537, 0.4393)),
        ("G1", "deficient", "proficient", (0.5663, 0.4337, 0.0), (0.98537, 0.98537, 0.4393)),
        ("G1", "proficient", "deficient", (0.149277, 0.4337, 0.417023), (0.4393,) * 3),
        ("S", "proficient", "proficient", (0.5663, 0.4337, 0.0), (0.98537, 1.0, 0.4393)),
        ("G2", "deficient", "proficient", (0.5663, 0.114323, 0.319377), (0.98537, 0.4393, 0.4393)),
        ("G2", "deficient", "deficient", (0.149277, 0.114323, 0.7364), (0.4393,) * 3),
        ("M", "deficient", "proficient", (0.5663, 0.4337, 0.0), (0.98537, 0.4393, 0.4393)),
    ],
)
def test_pathways(phase, hr, nhej, shares, fidelities):
    repair = repair_in(CellLine(phase, hr=hr, nhej=nhej))
    assert_allclose(repair.shares, shares, atol=1e-6)
    assert_allclose(repair.fidelities, fidelities)


def test_breaks_grow_with_the_genome():
    made = [float(repair_in(CellLine("G1"), p).breaks_per_gray) for p in ("G1", "S", "G2", "M")]
    assert_allclose(made, [35.0, 52.5, 70.0, 70.0])


def test_asynchronous_cells_have_no_repair_of_their_own():
    with pytest.raises(InputError, match="repair is that of one phase"):
        repair_in(CellLine())


@pytest.mark.parametrize("choice", [{"phase": "G3"}, {"p53": "mut"}, {"hr": "none"}])
def test_unknown_choices_are_refused(choice):
    with pytest.raises(InputError, match="unknown choice"):
        CellLine(**choice)


def test_jax_differentiates():
    jax = pytest.importorskip("jax")

    def lethal(sigma):
        repair = repair_in(CellLine("G1", values={"misrejoining_range": sigma}))
        return yields(repaired(fresh(repair, 2.0), repair, FOREVER), repair).lethal

    step = 1e-6
    numeric = (lethal(0.04187 + step) - lethal(0.04187 - step)) / (2 * step)
    with jax.enable_x64(True):
        assert_allclose(float(jax.jit(jax.grad(lethal))(0.04187)), numeric, rtol=1e-6)
