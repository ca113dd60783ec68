"""The same patient with another radiopharmaceutical: another label, or another ligand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from theratwin.case import Radiopharmaceutical
from theratwin.core import LogNormal
from theratwin.core.errors import UnsupportedError
from theratwin.core.seed import stream
from theratwin.kinetics import Block
from theratwin.twin.models import MODELS, blocks_of
from theratwin.twin.posterior import BlockPosterior, Fit
from theratwin.twin.twin import Twin


def relabeled(twin: Twin, radiopharmaceutical: Radiopharmaceutical) -> Twin:
    """Return the twin as if the patient got another radiopharmaceutical.

    What both share keeps its place in the population: a patient whose kidneys have twice the
    median density of receptors for one ligand has it for the other. Where the priors agree, as
    those of clearance do or of another label of the same ligand, that is the same value; where they
    do not, as those of densities, which belong to the affinity that they were fitted with, it is
    the same distance from the median in the prior's spreads. What only the other has takes draws of
    its prior.

    Raises
    ------
    UnsupportedError
        If the model knows no ligand: curves hold for what they were fitted to.
    """
    if radiopharmaceutical == twin.case.radiopharmaceutical:
        return twin
    if twin.model == "curves":
        raise UnsupportedError(
            "curves hold for the radiopharmaceutical that they were fitted to",
            field="radiopharmaceutical",
            value=radiopharmaceutical.name,
            remedy="Calibrate with a model of the whole body: "
            + ", ".join(sorted(set(MODELS) - {"curves"})),
        )
    case = replace(twin.case, radiopharmaceutical=radiopharmaceutical)
    blocks = blocks_of(MODELS[twin.model], case)
    return replace(
        twin,
        case=case,
        posteriors=tuple(
            _transferred(posterior, block, twin.seed)
            for posterior, block in zip(twin.posteriors, blocks, strict=True)
        ),
    )


def _placed(values: np.ndarray, before: LogNormal, after: LogNormal) -> np.ndarray:
    """Return the logarithms that lie in one prior where ``values`` lie in another."""
    if before == after:
        return values
    return after.log_mean + (values - before.log_mean) * (after.log_sd / before.log_sd)


def _transferred(posterior: BlockPosterior, block: Block, seed: int) -> BlockPosterior:
    fits = tuple(
        _with_alternative(fit, alternative, posterior, seed)
        for fit, alternative in zip(posterior.fits, block.alternatives, strict=True)
    )
    return replace(posterior, fits=fits)


def _with_alternative(fit: Fit, alternative, posterior: BlockPosterior, seed: int) -> Fit:
    """Return a fit with the draws of the parameters that another alternative shares with it."""
    if fit.resampled is None:
        return replace(fit, alternative=alternative)
    before = fit.alternative
    known = {name: k for k, name in enumerate(before.parameter_names)}
    draws = fit.resampled.draws
    columns = []
    for name, prior in zip(alternative.parameter_names, alternative.priors, strict=True):
        if name in known:
            columns.append(_placed(draws[:, known[name]], before.priors[known[name]], prior))
            continue
        generator = stream(seed, posterior.name, alternative.name, "relabeled", name)
        columns.append(generator.normal(prior.log_mean, prior.log_sd, len(draws)))
    resampled = replace(fit.resampled, draws=np.stack(columns, axis=-1))
    return replace(fit, alternative=alternative, resampled=resampled)
