"""How often the posterior of an SBML model holds the truth: PSMA.sbml, simulated patients."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("libsbml", reason="python-libsbml is not installed")

from theratwin.core import LogNormal
from theratwin.core.seed import stream
from theratwin.dynamics.expressions.expression import ZERO
from theratwin.io.sbml import calibrate_sbml, read_sbml
from theratwin.twin import Reading, calibrate_system

FOLDER = Path(__file__).parents[3] / "shared" / "reference" / "psma_pbpk_sbml"
PLACES = {
    "Kidney": ("Vas", "Int", "Intera", "Bound", "Intern"),
    "Tumor1": ("Vas", "Int", "Bound", "Intern"),
}
TRUTH = {
    "Rden_Kidney": 18.0,
    "lambdaRel_Kidney": 3.5e-4,
    "Rden_Tumor1": 40.0,
    "lambdaRel_Tumor1": 1e-4,
}
PATIENTS, ERROR = 60, 0.08


@pytest.mark.verify
@pytest.mark.skipif(not FOLDER.exists(), reason="../shared/reference is not here")
def test_intervals_hold_as_often_as_they_say():
    model = read_sbml(FOLDER / "PSMA.sbml")
    hot = {
        organ: sum((model.expression(f"{organ}{part}.Hot", "amount") for part in parts), ZERO)
        for organ, parts in PLACES.items()
    }
    given = {"Vein.Hot.initial": 10.0, "Vein.Cold.initial": 100.0}
    minutes = (60.0, 240.0, 1440.0, 4320.0, 10080.0)
    blank = [Reading(organ, t, 1.0, relative_error=ERROR) for organ in hot for t in minutes]
    priors = {name: LogNormal(1.4 * value, 2.0) for name, value in TRUTH.items()}
    options = {"observables": hot, "given": given, "seed": 1, "draws": 100}
    fit = calibrate_sbml(model, priors, blank, posterior="laplace", **options).fit
    exact = np.exp(fit.predicted(np.log([list(TRUTH.values())]))[0])
    inside, distances = np.zeros(len(TRUTH)), []
    for patient in range(PATIENTS):
        noise = stream(patient, "noise").standard_normal(len(blank)) * fit.observed_sd
        read = [replace(r, value=y) for r, y in zip(blank, exact * np.exp(noise), strict=True)]
        found = calibrate_system(replace(fit, readings=read), seed=patient, draws=400)
        pairs = zip(found.estimates, TRUTH.values(), strict=True)
        inside += [each.posterior.low <= value <= each.posterior.high for each, value in pairs]
        spread = np.sqrt(np.diag(found.log_covariance))
        distances.append(np.log([found.mode[n] / v for n, v in TRUTH.items()]) / spread)
    # 90 % of 60: fewer than 47 have a chance of 0.2 %, in one of four parameters 0.8 %.
    assert np.all(inside >= 47), inside
    # Standard errors 0.13 of means and 0.09 of spreads; the priors pull by less than 0.2.
    assert np.all(np.abs(np.mean(distances, axis=0)) < 0.55)
    np.testing.assert_allclose(np.std(distances, axis=0), 1.0, atol=0.3)
