"""The kinetic model behind the interface of cell survival."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq

from theratwin.core import Exponentials, Exposure, InputError, Pulses, Quality, UnsupportedError
from theratwin.response.cell_survival.lq import LinearQuadratic
from theratwin.response.quality import alpha_let, alpha_quality, domain_cell, mkm_coefficients
from theratwin.response.quality.kinetic_cell_model import MicrodosimetricKinetic
from theratwin.response.quality.slowing_down import alpha_energy

MODEL = MicrodosimetricKinetic.of()
DECAY = Exponentials.from_half_lives([0.1], [50.0])


def helium(let: float, curve=None, **rates) -> Exposure:
    curve = Pulses([0.0], [2.0]) if curve is None else curve
    return Exposure("cells", {"alpha": curve, **rates}, {"alpha": Quality(let=let)})


def test_photons_are_linear_quadratic():
    own = MODEL.parameters
    values = {name: own[name] for name in ("alpha", "beta", "repair_half_time")}
    expected = LinearQuadratic.of().with_parameters(values).log_kill(DECAY)
    assert_allclose(MODEL.log_kill(DECAY), expected, rtol=1e-13)


@pytest.mark.parametrize("cell", ["HSG", "V79"])
def test_acute_helium_is_the_coefficients(cell):
    line = domain_cell(cell)
    alpha, beta = mkm_coefficients(line, alpha_quality(alpha_energy(80.0), line).energies)
    model = MicrodosimetricKinetic.of(cell=cell)
    assert_allclose(model.log_kill(helium(80.0)), 2 * alpha + 4 * beta, rtol=1e-12)


def test_rbe_at_ten_percent_is_that_of_helium():
    # The field's rule: 3 to 5 at 80 to 150 keV/um; HSG cells are within, or close above at 80.
    def dose(exposure):
        return brentq(lambda d: float(MODEL.log_kill(exposure(d))) - np.log(10), 0.01, 30.0)

    photons = dose(lambda d: Pulses([0.0], [d]))
    for let in (80.0, 120.0, 150.0):
        ratio = photons / dose(lambda d, let=let: helium(let, Pulses([0.0], [d])))
        assert 2.5 < ratio < 5.0


def test_energy_of_a_let_is_its_inverse():
    for energy in (1.0, 5.5, 30.0):
        assert_allclose(alpha_energy(float(alpha_let(energy))), energy, rtol=1e-4)


def test_a_mixed_field_kills_more_than_its_parts():
    both = MODEL.log_kill(helium(100.0, photon_electron=Pulses([0.0], [2.0])))
    apart = MODEL.log_kill(helium(100.0)) + MODEL.log_kill(Pulses([0.0], [2.0]))
    assert_allclose(both - apart, 2 * MODEL.parameters["beta"] * 4.0, rtol=1e-10)


def test_what_is_missing_or_unknown_is_named():
    with pytest.raises(InputError, match="LET of the alphas"):
        MODEL.log_kill(Exposure("cells", {"alpha": DECAY}))
    with pytest.raises(UnsupportedError, match="auger"):
        MODEL.log_kill(Exposure("cells", {"auger": DECAY}))
    with pytest.raises(InputError, match="HSG"):
        MicrodosimetricKinetic.of(cell="HSC")
    with pytest.raises(InputError, match="option"):
        MicrodosimetricKinetic.of(sell="HSG")
    with pytest.raises(InputError, match="let"):
        MODEL.log_kill(helium(500.0))
    with pytest.raises(InputError, match="one value"):
        MODEL.with_parameters({"domain_radius": np.array([0.3, 0.4])})
