r"""A Rosenbrock method's coefficients as derivatives are carried by it.

Along a direction the stages of a step with length h solve, with :math:`W = I/(h\gamma) - J`,

.. math:: W\,\mathrm dk_i = J_i\,\mathrm du_i + \frac1h \sum_{j<i} c_{ij}\,\mathrm dk_j + q_i,
   \qquad \mathrm du_i = s + \sum_{j<i} a_{ij}\,\mathrm dk_j .

In :math:`z_i = \mathrm du_i + \mathrm dk_i`, where a stage ends, the Jacobian J itself drops out,
because :math:`J\,\mathrm du = \mathrm du/(h\gamma) - W\,\mathrm du`:

.. math:: W z_i = \frac1h \Bigl( g_{i0}\, s + \sum_{j<i} g_{ij} z_j \Bigr)
   + (J_i - J)\,\mathrm du_i + q_i .

Only entries of J that change within the step are left to be multiplied by, and the derivative of
the state reached is the last z.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from theratwin.dynamics.solving.tableau import Tableau

#: A coefficient that is smaller, against the largest of its row, is what rounding left of zero.
ROUNDING = 1e-14

_Row = list[Fraction]


@dataclass(frozen=True)
class Combination:
    """A weighted sum of the derivative as the step begins and of those where its stages end.

    Parameters
    ----------
    start
        Weight of the former.
    stages
        Weights of the latter, the first stage first.
    """

    start: float
    stages: tuple[float, ...]


@dataclass(frozen=True)
class SlopeTableau:
    """The method in those terms.

    Parameters
    ----------
    right
        The right-hand side of each stage times h, without what changes within the step.
    begin
        Where each stage begins.
    dense
        One combination a power of theta: :math:`(1-\\theta) s + \\theta z_s + \\theta (1-\\theta)
        \\sum_r \\theta^r d_r` is the derivative within the step.
    """

    right: tuple[Combination, ...]
    begin: tuple[Combination, ...]
    dense: tuple[Combination, ...]

    @property
    def tail(self) -> int:
        """The last stage that does not begin where another ended."""
        return max(i for i, row in enumerate(self.begin) if row.start or not i)


@cache
def slope_tableau(method: Tableau) -> SlopeTableau:
    """Return the coefficients for a method, computed without rounding and rounded once.

    Examples
    --------
    >>> from theratwin.dynamics.solving.tableau import tableau
    >>> found = slope_tableau(tableau())
    >>> found.begin[1], found.begin[-1].stages
    (Combination(start=-2.0, stages=(3.0,)), (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0))
    """
    count, one = method.stages, Fraction(1)
    gamma = Fraction(method.gamma)
    # Rows that give dk from z - s.
    moves: list[_Row] = []
    for i in range(count):
        row = [Fraction(0)] * count
        row[i] = one
        for weight, move in zip(_exact(method.a[i]), moves, strict=False):
            row = [known - weight * m for known, m in zip(row, move, strict=True)]
        moves.append(row)
    begin = [_sum(_exact(method.a[i]), moves, count) for i in range(count)]
    right = []
    for i in range(count):
        pairs = zip(_padded(method.c[i], count), _padded(method.a[i], count), strict=True)
        right.append(_sum([c + a / gamma for c, a in pairs], moves, count))
    dense = [_sum(_exact(row), moves, count) for row in method.dense]
    return SlopeTableau(
        tuple(_combination(one / gamma, row[:i]) for i, row in enumerate(right)),
        tuple(_combination(one, row[:i]) for i, row in enumerate(begin)),
        tuple(_combination(Fraction(0), row) for row in dense),
    )


def _exact(row: tuple[float, ...]) -> _Row:
    return [Fraction(value) for value in row]


def _padded(row: tuple[float, ...], count: int) -> _Row:
    return [*_exact(row), *[Fraction(0)] * (count - len(row))]


def _sum(weights: _Row, rows: list[_Row], count: int) -> _Row:
    used = list(zip(weights, rows, strict=False))
    return [sum((w * row[j] for w, row in used), Fraction(0)) for j in range(count)]


def _combination(whole: Fraction, weights: _Row) -> Combination:
    """Return weights of s and z from the weight of s and weights of z - s."""
    start = whole - sum(weights, Fraction(0))
    limit = ROUNDING * max((float(abs(w)) for w in (whole, *weights)), default=0.0)
    kept = [float(w) if abs(w) > limit else 0.0 for w in (start, *weights)]
    return Combination(kept[0], tuple(kept[1:]))
