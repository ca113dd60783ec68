"""A population of one model, simulated chunk by chunk, with the time that it takes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.cli.processors import processors
from theratwin.cli.watch import doing
from theratwin.dynamics import Dose, Engine, Solution, Status, System
from theratwin.dynamics.populations.population import log_normal_population
from theratwin.dynamics.populations.population_result import Population
from theratwin.dynamics.populations.streaming import simulate_population


@dataclass(frozen=True)
class Simulation:
    """What was simulated, and how it went.

    Parameters
    ----------
    population
        Statuses and the summary.
    steps, rejections
        Of all patients, shape ``(patient,)``.
    compile_s, solve_s, total_s
        Seconds to compile (or load), to solve, and for all but compiling: draws and summary too.
    cached
        Whether the code came from the disk.
    threads
        Threads used.
    doses
        What was given, to all alike.
    varied, cv, rtol, atol
        As asked for.
    """

    population: Population
    steps: np.ndarray
    rejections: np.ndarray
    compile_s: float
    solve_s: float
    total_s: float
    cached: bool
    threads: int
    doses: tuple[Dose, ...]
    varied: tuple[str, ...]
    cv: float
    rtol: float
    atol: float

    @property
    def patients(self) -> int:
        """How many."""
        return self.population.patients

    @property
    def statuses(self) -> Mapping[Status, int]:
        """How many ended how."""
        return self.population.statuses


class _Timed(Engine):
    """An engine that adds up its time and its patients' steps."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.seconds = 0.0
        self.steps: list[np.ndarray] = []
        self.rejections: list[np.ndarray] = []

    def solve(self, *arguments: Any, **options: Any) -> Solution:
        """Solve as usual."""
        began = time.perf_counter()
        found = super().solve(*arguments, **options)
        self.seconds += time.perf_counter() - began
        self.steps.append(found.steps)
        self.rejections.append(found.rejections)
        return found


def run(
    system: System,
    times: Sequence[float],
    patients: int,
    *,
    doses: tuple[Dose, ...],
    varied: Sequence[str],
    cv: float,
    seed: int,
    quiet: bool,
    settings: Mapping[str, Any],
) -> Simulation:
    """Simulate patients with log-normal parameters.

    Parameters
    ----------
    system, times, patients
        What, when to report (h), how many.
    doses
        For all alike.
    varied, cv, seed
        As of `log_normal_population`.
    quiet
        Show no progress.
    settings
        Tolerances and threads of the engine.
    """
    began = time.perf_counter()
    with doing("Compiling", quiet=quiet):
        engine = _Timed(system)
        _, code = engine.code()
    ready = time.perf_counter()

    def draw(first: int, count: int) -> dict[str, np.ndarray]:
        return log_normal_population(system, varied, cv, count, seed, first)

    with _progress(quiet) as progress:
        population = simulate_population(
            engine,
            draw,
            times,
            outputs(system),
            patients,
            doses=doses,
            progress=progress,
            **settings,
        )
    return Simulation(
        population=population,
        steps=np.concatenate(engine.steps),
        rejections=np.concatenate(engine.rejections),
        compile_s=ready - began,
        solve_s=engine.seconds,
        total_s=time.perf_counter() - ready,
        cached=code.cached,
        # Fewer where there are not patients enough to fill the lanes of all.
        threads=min(settings["threads"] or processors(), -(-patients // engine.lanes)),
        doses=doses,
        varied=tuple(varied),
        cv=cv,
        rtol=settings["rtol"],
        atol=settings["atol"],
    )


def outputs(system: System) -> tuple[str, ...]:
    """Return what is reported: observables and quadratures, all states if there are none."""
    return (*system.observables, *system.quadratures) or system.names


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show how many patients are done, on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Simulating", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told
