"""Populations of any size in bounded memory: chunk by chunk, reduced at once, restartable."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.distribution import Distribution
from theratwin.core.errors import InputError
from theratwin.dynamics.populations.chunk_files import ChunkFiles
from theratwin.dynamics.populations.population import sample_population
from theratwin.dynamics.populations.population_result import MOST_FAILED, Population
from theratwin.dynamics.populations.summary import Summary
from theratwin.dynamics.solving.dosing import Dose
from theratwin.dynamics.solving.engine import Engine
from theratwin.dynamics.solving.solution import Solution
from theratwin.dynamics.solving.status import Status

#: Settings that change the time that a run takes, not its results.
_WITHOUT_EFFECT = ("threads", "chunk")

Draw = Callable[[int, int], Mapping[str, Any]]
Doses = Iterable[Dose] | Callable[[int, int], Iterable[Dose]]


def simulate_population(
    engine: Engine,
    parameters: Draw | Mapping[str, Distribution],
    times: Any,
    outputs: Sequence[str],
    patients: int,
    *,
    seed: int | None = None,
    chunk: int = 4096,
    doses: Doses = (),
    out: Path | str | None = None,
    columns: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Population:
    """Simulate many patients and keep their summary; memory does not grow with their number.

    The result is the same for any number of threads and lanes, interrupted or not. Another chunk
    changes the last digits of means and standard deviations, and nothing else.

    Parameters
    ----------
    engine
        The compiled system.
    parameters
        Distributions, drawn with the seed; or a function of the place of the first patient and
        the number of patients that returns an array each, as `log_normal_population` made
        partial.
    times
        When (h), shape ``(time,)``, the same for all.
    outputs
        States, quadratures and observables to summarize.
    patients
        How many.
    seed
        Of the draws; only with distributions.
    chunk
        Patients in memory at once.
    doses
        Doses for all alike, or a function like that of the parameters.
    out
        A folder for a file a chunk. A run that finds files of its own there goes on after them.
    columns
        Outputs to write for each patient as well, as CSV into the folder.
    progress
        Called with the number of patients done, and of all.
    **options
        As of `Engine.solve`: ``start``, ``end``, and `Settings` but for ``chunk``.

    Raises
    ------
    InputError
        If a name is unknown, or the folder holds something else or another run. A patient who
        cannot be solved is no error: see `Population.statuses`.

    Examples
    --------
    >>> from theratwin.core.distribution import LogNormal
    >>> from theratwin.dynamics import model
    >>> engine = Engine(model("one-compartment").system())
    >>> found = simulate_population(
    ...     engine, {"clearance": LogNormal(3000.0, 1.3)}, [24.0], ["concentration"], 100, seed=1
    ... )
    >>> found.patients, found.quantile("concentration", 0.5) > 0.0
    (100, array([ True]))
    """
    run = _Run(
        engine,
        _draw(parameters, seed),
        doses,
        np.ascontiguousarray(times, dtype=float),
        tuple(outputs),
        tuple(columns),
        options,
    )
    run.check(patients, chunk)
    files = None
    if out is not None:
        files = ChunkFiles(Path(out), columns=bool(columns))
        files.open({**run.description(), "patients": patients, "chunk": chunk})
    elif columns:
        raise InputError("columns need a folder", field="columns", remedy="Give out=FOLDER.")
    whole: Population | None = None
    for part in _parts(run, files, patients, chunk):
        whole = part if whole is None else whole.merged(part)
        if progress is not None:
            progress(whole.patients, patients)
    assert whole is not None  # There is at least one patient.
    if files is not None:
        files.finish(whole.to_dict())
    return whole


def _draw(parameters: Draw | Mapping[str, Distribution], seed: int | None) -> Draw:
    if not isinstance(parameters, Mapping):
        if seed is not None:
            raise InputError(
                "a seed goes with distributions",
                field="seed",
                value=seed,
                remedy="Let the function of the parameters use it.",
            )
        return parameters
    if seed is None:
        raise InputError("distributions are drawn with a seed", field="seed", remedy="seed=1")
    distributions = dict(parameters)

    def drawn(first: int, count: int) -> Mapping[str, Any]:
        return sample_population(distributions, count, seed, first)

    return drawn


def _parts(run: _Run, files: ChunkFiles | None, patients: int, chunk: int) -> Iterator[Population]:
    """Yield the chunks in order, from the folder if they are there."""
    for index, first in enumerate(range(0, patients, chunk)):
        count = min(chunk, patients - first)
        given = run.parameters(first, count)
        doses = run.given_doses(first, count)
        if files is None:
            yield run.solved(given, doses, first, count)[0]
            continue
        identity = _identity(given, doses, first)
        kept = files.read(index, identity)
        if kept is None:
            part, solution = run.solved(given, doses, first, count)
            files.write(index, identity, part.to_dict(), run.rows(solution, first))
            kept = part.to_dict()
        yield Population.from_dict(kept)


def _identity(given: Mapping[str, np.ndarray], doses: Sequence[Dose], first: int) -> str:
    """Return a digest of what a chunk is solved from."""
    digest = hashlib.sha256(f"{first}".encode())
    fields = [(name, given[name]) for name in sorted(given)]
    for dose in doses:
        fields += [(f"{type(dose).__name__}.{name}", value) for name, value in vars(dose).items()]
    for name, value in fields:
        array = value.encode() if isinstance(value, str) else np.asarray(value, float).tobytes()
        digest.update(f"\0{name}\0{np.shape(value)}\0".encode() + array)
    return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class _Run:
    """What all chunks share."""

    engine: Engine
    draw: Draw
    doses: Doses
    times: np.ndarray
    outputs: tuple[str, ...]
    columns: tuple[str, ...]
    options: Mapping[str, Any]

    def check(self, patients: int, chunk: int) -> None:
        """Raise `InputError` for what would otherwise fail later, or be ignored."""
        system = self.engine.system
        known = [*system.names, *system.quadratures, *system.observables]
        for field, names in (("outputs", self.outputs), ("columns", self.columns)):
            for name in names:
                if name not in known:
                    raise InputError("no such output", field=field, value=name, allowed=known)
            if len(set(names)) < len(names):
                raise InputError("an output stands twice", field=field, value=list(names))
        if not self.outputs or self.times.ndim != 1 or not self.times.size:
            field = "times" if self.outputs else "outputs"
            raise InputError("at least one is needed", field=field)
        for field, value in (("patients", patients), ("chunk", chunk)):
            if value < 1:
                raise InputError("must be one or more", field=field, value=value)
        for name in ("keep", "curves", "sensitivities"):
            if name in self.options:
                raise InputError("not for populations", field=name)
        for name, value in self.options.items():
            if np.ndim(value):
                raise InputError("one number is needed, for all patients", field=name)

    def description(self) -> dict[str, Any]:
        """Return what decides the results of all chunks."""
        interface, _ = self.engine.code()
        settings = {
            name: value if isinstance(value, bool | int) else float(value)
            for name, value in self.options.items()
            if name not in _WITHOUT_EFFECT
        }
        return {
            "code": interface.digest,
            "times": self.times.tolist(),
            "outputs": list(self.outputs),
            "columns": list(self.columns),
            "options": settings,
        }

    def parameters(self, first: int, count: int) -> dict[str, np.ndarray]:
        """Return the parameters of some patients, spread over them."""
        given = {name: np.asarray(value, float) for name, value in self.draw(first, count).items()}
        for name, value in given.items():
            if value.shape not in ((), (count,)):
                raise InputError(
                    "one number, or one for each patient, is needed",
                    field=f"parameters.{name}",
                    value=value.shape,
                    allowed=f"() or ({count},)",
                )
        return {name: np.broadcast_to(value, (count,)) for name, value in given.items()}

    def given_doses(self, first: int, count: int) -> list[Dose]:
        """Return the doses of some patients."""
        return list(self.doses(first, count) if callable(self.doses) else self.doses)

    def solved(
        self, given: Mapping[str, np.ndarray], doses: Sequence[Dose], first: int, count: int
    ) -> tuple[Population, Solution]:
        """Solve one chunk and summarize it."""
        observables = self.engine.system.observables
        wanted = dict.fromkeys((*self.outputs, *self.columns))
        end = self.options.get("end")
        solution = self.engine.solve(
            given,
            self.times,
            doses=doses,
            keep=[name for name in wanted if name not in observables],
            # An end for each says how many patients there are, even if they are all alike.
            **{**self.options, "end": np.full(count, self.times[-1] if end is None else end)},
        )
        good, status = solution.good, solution.status
        values = np.stack([solution[name][good] for name in self.outputs], axis=-1)
        found, counts = np.unique(status, return_counts=True)
        population = Population(
            self.times,
            self.outputs,
            len(status),
            {Status(s): int(n) for s, n in zip(found, counts, strict=True)},
            tuple((first + int(i), Status(status[i])) for i in np.flatnonzero(~good)[:MOST_FAILED]),
            Summary.of(values),
        )
        return population, solution

    def rows(self, solution: Solution, first: int) -> Iterator[list[Any]]:
        """Yield a heading, and a row for each patient, of the columns wanted."""
        yield ["patient", "status", *(f"{n} at {t:g} h" for n in self.columns for t in self.times)]
        for i, status in enumerate(solution.status):
            numbers = (value for name in self.columns for value in solution[name][i].tolist())
            yield [first + i, Status(status).name, *numbers]
