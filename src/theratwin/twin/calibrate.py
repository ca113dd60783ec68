"""Calibrate: from a case to its twin."""

from __future__ import annotations

from theratwin.case import Case
from theratwin.core import Provenance
from theratwin.core.errors import InputError
from theratwin.twin.doses import check_measured
from theratwin.twin.models import MODELS, blocks_of
from theratwin.twin.posterior import AUTO, METHODS, fit_block
from theratwin.twin.twin import Twin

_PARAMETER_SETS = ("dosimetry/dose_factors", "dosimetry/red_marrow", "response/tissues")


def calibrate(
    case: Case, *, seed: int, draws: int = 2000, model: str | None = None, posterior: str = AUTO
) -> Twin:
    """Fit a kinetic model to a case's measurements.

    Every structure of every block is fitted by maximizing the posterior; draws come from its
    Laplace approximation by importance resampling, or from the full posterior by tempered
    sampling, shared among structures by Akaike weights.

    Parameters
    ----------
    case
        The case. A model of the whole body fits its diagnostics together with the therapy, and can
        be calibrated to them alone; curves have no use for them, and say so in the warnings.
    seed
        Seed of the random streams; the same seed gives the same twin.
    draws
        Number of posterior draws.
    model
        The kinetic model; by default the one that the case asks for. ``"curves"`` fits every
        region by itself; the others are models of the whole body.
    posterior
        ``"laplace"`` for importance resampling of the Laplace approximation, ``"smc"`` for
        tempered sampling, or ``"auto"``: the first, and for a model of the whole body the second
        where Pareto k says that the first is not clearly good.

    Raises
    ------
    InputError
        If the model is unknown, nothing was measured, a measured organ has no volume, or a value
        is of the wrong kind.
    FitError
        If a fit finds no solution.
    """
    name = case.model if model is None else model
    if name not in MODELS:
        raise InputError("unknown model", field="model", value=name, allowed=sorted(MODELS))
    if posterior not in METHODS:
        raise InputError("unknown method", field="posterior", value=posterior, allowed=METHODS)
    if draws < 100:
        raise InputError("too few draws", field="draws", value=draws, allowed="100 and more")
    check_measured(case)
    chosen = MODELS[name]
    blocks = blocks_of(chosen, case)
    own = dict.fromkeys(name for block in blocks for name in block.parameter_sets)
    sets = (*chosen.sets_of(case), *own, *_PARAMETER_SETS)
    return Twin(
        case=case,
        model=name,
        posteriors=tuple(
            fit_block(block, draws=draws, seed=seed, method=posterior) for block in blocks
        ),
        seed=seed,
        provenance=Provenance.now(inputs=case.files, seed=seed, parameter_sets=sets),
        method=posterior,
    )
