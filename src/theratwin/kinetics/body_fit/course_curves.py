"""The curves of a course by a fitted body, from samples of what the engine solves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from jaxtyping import Float

from theratwin.case import Administration
from theratwin.core import Pieces
from theratwin.dynamics import Solution
from theratwin.kinetics.body_fit.experiment import AMOUNT
from theratwin.kinetics.body_fit.grid import course_knots, integral_pieces
from theratwin.kinetics.body_fit.model import BodyModel

#: Draws solved at once, which bounds what is held beside the curves.
_CHUNK = 500

CourseCurves: TypeAlias = "dict[str, tuple[Pieces | None, ...]]"
#: Region to values and integrals, each of shape ``(draws, times)``.
Samples: TypeAlias = "dict[str, tuple[np.ndarray, np.ndarray]]"


class Solve(Protocol):
    """Solve a course for some draws at some times."""

    def __call__(
        self,
        theta: Float[Any, "draws parameters"],
        administrations: Sequence[Administration],
        times: Float[Any, " times"],
        **options: Any,
    ) -> Solution: ...


@dataclass(frozen=True, eq=False)
class Course:
    """A course of administrations of which curves are made.

    Parameters
    ----------
    model
        The body.
    administrations
        In order of time, from the first.
    appears
        Lesion to the number of the administration, from 0, at which it is first seen.
    """

    model: BodyModel
    administrations: Sequence[Administration]
    appears: Mapping[str, int]

    def curves(
        self,
        theta: Float[Any, "draws parameters"],
        solve: Solve,
        by_amount_of: Collection[str] = (),
    ) -> tuple[CourseCurves, CourseCurves]:
        """Return the curve of every region by each administration, and its derivative.

        Parameters
        ----------
        theta
            Draws, with the ratios of every cycle.
        solve
            What solves the course for them.
        by_amount_of
            Administrations whose cold ligand is differentiated by together; of none the
            derivatives are empty.
        """
        grid = course_knots(
            [a.time for a in self.administrations],
            [a.duration for a in self.administrations],
            self.model.decay_constant,
        )
        times = np.concatenate(grid)
        parts = [
            self._sampled(theta[begin : begin + _CHUNK], solve, times, by_amount_of)
            for begin in range(0, len(theta), _CHUNK)
        ]
        return (
            self._pieces([values for values, _ in parts], grid),
            self._pieces([slopes for _, slopes in parts], grid),
        )

    def _pieces(self, parts: Sequence[Samples], grid: Sequence[np.ndarray]) -> CourseCurves:
        """Join chunks of draws; make a curve of each administration's part of the samples."""
        ends = np.cumsum([len(times) for times in grid])
        found = {}
        for region in parts[0]:
            values, integrals = (np.concatenate([p[region][k] for p in parts]) for k in (0, 1))
            pieces = (
                integral_pieces(
                    times, values[:, end - len(times) : end], integrals[:, end - len(times) : end]
                )
                for times, end in zip(grid, ends, strict=True)
            )
            first = self.appears.get(region, 0)
            found[region] = tuple(p if k >= first else None for k, p in enumerate(pieces))
        return found

    def _sampled(
        self, theta: np.ndarray, solve: Solve, times: np.ndarray, by_amount_of: Collection[str]
    ) -> tuple[Samples, Samples]:
        """Return values and integrals at some times, and their derivatives by the amount."""
        model = self.model
        solution = solve(
            theta,
            self.administrations,
            times,
            keep=list(model.integrals.values()),
            by_amount_of=by_amount_of,
            sensitivities=[AMOUNT] if by_amount_of else [],
        )
        solution.require()
        slopes = solution.slopes.get(AMOUNT, {})
        names = {r: (model.activities[r], integral) for r, integral in model.integrals.items()}
        return (
            {r: (solution[value], solution[integral]) for r, (value, integral) in names.items()},
            {r: (slopes[v], slopes[i]) for r, (v, i) in names.items()} if slopes else {},
        )
