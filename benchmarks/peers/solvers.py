"""The peers: each is built once, then solves rows of parameters.

A solver takes parameters of shape ``(patient, parameter)`` and returns the states at the times,
shape ``(patient, time, state)``.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from peers import coefficients, python_code, workload

Solver = Callable[[np.ndarray, int], np.ndarray]


def theratwin() -> Solver:
    """The engine; results are put into one array, as the peers give them."""
    from theratwin.dynamics import Engine

    engine, names = Engine(workload.system()), workload.system().names
    engine.code()

    def solve(rows: np.ndarray, threads: int) -> np.ndarray:
        found = engine.solve(
            workload.named(rows),
            workload.TIMES,
            rtol=workload.RTOL,
            atol=workload.ATOL,
            threads=threads,
        )
        return found.require().states[names[0]].base

    return solve


def c() -> Solver:
    """C for the same operations, by gcc."""
    from peers.c_code import source

    if shutil.which("gcc") is None:
        raise ImportError("gcc")
    folder = Path(tempfile.mkdtemp())
    unit, library = folder / "peer.c", folder / "peer.so"
    unit.write_text(source(workload.programs()))
    flags = ["-O3", "-march=native", "-ffast-math", "-fno-finite-math-only", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, str(unit), "-o", str(library), "-lm"], check=True)
    integrate = ctypes.CDLL(str(library)).integrate
    shutil.rmtree(folder)
    states = len(workload.system().names)

    def address(array: np.ndarray) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    def solve(rows: np.ndarray, threads: int) -> np.ndarray:
        rows, times = np.ascontiguousarray(rows), np.ascontiguousarray(workload.TIMES)
        out = np.empty((len(rows), len(times), states))
        steps = np.zeros((len(rows), 2), np.int32)

        def part(span: tuple[int, int]) -> None:
            integrate(
                *(ctypes.c_long(edge) for edge in span),
                address(rows),
                address(times),
                len(times),
                ctypes.c_double(workload.RTOL),
                ctypes.c_double(workload.ATOL),
                address(out),
                address(steps),
            )

        # Small parts, so that the threads end together, as the engine's do.
        edges = np.linspace(0, len(rows), 4 * threads + 1 if threads > 1 else 2).astype(int)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, pairwise(edges)))
        return out

    return solve


def sketch() -> Solver:
    """The engine's first sketch: its own C, by its own generator."""
    from peers.sketch import solver

    return solver()


def libroadrunner(as_written: bool = False, tighter: float = 1.0) -> Solver:
    """CVODE through libroadrunner, which compiles the SBML model with LLVM.

    Parameters
    ----------
    as_written
        Give it the laws as a modeler writes them, not coefficients prepared for it.
    tighter
        Divide both tolerances.
    """
    import roadrunner

    from peers import sbml
    from theratwin.dynamics.expressions.evaluate import evaluate

    runner = roadrunner.RoadRunner(sbml.text(as_written))
    settings = {
        "relative_tolerance": workload.RTOL / tighter,
        "absolute_tolerance": workload.ATOL / tighter,
        "stiff": True,
        "maximum_num_steps": 100_000,
    }
    for name, value in settings.items():
        runner.integrator.setValue(name, value)
    states, letter = len(workload.system().names), "p" if as_written else "c"
    runner.selections = ["time", *(f"s{i}" for i in range(states))]
    known = list(runner.model.getGlobalParameterIds())
    count = len(workload.system().parameters if as_written else sbml.coefficients())
    slots = np.array([known.index(f"{letter}{i}") for i in range(count)], np.int32)
    floating = list(runner.model.getFloatingSpeciesIds())
    order = np.array([floating.index(f"s{i}") for i in range(states)], np.int32)
    times = workload.TIMES.tolist()

    def constants(rows: np.ndarray) -> np.ndarray:
        if as_written:
            return rows
        values = evaluate(sbml.coefficients(), workload.named(rows))
        return np.stack([np.broadcast_to(v, len(rows)) for v in values], axis=1)

    def solve(rows: np.ndarray, threads: int) -> np.ndarray:
        table, begin = constants(rows), coefficients.initial(rows)
        out = np.empty((len(rows), len(times), states))
        for i in range(len(rows)):
            runner.reset()
            runner.model.setGlobalParameterValues(slots, np.ascontiguousarray(table[i]))
            runner.model.setFloatingSpeciesAmounts(order, np.ascontiguousarray(begin[i]))
            out[i] = np.asarray(runner.simulate(times=times))[:, 1:]
        return out

    return solve


def compiled(source: str, name: str, fast: bool = True) -> Callable:
    """Return a function compiled by Numba."""
    import numba

    space: dict = {}
    exec(compile(source, name, "exec"), space)
    return numba.njit(fastmath=fast)(space[name])


def lsoda() -> Solver:
    """SciPy's LSODA with the right-hand side and the Jacobian compiled by Numba."""
    from scipy.integrate import odeint

    slope_into = compiled(python_code.slope_source(), "slope")
    jacobian_into = compiled(python_code.jacobian_source(), "jacobian")
    states = len(workload.system().names)
    rates, matrix = np.empty(states), np.zeros((states, states))

    def slope(y: np.ndarray, t: float, k: np.ndarray) -> np.ndarray:
        slope_into(y, k, rates)
        return rates

    def jacobian(y: np.ndarray, t: float, k: np.ndarray) -> np.ndarray:
        jacobian_into(y, k, matrix)
        return matrix

    def solve(rows: np.ndarray, threads: int) -> np.ndarray:
        values, begin = coefficients.values(rows), coefficients.initial(rows)
        return np.stack(
            [
                odeint(
                    slope,
                    begin[i],
                    workload.TIMES,
                    args=(values[i],),
                    Dfun=jacobian,
                    rtol=workload.RTOL,
                    atol=workload.ATOL,
                    mxstep=100_000,
                )
                for i in range(len(rows))
            ]
        )

    return solve


def diffrax() -> Solver:
    """Kvaerno5 of diffrax, one compiled function for all patients, the equations as matrices."""
    import diffrax
    import jax

    from peers import quadratic

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    (target, first, second), count = quadratic.pattern()[0].T, len(workload.system().names)
    scatter = np.zeros((count, len(target)))
    scatter[target, np.arange(len(target))] = 0.5
    times = jnp.asarray(workload.TIMES)

    def slope(t: float, y: jax.Array, given: tuple[jax.Array, jax.Array]) -> jax.Array:
        matrix, numbers = given
        return matrix @ y + scatter @ (numbers * y[first] * y[second])

    @jax.jit
    def one(matrix: jax.Array, numbers: jax.Array, begin: jax.Array) -> jax.Array:
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(slope),
            diffrax.Kvaerno5(),
            t0=0.0,
            t1=workload.TIMES[-1],
            dt0=1e-6,
            y0=begin,
            args=(matrix, numbers),
            saveat=diffrax.SaveAt(ts=times),
            stepsize_controller=diffrax.PIDController(rtol=workload.RTOL, atol=workload.ATOL),
            max_steps=100_000,
        )
        return found.ys

    def solve(rows: np.ndarray, threads: int) -> np.ndarray:
        given = zip(*quadratic.terms(rows), coefficients.initial(rows), strict=True)
        return np.stack([one(*patient).block_until_ready() for patient in given])

    return solve


#: Name to what builds the solver. The first three take threads, the others processes.
SOLVERS = {
    "theratwin": theratwin,
    "c": c,
    "sketch-c": sketch,
    "libroadrunner": libroadrunner,
    "libroadrunner-as-written": partial(libroadrunner, as_written=True),
    # CVODE at the workload's tolerance errs some 25 times as much as the engine.
    "libroadrunner-same-error": partial(libroadrunner, tighter=30.0),
    "scipy-lsoda": lsoda,
    "diffrax-kvaerno5": diffrax,
}
THREADED = ("theratwin", "c", "sketch-c")
