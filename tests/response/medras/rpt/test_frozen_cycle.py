"""With the cycle frozen the hazards give MEDRAS back: every repair genotype, acute and slow."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import Exponentials, Pieces, Pulses
from theratwin.response.medras import Medras, MedrasRpt

GENOTYPES = [
    {"hr": hr, "nhej": nhej}
    for hr, nhej in itertools.product(("proficient", "deficient"), repeat=2)
]
DOSES = Pulses([0.0], np.array([0.5, 1.0, 2.0, 4.0, 6.0, 8.0])[:, None])
SLOW = Pieces([0.0, 24.0], [[0.25]])
#: Repair within the instant of a pulse, and the solver: relative to -ln S.
HAZARDS = 1e-7


@pytest.mark.parametrize("genotype", GENOTYPES)
@pytest.mark.parametrize("phase", ["G1", "S", "G2", "asynchronous"])
@pytest.mark.parametrize("p53", ["wildtype", "mutant"])
def test_acute(phase, genotype, p53):
    options = {"phase": phase, "p53": p53, **genotype}
    found = MedrasRpt.of(**options, cycle="frozen").log_kill(DOSES)
    assert_allclose(found, Medras.of(**options).log_kill(DOSES), rtol=HAZARDS)


@pytest.mark.parametrize("genotype", GENOTYPES)
@pytest.mark.parametrize("phase", ["G1", "S", "G2", "asynchronous"])
@pytest.mark.parametrize(
    "curve", [SLOW, Exponentials([0.2], [0.02]), Pieces([0, 1, 30, 31], [[2.0], [0.0], [3.0]])]
)
def test_any_dose_rate_but_for_apoptosis(phase, genotype, curve):
    options = {"phase": phase, "p53": "mutant", **genotype}
    found = MedrasRpt.of(**options, cycle="frozen").log_kill(curve)
    assert_allclose(found, Medras.of(**options).log_kill(curve), rtol=HAZARDS)


def test_apoptosis_does_not_depend_on_the_dose_rate():
    # 35 breaks per Gy, each with its chance, whenever it is made: 0.391 per Gy.
    wild, mutant = (MedrasRpt.of(phase="G1", p53=p, cycle="frozen") for p in ("wildtype", "mutant"))
    for curve in (Pulses([0.0], [6.0]), SLOW, Exponentials([0.06], [0.01])):
        added = float(wild.log_kill(curve) - mutant.log_kill(curve))
        assert_allclose(added, 6.0 * 35.0 * 0.01117, rtol=1e-6)


def test_low_dose_rate_limit():
    model = MedrasRpt.of(phase="G1", p53="mutant", cycle="frozen")
    limit = 35.0 * ((1.0 - 0.98537) * 0.5 * 0.188752 + 0.000739)
    slope = float(model.log_kill(Pieces([0.0, 2e5], [[10.0 / 2e5]]))) / 10.0
    assert_allclose(limit, 0.07419, atol=5e-6)
    assert_allclose(slope, limit, rtol=2e-4)


def test_other_parameters_of_medras():
    values = {
        "rate.slow": 0.15,
        "misrejoining_range": 0.06,
        "genome_size": 5400.0,
        "chromosomes": 22.0,
        "death.mitosis": 0.03,
    }
    for phase in ("G1", "G2"):
        found = MedrasRpt.of(phase=phase, cycle="frozen").with_parameters(values)
        expected = Medras.of(phase=phase).with_parameters(values)
        assert_allclose(found.log_kill(DOSES), expected.log_kill(DOSES), rtol=HAZARDS)


def test_over_time_ends_at_the_same_survival():
    model = MedrasRpt.of(phase="G2", cycle="frozen")
    found = model.over_time(Pulses([0.0], [2.0]), [0.0, 7.9, 8.0, 3e3])
    assert found[0] > 0.999
    assert np.all(np.diff(found) < 0.0)
    # Mitosis comes 8 h after the dose, and what is left then is lost at once.
    assert found[1] / found[2] > 1.1
    assert_allclose(found[-1], Medras.of(phase="G2").survival(Pulses([0.0], [2.0])), rtol=1e-7)


def test_draws_at_once():
    slow = np.array([0.2, 0.26])
    model = MedrasRpt.of(cycle="frozen").with_parameters({"rate.slow": slow})
    each = [
        float(MedrasRpt.of(cycle="frozen").with_parameters({"rate.slow": s}).log_kill(SLOW))
        for s in slow
    ]
    assert_allclose(model.log_kill(SLOW), each, rtol=1e-8)
