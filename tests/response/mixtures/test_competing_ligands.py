"""Two ligands and one receptor: equilibrium, saturation, indistinguishable ligands, order."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.case import ExternalBeam
from theratwin.core import Exponentials, InputError, Pulses
from theratwin.dynamics import couple, opened
from theratwin.response import log_cell_kill_of, tissue
from theratwin.response.driven import follow
from theratwin.response.mixtures import competing_ligands_network, up_regulation_network
from theratwin.response.tumor import scaled, tumor_network

STILL = {f"{name}.internalization": 0.0 for name in ("beta", "alpha")}


def bound(concentrations, values=None, times=(1e4,), **changes):
    network = competing_ligands_network(values={**(values or {})}, **changes)
    names = [p.name.partition(".")[2] for p in network.inputs if p.name.startswith("conc")]
    given = {f"concentration.{n}": c for n, c in zip(names, concentrations, strict=True)}
    given |= {f"specific_activity.{n}": 1.0 for n in names}
    return follow(network, given, times)


def test_equilibrium_shares_the_receptors():
    """n_l = R V (C_l / K_l) / (1 + sum C_m / K_m)."""
    values = STILL | {"alpha.dissociation_constant": 5e-3}
    found = bound([2e-3, 1e-3], values)
    ratio = np.array([2e-3 / 1e-3, 1e-3 / 5e-3])
    expected = 10.0 * 0.057 * ratio / (1.0 + ratio.sum())
    assert_allclose(found["activity.beta"][0, 0], expected[0], rtol=1e-8)
    assert_allclose(found["activity.alpha"][0, 0], expected[1], rtol=1e-8)
    assert_allclose(found["occupancy"][0, 0], ratio.sum() / (1.0 + ratio.sum()), rtol=1e-8)


def test_a_flood_of_one_leaves_nothing_to_the_other():
    found = bound([1.0, 1e-3], STILL)
    assert_allclose(found["activity.alpha"], found["activity.beta"] * 1e-3, rtol=1e-8)
    assert_allclose(found["occupancy"], 1.0, atol=2e-3)


def test_two_of_a_kind_are_one():
    curve = Exponentials.from_half_lives([0.02], [10.0])
    times = [1.0, 10.0, 100.0]
    both = bound([0.3 * curve, 0.7 * curve], times=times)
    one = bound([curve], times=times, ligands=["only"])
    total = both["activity.beta"] + both["activity.alpha"]
    assert_allclose(total, one["activity.only"], rtol=1e-7)
    assert_allclose(both["activity.beta"], 0.3 * total, rtol=1e-7)


def test_internalized_ligand_at_rest_is_the_ratio_of_its_rates():
    found = bound([1e-3, 0.0], times=[5e4])
    held = found["bound.beta"][0, 0]
    assert_allclose(found["internalized.beta"][0, 0], held * 0.06 / 0.009, rtol=1e-6)


def test_specific_activity_decays_what_is_held():
    network = competing_ligands_network(["beta"])
    given = {
        "concentration.beta": Exponentials.from_half_lives([0.01], [5.0]),
        "specific_activity.beta": Exponentials.from_half_lives([700.0], [159.5]),
    }
    found = follow(network, given, [48.0])
    held = found["bound.beta"] + found["internalized.beta"]
    assert_allclose(found["activity.beta"], held * 700.0 * 0.5 ** (48.0 / 159.5), rtol=1e-10)


def test_a_beta_ligand_given_first_keeps_the_alpha_out():
    # By the same courses, 50 nmol/L of beta ligand together with the alpha, or two weeks before.
    def alpha(delay):
        beta = Exponentials.from_half_lives([0.05], [8.0])
        own = Exponentials.from_half_lives([0.01], [8.0], [delay])
        found = bound([beta, own], times=[delay + 300.0], values={"receptor_density": 0.02})
        return found["time_integrated_activity.alpha"][0, 0]

    apart, together = alpha(336.0), alpha(0.0)
    assert together < 0.9 * apart


def test_values_and_names_are_checked():
    with pytest.raises(InputError, match=r"gamma\.k_on"):
        competing_ligands_network(values={"gamma.k_on": 1.0})
    with pytest.raises(InputError, match="each once"):
        competing_ligands_network(["beta", "beta"])


def test_receptors_rise_with_dose_and_fall_back():
    times = np.array([1e-6, 168.0, 1680.0])
    found = follow(
        up_regulation_network(), Pulses([0.0], [4.0]), times, parameters={"largest_gain": 0.6}
    )
    left = 4.0 * 0.5 ** (times / 168.0)
    assert_allclose(found["receptor_factor"][0], 1.0 + 0.6 * left / (left + 4.0), rtol=1e-7)
    still = follow(up_regulation_network(), Pulses([0.0], [4.0]), times)
    assert_allclose(still["receptor_factor"], 1.0, rtol=1e-12)


def test_up_regulated_receptors_take_up_more():
    """Beam, up-regulation and binding in one network."""
    ligands = opened(competing_ligands_network(["beta"]), ["receptor_density"])
    whole = couple(
        "beam and ligand",
        {
            "beam": up_regulation_network(),
            "density": scaled(0.057, "nmol/mL", "density"),
            "drug": ligands,
        },
        {"density.factor": "beam.receptor_factor", "drug.receptor_density": "density.density"},
    )
    inputs = {
        "beam.dose_rate": Pulses([0.0], [4.0]),
        "drug.concentration.beta": Exponentials.from_half_lives([0.05], [5.0], [24.0]),
        "drug.specific_activity.beta": 1.0,
    }
    name = "drug.time_integrated_activity.beta"
    plain, more = (
        follow(whole, inputs, [600.0], parameters={"beam.largest_gain": g})[name][0, 0]
        for g in (0.0, 0.6)
    )
    assert 1.05 < more / plain < 1.3


def test_external_beam_and_radiopharmaceutical_share_their_sublethal_damage():
    beam = ExternalBeam.regular({"lesion_1": "2 Gy"}, fractions=5, first="24 h")
    therapy = Exponentials.from_half_lives([0.2], [51.0])
    cells = tissue("prostate_metastasis")
    both = therapy + beam.pulses("lesion_1")
    found = follow(tumor_network(), both, [2000.0])["log_kill"][0, 0]
    assert_allclose(found, log_cell_kill_of(both, cells, until=2000.0), rtol=1e-6)
    apart = sum(
        log_cell_kill_of(c, cells, until=2000.0) for c in (therapy, beam.pulses("lesion_1"))
    )
    assert found > apart * 1.01
