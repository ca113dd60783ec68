"""The equations as matrices, which is how array programs like them best.

The workload is quadratic in the states: f = A y + T(y, y) / 2, with A the Jacobian at zero and T
its change along each state, both exact.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from peers import workload
from theratwin.dynamics.expressions.evaluate import evaluate


def _jacobians(rows: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Return the nonzeros of the Jacobian, shape ``(patient, point, entry)``."""
    values = {name: column[:, None] for name, column in workload.named(rows).items()}
    values |= dict(zip(workload.system().names, states.T, strict=True))
    found = evaluate(list(workload.programs().jacobian.values()), values)
    return np.stack([np.broadcast_to(v, (len(rows), len(states))) for v in found], axis=-1)


@cache
def pattern() -> tuple[np.ndarray, np.ndarray]:
    """Return row, column and state of each nonzero of T, and the Jacobian's rows and columns."""
    entries = np.array(list(workload.programs().jacobian))
    count = len(workload.system().names)
    points = np.vstack([np.zeros(count), np.eye(count)])
    found = _jacobians(workload.population(1), points)[0]
    state, entry = np.nonzero(found[1:] != found[0])
    return np.column_stack([entries[entry], state]), entries


def terms(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return A, shape ``(patient, state, state)``, and the numbers of T, ``(patient, term)``."""
    triples, entries = pattern()
    count = len(workload.system().names)
    found = _jacobians(rows, np.vstack([np.zeros(count), np.eye(count)]))
    matrices = np.zeros((len(rows), count, count))
    matrices[:, entries[:, 0], entries[:, 1]] = found[:, 0]
    place = {(int(i), int(j)): n for n, (i, j) in enumerate(entries)}
    columns = [place[int(i), int(j)] for i, j, _ in triples]
    return matrices, found[:, 1 + triples[:, 2], columns] - found[:, 0, columns]
