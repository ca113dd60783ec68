"""Calibrate: from a case to its twin."""

from __future__ import annotations

from theratwin.case import Case
from theratwin.core import Provenance
from theratwin.core.errors import InputError
from theratwin.kinetics import empirical_curves
from theratwin.physics import nuclide
from theratwin.twin.doses import check_measured
from theratwin.twin.posterior import fit_block
from theratwin.twin.twin import Twin

#: Kinetic models by name: each takes a case and a decay constant (1/h) and returns blocks.
MODELS = {"curves": empirical_curves}

_PARAMETER_SETS = (
    "kinetics/effective_half_lives",
    "kinetics/curve_shapes",
    "kinetics/cycle_changes",
    "dosimetry/dose_factors",
    "dosimetry/red_marrow",
    "response/tissues",
)


def calibrate(case: Case, *, seed: int, draws: int = 2000, model: str = "curves") -> Twin:
    """Fit a kinetic model to a case's measurements.

    Every structure of every block is fitted by maximizing the posterior; draws come from its
    Laplace approximation by importance resampling, shared among structures by Akaike weights.

    Parameters
    ----------
    case
        The case.
    seed
        Seed of the random streams; the same seed gives the same twin.
    draws
        Number of posterior draws.
    model
        The kinetic model: ``"curves"``.

    Raises
    ------
    InputError
        If the model is unknown, nothing was measured, a measured organ has no volume, or a value
        is of the wrong kind.
    FitError
        If a region's fit finds no solution.
    """
    if model not in MODELS:
        raise InputError("unknown model", field="model", value=model, allowed=sorted(MODELS))
    if draws < 100:
        raise InputError("too few draws", field="draws", value=draws, allowed="100 and more")
    check_measured(case)
    decay_constant = nuclide(case.radiopharmaceutical.nuclide).decay_constant
    blocks = MODELS[model](case, decay_constant)
    return Twin(
        case=case,
        model=model,
        posteriors=tuple(fit_block(block, draws=draws, seed=seed) for block in blocks),
        seed=seed,
        provenance=Provenance.now(inputs=case.files, seed=seed, parameter_sets=_PARAMETER_SETS),
    )
