"""The posterior of a block: fitted structures, their weights, and draws from the average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float

from theratwin.core.seed import stream
from theratwin.twin.averaging import akaike, akaike_weights
from theratwin.twin.full import full_posterior
from theratwin.twin.importance import PARETO_K_AIM, PARETO_K_LIMIT, Resampled, resample
from theratwin.twin.laplace import Laplace, laplace
from theratwin.twin.misfit import Misfit, misfit
from theratwin.twin.residuals import worst_regions
from theratwin.twin.sloped_target import SlopedTarget, target_of
from theratwin.twin.target import Target

#: Structures of less weight than this are left out of the draws.
_NEGLIGIBLE = 1e-3

#: How draws are made: importance resampling of the Laplace approximation; tempered sampling; or
#: the first, and the second for a model of the whole body where the first is not clearly good.
LAPLACE, SMC, AUTO = "laplace", "smc", "auto"
METHODS = (AUTO, LAPLACE, SMC)


class BlockOfAlternatives(Protocol):
    """Parameters estimated together, with competing structures."""

    @property
    def name(self) -> str: ...
    @property
    def alternatives(self) -> Sequence[Any]: ...


@dataclass(frozen=True, eq=False)
class Fit:
    """One structure fitted to the data of its block.

    Parameters
    ----------
    alternative
        The structure.
    approximation
        Mode and Laplace approximation.
    weight
        Its weight among the block's structures.
    criterion
        Akaike's criterion.
    resampled
        Draws; None for a structure of negligible weight.
    """

    alternative: Any
    approximation: Laplace
    weight: float
    criterion: float
    resampled: Resampled | None

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the draws should not be trusted, if so."""
        if self.resampled is None:
            return ()
        found = []
        if not self.approximation.positive_definite:
            found.append("the second derivatives at the mode are not positive definite")
        if self.resampled.tempering is not None:
            found += [p for p in (self.resampled.tempering.problem,) if p]
        elif self.resampled.pareto_k > PARETO_K_LIMIT:
            found.append(
                f"Pareto k {self.resampled.pareto_k:.2f} exceeds {PARETO_K_LIMIT}: "
                "the posterior is harder to draw from than the importance weights can tell"
            )
        return tuple(found)


@dataclass(frozen=True, eq=False)
class BlockPosterior:
    """Draws of one block, averaged over its structures.

    Parameters
    ----------
    name
        The block's name.
    fits
        Every structure, fitted.
    shares
        For each structure that has draws: its index in ``fits`` and the positions of its draws in
        the joint numbering.
    draws
        Number of draws.
    """

    name: str
    fits: tuple[Fit, ...]
    shares: tuple[tuple[int, Any], ...]
    draws: int

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of which it has curves."""
        return tuple(self.fits[0].alternative.regions)

    @property
    def best(self) -> Fit:
        """The structure of the largest weight."""
        return max(self.fits, key=lambda fit: fit.weight)

    @property
    def misfit(self) -> Misfit:
        """How the data scatter about the best structure's curve."""
        return misfit(self.best.alternative, self.best.approximation)

    @property
    def problems(self) -> tuple[str, ...]:
        """What a reader must know of the fit, in words."""
        found = [f"{self._called(fit)}: {problem}" for fit in self.fits for problem in fit.problems]
        if self.misfit.is_serious:
            found.append(f"{self._called(self.best)}: {self.misfit.problem}{self._where}")
        return tuple(found)

    def _called(self, fit: Fit) -> str:
        if self._is_whole_body:
            return f"whole-body model {fit.alternative.name}"
        return f"{self.name}, {fit.alternative.name}"

    @property
    def _is_whole_body(self) -> bool:
        return len(self.regions) > 1

    @property
    def _where(self) -> str:
        """Where a whole body misses most, since it may be the model that is wrong."""
        if not self._is_whole_body:
            return ""
        regions = "; ".join(
            f"{each.region.replace('_', ' ')} (chi-square {each.misfit.chi_square:.1f} of "
            f"{len(each.measurements)} values)"
            for each in worst_regions(self)
        )
        return (
            f". Most of it lies in: {regions}. The model itself may be wrong there: compare with "
            "curves"
        )

    def scatter(self, per_structure: Sequence[Float[Any, "share *rest"]]) -> Any:
        """Put results computed for each structure's share in the order of the joint draws."""
        joint = np.empty((self.draws, *per_structure[0].shape[1:]))
        for (_, positions), values in zip(self.shares, per_structure, strict=True):
            joint[positions] = values
        return joint

    def each_share(self) -> list[tuple[Any, np.ndarray]]:
        """Return, for each structure with draws, the alternative and its log-parameters."""
        found = []
        for index, positions in self.shares:
            fit = self.fits[index]
            if fit.resampled is not None:
                found.append((fit.alternative, fit.resampled.draws[: len(positions)]))
        return found


def fit_block(
    block: BlockOfAlternatives, *, draws: int, seed: int, method: str = AUTO
) -> BlockPosterior:
    """Fit every structure of a block, weigh them, and draw from their average.

    Parameters
    ----------
    block
        The block.
    draws, seed
        Number of draws, and seed of the random streams.
    method
        ``"laplace"``, ``"smc"`` or ``"auto"``, see `theratwin.twin.calibrate`.
    """
    targets = [target_of(alternative) for alternative in block.alternatives]
    approximations = [laplace(target) for target in targets]
    criteria = [akaike(approximation) for approximation in approximations]
    weights = _kept(akaike_weights(criteria))
    counts = _counts(weights, draws)
    order = stream(seed, block.name, "order").permutation(draws)
    ends = np.cumsum(counts)
    shares = tuple(
        (index, np.sort(order[end - count : end]))
        for index, (end, count) in enumerate(zip(ends, counts, strict=True))
        if count
    )
    fits = tuple(
        Fit(
            target.alternative,
            approximation,
            float(weight),
            criterion,
            _draws_of(target, approximation, draws, seed, block.name, method) if count else None,
        )
        for target, approximation, weight, criterion, count in zip(
            targets, approximations, weights, criteria, counts, strict=True
        )
    )
    return BlockPosterior(block.name, fits, shares, draws)


def _draws_of(
    target: Target, approximation: Laplace, draws: int, seed: int, block: str, method: str
) -> Resampled:
    name = target.alternative.name
    if method == LAPLACE or (method == AUTO and not isinstance(target, SlopedTarget)):
        return resample(target, approximation, draws, stream(seed, block, name))
    if method == AUTO:
        # One round: proposals that are refitted look better to Pareto k than their tails are.
        found = resample(target, approximation, draws, stream(seed, block, name), rounds=1)
        if found.pareto_k <= PARETO_K_AIM:
            return found
    return full_posterior(target, approximation, draws, stream(seed, block, name, SMC))


def _kept(weights: np.ndarray) -> np.ndarray:
    kept = np.where(weights >= _NEGLIGIBLE, weights, 0.0)
    return kept / kept.sum()


def _counts(weights: np.ndarray, draws: int) -> np.ndarray:
    """Share the draws in proportion to the weights, by largest remainders."""
    exact = weights * draws
    counts = np.floor(exact).astype(int)
    missing = draws - counts.sum()
    counts[np.argsort(counts - exact)[:missing]] += 1
    return counts
