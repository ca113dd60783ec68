r"""Whether the coefficients of a Rosenbrock method have the order that is said of them.

In the untransformed form, with :math:`\Gamma = (I/\gamma - C)^{-1}`, :math:`\alpha = A \Gamma`,
:math:`\beta = \alpha + \Gamma` and :math:`b^T = m^T \Gamma`, a method is of order p if for each
rooted tree t of up to p nodes :math:`\sum_i b_i \Phi_i(t) = 1 / t!`, where a node with one branch
takes :math:`\beta` and one with several takes :math:`\alpha` (Hairer and Wanner 1996, section
IV.7).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from itertools import combinations_with_replacement

import numpy as np
from jaxtyping import Float

from theratwin.dynamics.solving.tableau import Tableau

#: A rooted tree: its branches.
Tree = tuple


@cache
def trees(nodes: int) -> tuple[Tree, ...]:
    """Return the rooted trees of some number of nodes.

    Examples
    --------
    >>> [len(trees(n)) for n in range(1, 7)]
    [1, 1, 2, 4, 9, 20]
    """
    return tuple(forest for forest in _forests(nodes - 1, nodes - 1))


@cache
def _forests(nodes: int, largest: int) -> tuple[tuple[Tree, ...], ...]:
    """Return the sets of trees of no more than the largest size that have so many nodes."""
    if nodes == 0:
        return ((),)
    found: list[tuple[Tree, ...]] = []
    for size in range(1, min(nodes, largest) + 1):
        for count in range(1, nodes // size + 1):
            for rest in _forests(nodes - count * size, size - 1):
                chosen = combinations_with_replacement(trees(size), count)
                found += [(*first, *rest) for first in chosen]
    return tuple(found)


def factorial(tree: Tree) -> int:
    """Return t!: the number of nodes, times the factorials of the branches."""
    return _nodes(tree) * math.prod(factorial(branch) for branch in tree)


def _nodes(tree: Tree) -> int:
    return 1 + sum(_nodes(branch) for branch in tree)


def _largest(defects: Iterable[float]) -> float:
    return float(max(map(abs, defects)))


class Conditions:
    """The conditions that a method meets, as far as rounding lets one see.

    Parameters
    ----------
    method
        Its coefficients.

    Examples
    --------
    >>> from theratwin.dynamics.solving.tableau import tableau
    >>> conditions = Conditions(tableau())
    >>> [conditions.defect(order) < 1e-13 for order in (4, 5, 6)]
    [True, True, False]
    """

    def __init__(self, method: Tableau) -> None:
        self.method, stages = method, method.stages
        a, c = np.zeros((2, stages, stages))
        for i in range(stages):
            a[i, :i], c[i, :i] = method.a[i], method.c[i]
        self.gamma = np.linalg.inv(np.eye(stages) / method.gamma - c)
        self.alpha = a @ self.gamma
        self.beta = self.alpha + self.gamma
        # y1 = u_s + k_s, and the embedded solution is u_s.
        self.embedded = a[-1] @ self.gamma
        self.weights = self.embedded + self.gamma[-1]

    def defect(self, order: int, embedded: bool = False) -> float:
        """Return the largest defect of the conditions with so many nodes."""
        weights = self.embedded if embedded else self.weights
        return _largest(weights @ self._stages(t) - 1.0 / factorial(t) for t in trees(order))

    def dense_defect(self, order: int, fraction: float) -> float:
        """Return the same for the dense output at a fraction of the step."""
        rows = np.array(self.method.dense)
        bend = fraction * (1.0 - fraction) * fraction ** np.arange(len(rows)) @ rows @ self.gamma
        weights = fraction * self.weights + bend
        due = fraction**order
        return _largest(weights @ self._stages(t) - due / factorial(t) for t in trees(order))

    def amplification(self, z: complex, embedded: bool = False) -> complex:
        """Return the stability function R(z), by which a step multiplies y in y' = (z/h) y."""
        weights, ones = self.embedded if embedded else self.weights, np.ones(len(self.beta))
        if math.isinf(abs(z)):
            return 1.0 - weights @ np.linalg.solve(self.beta, ones)
        return 1.0 + z * (weights @ np.linalg.solve(np.eye(len(ones)) - z * self.beta, ones))

    def _stages(self, tree: Tree) -> Float[np.ndarray, " stage"]:
        """Return the tree's elementary weight at each stage."""
        if not tree:
            return np.ones(len(self.beta))
        if len(tree) == 1:
            return self.beta @ self._stages(tree[0])
        return np.prod([self.alpha @ self._stages(branch) for branch in tree], axis=0)
