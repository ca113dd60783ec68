"""What one processor can do, and how much arithmetic a step takes."""

from __future__ import annotations

import time

import numpy as np

from peers import workload
from peers.python_code import jacobian_program
from theratwin.dynamics.solving.operations import Program
from theratwin.dynamics.solving.ordering import minimum_degree
from theratwin.dynamics.solving.tableau import tableau

_SIZE = 768


def matrix_product_rate() -> float:
    """Return floating-point operations a second of a product of matrices, whatever the threads."""
    a = np.random.default_rng(0).standard_normal((_SIZE, _SIZE))
    seconds = []
    for _ in range(5):
        began = time.process_time()
        a @ a
        seconds.append(time.process_time() - began)
    return 2.0 * _SIZE**3 / min(seconds)


def operations_a_step() -> int:
    """Return the additions and multiplications of one step of one patient.

    Counted in the programs as they are written; a fused multiply-add counts as two, the driver
    and the output not at all.
    """
    found, method = workload.programs(), tableau()
    size = found.size
    elimination = minimum_degree(size, found.jacobian)
    below = sum(len(pivot.rows) for pivot in elimination.pivots)
    above = sum(len(pivot.columns) for pivot in elimination.pivots)
    factor = 2 * elimination.multiplications + below + size
    matrix = _count(jacobian_program()) + size
    solve = 2 * (below + above) + size
    stage_sums = 0
    for stage in range(1, method.stages):
        states = 1 if method.adds_last(stage) else 2 * sum(1 for w in method.a[stage] if w)
        stage_sums += size * (states + 2 * len(method.c[stage]) + 1)
    error = 7 * size
    stages = method.stages * (_count(found.programs["slope"]) + solve)
    return matrix + factor + stages + stage_sums + error


def _count(program: Program) -> int:
    return sum(1 for node in program.operations() if node.op in ("add", "sub", "mul", "div"))
