"""MEDRAS against the published program: acute, over time, split, helium; and its limits."""

from __future__ import annotations

import csv
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from theratwin.core import (
    Component,
    Curve,
    Exponentials,
    Exposure,
    InputError,
    Pieces,
    Pulses,
    Quality,
    UnsupportedError,
)
from theratwin.response.cell_survival import cell_model
from theratwin.response.medras import Medras
from theratwin.response.medras.misrepair import yields
from theratwin.response.medras.pathways import repair_in

REFERENCE = Path(__file__).parents[3].parent / "shared" / "reference" / "medras"
#: What the reference is held to, and the last of its eight digits.
REFERENCE_RTOL, REFERENCE_ATOL = 1e-4, 1e-8
#: The published program integrates with 1.5e-8; full digits of it are below.
PROGRAM = {"rtol": 3e-6, "atol": 1e-8}

MUTANT = {"p53": "mutant"}
LINES = {
    "G1_p53wt": {"phase": "G1"},
    "G1_p53mut": {"phase": "G1", **MUTANT},
    "G2": {"phase": "G2"},
    "G1_p53mut_NHEJ+HRdef": {"phase": "G1", **MUTANT, "nhej": "deficient", "hr": "deficient"},
    "G2_HRdef": {"phase": "G2", "hr": "deficient"},
}
HAMSTER = {"genome_size": 5400.0, "chromosomes": 22.0}


def acute(dose) -> Pulses:
    return Pulses([0.0], np.asarray(dose)[..., None])


def constant(dose: float, duration: float) -> Pieces:
    return Pieces([0.0, duration], [[dose / duration]])


def helium(curve: Curve, let: float) -> Exposure:
    return Exposure("cells", {Component.ALPHA: curve}, {Component.ALPHA: Quality(let=let)})


def reference_rows() -> list[tuple[str, float, float]]:
    file = REFERENCE / "reference_acute.csv"
    if not file.exists():
        pytest.skip("the reference of acute survival is not beside this checkout")
    with file.open(encoding="utf-8") as text:
        rows = list(csv.reader(text))[1:]
    return [(row[0], float(row[1]), float(row[2])) for row in rows if row]


def test_every_row_of_the_acute_reference():
    rows = reference_rows()
    assert len(rows) == 45
    for cell, dose, expected in rows:
        found = Medras.of(**LINES[cell]).survival(acute(dose))
        assert abs(found - expected) <= REFERENCE_ATOL + REFERENCE_RTOL * expected, (cell, dose)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"phase": "G1"}, [0.785186, 0.605203, 0.340148, 0.086186, 0.016344, 0.002336]),
        ({"phase": "G1", **MUTANT}, [0.954699, 0.894723, 0.743435, 0.411707, 0.170640, 0.053310]),
        ({"phase": "G2"}, [0.938779, 0.853848, 0.642762, 0.251883, 0.064211, 0.011389]),
        (MUTANT, [0.949286, 0.880826, 0.709206, 0.357367, 0.134454, 0.039057]),
    ],
)
def test_published_acute_survival(options, expected):
    doses = np.array([0.5, 1.0, 2.0, 4.0, 6.0, 8.0])
    assert_allclose(Medras.of(**options).survival(acute(doses)), expected, atol=6e-7)


def test_delayed_plating_spares_cells_with_p53():
    model = Medras.of(phase="G1", plating_delay=24.0)
    expected = [0.954542, 0.894430, 0.742949, 0.411168, 0.170305]
    assert_allclose(model.survival(acute([0.5, 1.0, 2.0, 4.0, 6.0])), expected, atol=6e-7)


@pytest.mark.parametrize(
    ("options", "values", "curve", "expected"),
    [
        ({"phase": "G1"}, {}, constant(6.0, 24.0), 0.4406785874537469),
        ({"phase": "G1", **MUTANT}, {}, constant(6.0, 24.0), 0.5323929434384687),
        ({"phase": "G2"}, {}, constant(6.0, 24.0), 0.5401008549376954),
        ({"phase": "M"}, {}, constant(6.0, 24.0), 0.273416410576077),
        ({}, {}, constant(6.0, 24.0), 0.47448215839828944),
        ({**MUTANT, "hr": "deficient"}, {}, constant(6.0, 24.0), 0.3514264399235304),
        ({"phase": "G1"}, {}, Pulses([0.0, 4.0], [2.0, 2.0]), None),
        ({"phase": "M", **MUTANT}, {}, acute(2.0), 0.1032632814073601),
        ({**MUTANT, "hr": "deficient"}, {}, acute(2.0), 0.5055211983620699),
        (
            {"phase": "G1", **MUTANT, "nhej": "deficient"},
            HAMSTER,
            acute(2.0),
            0.05471634334709565,
        ),
        ({"phase": "G2"}, HAMSTER, acute(4.0), 0.47845254994349035),
        (
            {"phase": "G2", "nhej": "deficient", "plating_delay": 24.0},
            {},
            acute(1.0),
            0.15034980180324226,
        ),
        ({"phase": "G1"}, {}, Pieces([0, 0.05, 4.05, 4.1], [[40.0], [0.0], [40.0]]), 0.2217179862),
    ],
)
def test_published_program_over_time_and_in_other_cells(options, values, curve, expected):
    """Values of the public program (release of 2021), run on the same exposures."""
    found = float(Medras.of(**options).with_parameters(values).survival(curve))
    if expected is None:
        # Pulses are the limit of its short exposures; the closed form against the network.
        short = Pieces([0, 1e-6, 4.0, 4.000001], [[2e6], [0.0], [2e6]])
        expected = float(Medras.of(**options).survival(short))
    assert_allclose(found, expected, **PROGRAM)


@pytest.mark.parametrize(
    ("options", "values", "let", "dose", "expected"),
    [
        (MUTANT, {}, 100.0, 1.0, 0.27319091386817235),
        ({"phase": "G2"}, {}, 30.0, 2.0, 0.25838091180803613),
        ({"phase": "G1"}, {}, 150.0, 1.0, 0.2197654226832397),
        ({"phase": "M", **MUTANT}, {}, 100.0, 1.0, 0.18221993486940571),
        ({"phase": "G1", **MUTANT}, {}, 3.0, 2.0, 0.6757096457255504),
        ({"phase": "G1", **MUTANT}, HAMSTER, 100.0, 2.0, 0.11787981849140909),
    ],
)
def test_published_program_in_helium(options, values, let, dose, expected):
    """Values of the public program; tracks as rounded in the shipped table."""
    model = Medras.of(**options).with_parameters(values)
    assert_allclose(float(model.survival(helium(acute(dose), let))), expected, **PROGRAM)


@pytest.mark.parametrize(
    ("let", "asynchronous", "g1"),
    [(50, 2.84, 3.13), (80, 3.51, 3.89), (100, 3.69, 4.09), (120, 3.77, 4.17), (150, 3.75, 4.14)],
)
def test_rbe_of_helium_at_a_tenth_survival(let, asynchronous, g1):
    def dose(model: Medras, exposure) -> float:
        return brentq(lambda d: float(model.log_kill(exposure(d))) - math.log(10.0), 0.1, 20.0)

    for options, expected in ((MUTANT, asynchronous), ({"phase": "G1", **MUTANT}, g1)):
        model = Medras.of(**options)
        found = dose(model, acute) / dose(model, lambda d: helium(acute(d), float(let)))
        assert abs(found - expected) < 0.0051  # two digits are given
        if let >= 80:
            assert 3.5 <= found <= 4.2


def independent(curve, phase: str, line: dict, end: float, overlap: float = 0.0):
    """Return misjoined breaks at the end by an ODE solver of its own."""
    repair = repair_in(Medras.of(**line).line, phase)
    rates, shares = np.asarray(repair.rates), np.asarray(repair.shares)

    def change(t, y):
        made = float(repair.breaks_per_gray) * float(curve(t))
        breaks, joined = y[:3].sum(), rates @ y[:3]
        some = max(breaks, 1e-12)
        met = shares * overlap * made - (joined / some + rates) * y[3:6]
        near = repair.coefficient * breaks + y[3:6].sum() / some
        lost = (near + near**2) / (1 + near + near**2) * joined
        return [*(shares * made - rates * y[:3]), *met, lost]

    found = solve_ivp(change, (0.0, end), np.zeros(7), "LSODA", rtol=1e-10, atol=1e-12, max_step=5)
    return repair, found.y[:, -1]


def test_decay_to_completion_leaves_no_breaks_to_die_of():
    half_life = 51.0
    rate = math.log(2.0) / half_life
    curve = Exponentials([10.0 * rate], [rate])
    survivals = {
        p53: float(Medras.of(phase="G1", p53=p53).survival(curve)) for p53 in ("wildtype", "mutant")
    }
    assert survivals["wildtype"] == survivals["mutant"]
    repair, state = independent(curve, "G1", {"phase": "G1", **MUTANT}, 40.0 * half_life)
    made = 10.0 * float(repair.breaks_per_gray)
    shares, fidelity = np.asarray(repair.shares), np.asarray(repair.fidelities)
    wrong = made * shares @ ((1 - fidelity) + fidelity * state[6] / made)
    expected = math.exp(-0.5 * wrong * float(repair.lethal) - 0.000739 * made)
    assert_allclose(survivals["mutant"], expected, rtol=1e-6)


def test_helium_over_time_follows_its_equations():
    curve = constant(1.5, 12.0)
    model = Medras.of(phase="G1", **MUTANT)
    exposure = helium(curve, 3.0)  # sparse: no spread over numbers of tracks
    overlap = float(model._tracks(model.line, exposure, model.parameters).overlap)
    repair, state = independent(curve, "G1", {"phase": "G1"}, 12.0, overlap)
    damage = model._after(exposure, math.inf)[1]
    assert_allclose(damage.breaks, state[:3], rtol=1e-6)
    assert_allclose(damage.overlap, state[3:6], rtol=1e-4, atol=1e-9)
    assert_allclose(damage.misjoined, state[6], rtol=1e-6)
    assert yields(damage, repair).misrepaired > 0.0


def test_helium_given_quickly_is_acute_and_slowly_spares_little():
    model = Medras.of(**MUTANT)
    at_once = float(model.log_kill(helium(acute(1.0), 100.0)))
    assert_allclose(model.log_kill(helium(constant(1.0, 1e-4), 100.0)), at_once, rtol=1e-4)
    slowly = float(model.log_kill(helium(constant(1.0, 48.0), 100.0)))
    photons = [float(model.log_kill(c)) for c in (acute(3.0), constant(3.0, 48.0))]
    assert 1.0 < at_once / slowly < photons[0] / photons[1]


def test_photons_beside_helium_add_breaks_that_interact():
    model = Medras.of(**MUTANT)
    exposure = Exposure(
        "cells",
        {Component.PHOTON_ELECTRON: acute(2.0), Component.ALPHA: acute(1.0)},
        {Component.ALPHA: Quality(let=100.0)},
    )
    together = float(model.log_kill(exposure))
    apart = float(model.log_kill(acute(2.0)) + model.log_kill(helium(acute(1.0), 100.0)))
    assert together > 1.02 * apart


@pytest.mark.parametrize("phase", ["G1", "S", "G2"])
@pytest.mark.parametrize("hr", ["proficient", "deficient"])
def test_protraction_never_kills_more(phase, hr):
    # In a fixed phase, without a choice of moment for apoptosis.
    model = Medras.of(phase=phase, hr=hr, **MUTANT)
    kills = [float(model.log_kill(constant(6.0, t))) for t in (0.01, 1.0, 10.0, 100.0, 1000.0)]
    assert all(later <= earlier for earlier, later in pairwise(kills))


def test_low_dose_rate_limit():
    model = Medras.of(phase="G1", **MUTANT)
    limit = 35.0 * ((1.0 - 0.98537) * 0.5 * 0.188752 + 0.000739)
    assert_allclose(limit, 0.07419, atol=5e-6)
    slopes = [float(model.log_kill(constant(10.0, t))) / 10.0 for t in (2e3, 2e4, 2e5)]
    assert_allclose(slopes[0], 0.07491, atol=6e-6)
    # What is left of the quadratic part falls as the dose rate does.
    excess = np.array(slopes) - limit
    assert_allclose(excess[1:] / excess[:-1], 0.1, rtol=0.02)


def test_s_phase_lies_between_its_neighbors_without_hr():
    kills = [
        float(Medras.of(phase=p, hr="deficient", **MUTANT).log_kill(acute(2.0)))
        for p in ("G1", "S", "G2")
    ]
    assert kills[0] < kills[1] < kills[2]


@pytest.mark.parametrize("phase", ["G1", "S", "G2"])
def test_causes_of_death_sum_to_all(phase):
    model = Medras.of(phase=phase)
    found = model.causes(constant(6.0, 5.0))
    assert_allclose(found.total, model.log_kill(constant(6.0, 5.0)), rtol=1e-12)
    assert (found.apoptosis > 0.0) == (phase == "G1")
    assert (found.mitosis > 0.0) == (phase != "G1")


def test_causes_are_those_of_photons_in_a_phase():
    with pytest.raises(InputError, match="one phase"):
        Medras.of().causes(acute(1.0))
    with pytest.raises(UnsupportedError, match="photons"):
        Medras.of(phase="G1").causes(helium(acute(1.0), 50.0))


def test_over_time_is_survival_of_exposures_ended_then():
    model = Medras.of()
    curve = constant(6.0, 24.0)
    times = [0.0, 3.0, 24.0, 100.0]
    each = [model.survival(curve, until=t) for t in times]
    assert_allclose(model.over_time(curve, times), each, rtol=1e-9)
    assert each[0] == 1.0
    assert each[2] == each[3]


def test_patients_and_draws_at_once():
    model = Medras.of().with_parameters({"rate.slow": np.array([0.2, 0.3])})
    doses = acute([2.0, 3.0])
    curves = Pieces([0.0, 10.0], np.array([[[0.2]], [[0.3]]]))
    for exposure, one in ((doses, lambda i: doses[i]), (curves, lambda i: curves[i])):
        each = [
            float(Medras.of().with_parameters({"rate.slow": s}).survival(one(i)))
            for i, s in enumerate((0.2, 0.3))
        ]
        assert_allclose(model.survival(exposure), each, rtol=1e-9)
    ions = helium(doses, 80.0)
    alone = Medras.of().with_parameters({"rate.slow": 0.3}).survival(helium(doses[1], 80.0))
    assert_allclose(model.survival(ions)[1], alone, rtol=1e-12)


def test_many_patients_whose_dose_rates_decay():
    rates = math.log(2.0) / np.linspace(20.0, 90.0, 50)[:, None]
    found = Medras.of().log_kill(Exponentials(10.0 * rates, rates))
    assert np.all(np.diff(found) < 0.0)  # the longer, the less
    assert_allclose(found[7], Medras.of().log_kill(Exponentials(10.0 * rates[7], rates[7])))


def test_jax_differentiates_in_dose():
    jax = pytest.importorskip("jax")
    model = Medras.of(phase="G2")

    def kill(dose):
        return model.log_kill(Pulses([0.0], dose[None]))

    with jax.enable_x64(True):
        slope = float(jax.jit(jax.grad(kill))(jax.numpy.asarray(2.0)))
    step = 1e-5
    numeric = (model.log_kill(acute(2.0 + step)) - model.log_kill(acute(2.0 - step))) / (2 * step)
    assert_allclose(slope, numeric, rtol=1e-7)


class TestRefusals:
    def test_other_radiation(self):
        exposure = Exposure("cells", {Component.AUGER: acute(1.0)})
        with pytest.raises(UnsupportedError, match="auger"):
            Medras.of().survival(exposure)

    def test_helium_without_let(self):
        exposure = Exposure("cells", {Component.ALPHA: acute(1.0)})
        with pytest.raises(InputError, match="needs the LET"):
            Medras.of().survival(exposure)

    def test_oxygen(self):
        exposure = Exposure(
            "cells", {Component.PHOTON_ELECTRON: acute(1.0)}, oxygen=constant(10.0, 1.0)
        )
        with pytest.raises(UnsupportedError, match="oxygen"):
            Medras.of().survival(exposure)

    def test_unknown_phase_and_parameter(self):
        with pytest.raises(InputError, match="G3"):
            Medras.of(phase="G3")
        with pytest.raises(InputError, match=r"nearest match 'rate.fast'"):
            Medras.of().with_parameters({"rate.fst": 1.0})

    def test_negative_delay(self):
        with pytest.raises(InputError, match="delay"):
            Medras.of(plating_delay=-1.0)

    def test_dose_without_end(self):
        with pytest.raises(InputError, match="no end"):
            Medras.of().survival(Exponentials([1.0], [0.0]))


def test_models_are_found_by_name():
    assert cell_model("medras", phase="G2").phase == "G2"
    assert cell_model("medras-rpt", cycle="frozen").cycle == "frozen"


class TestValuesOfTheCellLine:
    def test_asynchronous_cells_after_a_huge_dose(self):
        """Phases without cells do not count, though they would be the last to live."""
        values = {"asynchronous.G1": 0.66, "asynchronous.S": 0.0, "asynchronous.G2": 0.34}
        model = Medras.of().with_parameters({k: np.asarray(v) for k, v in values.items()})
        assert list(model.line.mixture) == ["G1", "G2"]
        each = [Medras.of(phase=phase).log_kill(acute(2e4)) for phase in ("G1", "G2")]
        expected = min(each[0] - math.log(0.66), each[1] - math.log(0.34))
        assert_allclose(model.log_kill(acute(2e4)), expected, rtol=1e-12)
        draws = {name: np.array([value, value]) for name, value in values.items()}
        found = Medras.of().with_parameters(draws).log_kill(acute(2e4))
        assert_allclose(found, [expected, expected], rtol=1e-12)

    @pytest.mark.parametrize("name", ["slow_fraction", "fidelity.alternative"])
    @pytest.mark.parametrize("model", ["medras", "medras-rpt"])
    def test_fractions_are_at_most_one(self, model, name):
        with pytest.raises(InputError, match=f"{name}: this is a fraction"):
            cell_model(model).with_parameters({name: 1.5})

    def test_fractions_of_phases_sum_to_one(self):
        model = Medras.of().with_parameters({"asynchronous.S": 0.2})
        with pytest.raises(InputError, match="do not sum to 1"):
            model.log_kill(acute(2.0))
