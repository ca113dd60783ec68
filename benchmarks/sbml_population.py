"""A population of virtual patients on a published SBML model, against libroadrunner.

PSMA.sbml of qurit/PyCNO (192 species; ``../shared/reference/psma_pbpk_sbml``), 10 nmol hot and
100 nmol cold, a week, 41 times, hot amounts of 20 organs. Rate constants, receptor densities, kPS,
flow fractions, the renal extraction rate, the body surface and the volumes given as numbers are
log-normal with a coefficient of variation of 30 %; fractions (f_exc, phi, hematocrit), carriers of
units and what has an initial assignment stay. Peers: libroadrunner with the model loaded once, and
loaded anew for each patient, as PyCNO does. On one processor and on two, in one run; the error of
each is that of organs' amounts (above 1e-8 of the injected) against the engine at 1e-11, which
libroadrunner at 1e-12 confirms for the first patients.

    python benchmarks/sbml_population.py [PATIENTS] [PATIENTS_OF_ROADRUNNER] [LOADS]
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.files import write_text
from theratwin.dynamics import Engine, evaluate, log_normal_population
from theratwin.dynamics.expressions.expression import ZERO
from theratwin.io.sbml import SbmlModel, read_sbml

MODEL = Path(__file__).parents[2] / "shared/reference/psma_pbpk_sbml/PSMA.sbml"
RESULT = Path(__file__).parent / "results/sbml_population.json"
HOT, COLD = 10.0, 100.0
RTOL, ATOL, CV, SEED, ROUNDS = 1e-6, 1e-9, 0.3, 1, 3
TIMES = np.concatenate([[0.0], np.geomspace(0.5, 168.0 * 60.0, 40)])
PARTS = ("Vas", "Int", "Bound", "Intern", "Intera")
VARIED = re.compile(r"k_(on|off)|lambda(Intern|Rel)_\w+|R(den|0)_\w+|kPS_\w+|f_[A-Z]\w+|TER_\w+")


def organs(model: SbmlModel) -> dict[str, list[str]]:
    """Return the ids of the hot species of every organ."""
    found: dict[str, list[str]] = {}
    for path, id_ in model.paths.items():
        place, _, label = path.partition(".")
        if label in ("Hot", "AlbHot"):
            stem = next((place.removesuffix(p) for p in PARTS if place.endswith(p)), place)
            found.setdefault(stem, []).append(id_)
    return found


def varied(model: SbmlModel) -> list[str]:
    """Return the parameters of the population, by id."""
    document, known = model.document, model.system().parameters
    names = []
    for part in document.quantities.values():
        chosen = VARIED.fullmatch(part.name) or part.name == "bodySurfaceArea"
        volume = part.kind == "compartment"
        if (chosen or volume) and part.id in known and known[part.id] > 0.0:
            names.append(part.id)
    return names


def population(model: SbmlModel, patients: int) -> dict[str, np.ndarray]:
    """Return the patients' parameters, by id."""
    system = model.system()
    drawn = log_normal_population(system, varied(model), CV, patients, SEED)
    doses = {model.id_of("Vein.Hot"): HOT, model.id_of("Vein.Cold"): COLD}
    return drawn | {f"{id_}.initial": np.full(patients, v) for id_, v in doses.items()}


class Roadrunner:
    """libroadrunner with the model loaded, patient after patient.

    Its own way of changing what initial assignments use (``init(id)``) compiles the model again,
    seconds for each; so what they give is worked out here, for all patients at once, and set.
    """

    def __init__(self, rtol: float = RTOL, atol: float = ATOL) -> None:
        import roadrunner

        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
        self.solver = roadrunner.RoadRunner(str(MODEL))
        self.solver.integrator.relative_tolerance = rtol
        self.solver.integrator.absolute_tolerance = atol
        self.model = read_sbml(MODEL)
        self.organs = organs(self.model)
        species, states = self.solver.model.getFloatingSpeciesIds(), self.model.equations.states
        self.free = [i for i, id_ in enumerate(species) if id_ in states]
        self.solver.timeCourseSelections = [i for ids in self.organs.values() for i in ids]

    def values(self, drawn: dict[str, np.ndarray], count: int) -> list[np.ndarray]:
        """Return the values of parameters, volumes and amounts: patients by quantities."""
        equations, native = self.model.equations, self.solver.model
        ids = (native.getGlobalParameterIds(), native.getCompartmentIds())
        laws = [[equations.start(i) for i in group] for group in ids]
        species = native.getFloatingSpeciesIds()
        laws.append([equations.start_amount(species[i]) for i in self.free])
        known = {**equations.parameters, **drawn}
        return [
            np.stack([np.broadcast_to(v, count) for v in evaluate(group, known)], axis=1)
            for group in laws
        ]

    def patient(
        self, parameters: np.ndarray, volumes: np.ndarray, amounts: np.ndarray
    ) -> np.ndarray:
        """Return organs' hot amounts, shape ``(organ, time)``."""
        native = self.solver.model
        self.solver.reset()
        native.setGlobalParameterValues(parameters)
        native.setCompartmentVolumes(volumes)
        native.setFloatingSpeciesAmounts(self.free, amounts)
        rows = np.array(self.solver.simulate(times=TIMES))
        sums, first = [], 0
        for ids in self.organs.values():
            sums.append(rows[:, first : first + len(ids)].sum(axis=1))
            first += len(ids)
        return np.array(sums)


_LOADED: list[Roadrunner] = []


def begin(core: Any) -> None:
    """Load the model in a worker, on a processor of its own."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core.get()})
    _LOADED.append(Roadrunner())


def solved(drawn: dict[str, np.ndarray]) -> tuple[float, np.ndarray]:
    """Return the seconds that a worker took for its patients, and the amounts."""
    runner = _LOADED[0]
    patients = runner.values(drawn, len(next(iter(drawn.values()))))
    began = time.perf_counter()
    found = np.array([runner.patient(*row) for row in zip(*patients, strict=True)])
    return time.perf_counter() - began, found


def loaded_anew(drawn: dict[str, np.ndarray]) -> float:
    """Return the seconds that patients take with a load each."""
    count = len(next(iter(drawn.values())))
    patients = Roadrunner().values(drawn, count)
    began = time.perf_counter()
    for row in zip(*patients, strict=True):
        Roadrunner().patient(*row)
    return time.perf_counter() - began


def largest_error(found: np.ndarray, exact: np.ndarray) -> float:
    """Return the largest relative error where more than 1e-8 of the injected is there."""
    counts = exact > 1e-8 * HOT
    return float(np.max(np.abs(found[counts] / exact[counts] - 1.0)))


def part(drawn: dict[str, np.ndarray], chosen: slice) -> dict[str, np.ndarray]:
    """Return some of the patients."""
    return {name: values[chosen] for name, values in drawn.items()}


def own(engine: Engine, drawn: dict[str, np.ndarray], threads: int) -> tuple[float, np.ndarray]:
    """Return seconds and organs' amounts, shape ``(patient, organ, time)``."""
    began = time.perf_counter()
    solution = engine.solve(drawn, TIMES, keep=[], rtol=RTOL, atol=ATOL, threads=threads)
    seconds = time.perf_counter() - began
    assert np.all(solution.status == 0), np.unique(solution.status, return_counts=True)
    return seconds, np.stack(list(solution.observables.values()), axis=1)


def pool(count: int) -> ProcessPoolExecutor:
    """Return workers with the model loaded, each on its processor."""
    context = multiprocessing.get_context("spawn")
    cores = context.Queue()
    for core in sorted(os.sched_getaffinity(0))[:count]:
        cores.put(core)
    return ProcessPoolExecutor(count, context, initializer=begin, initargs=(cores,))


def main(patients: int, peers: int, loads: int) -> None:
    """Measure and write the result."""
    began = time.perf_counter()
    model = read_sbml(MODEL)
    sums = {
        organ: sum((model.expression(i, "amount") for i in ids), ZERO)
        for organ, ids in organs(model).items()
    }
    read_s = time.perf_counter() - began
    engine = Engine(model.system(sums))
    engine.code()
    ready_s = time.perf_counter() - began
    drawn = population(model, patients)
    some = part(drawn, slice(peers))
    exact = engine.solve(some, TIMES, keep=[], rtol=1e-11, atol=1e-14)
    truth = np.stack(list(exact.observables.values()), axis=1)
    judge = Roadrunner(1e-12, 1e-16)
    confirmed = judge.patient(*(v[0] for v in judge.values(part(drawn, slice(1)), 1)))
    own(engine, some, 1)  # once before, so that memory is there
    measured: dict[str, list[list[float]]] = {"own": [], "once": []}
    amounts: dict[str, np.ndarray] = {}
    with pool(1) as one, pool(2) as two:
        halves = [part(some, slice(k, None, 2)) for k in (0, 1)]
        one.submit(solved, part(some, slice(1))).result()
        list(two.map(solved, [part(half, slice(1)) for half in halves]))
        for _ in range(ROUNDS):
            single, amounts["own"] = own(engine, drawn, 1)
            measured["own"].append([1e3 * t / patients for t in (single, own(engine, drawn, 2)[0])])
            alone, amounts["once"] = one.submit(solved, some).result()
            both = max(seconds for seconds, _ in two.map(solved, halves))
            measured["once"].append([1e3 * t / peers for t in (alone, both)])
    anew = 1e3 * loaded_anew(part(drawn, slice(loads))) / loads
    mine, once = (np.median(np.array(measured[k]), axis=0) for k in ("own", "once"))
    result = {
        "model": "PSMA.sbml",
        "patients": patients,
        "patients_of_roadrunner": peers,
        "loads": loads,
        "varied": len(varied(model)),
        "processors": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "read_s": round(read_s, 3),
        "ready_s": round(ready_s, 3),
        "ms_a_patient": {
            "theratwin": [round(float(t), 4) for t in mine],
            "libroadrunner_loaded_once": [round(float(t), 3) for t in once],
            "libroadrunner_loaded_anew": round(anew, 1),
        },
        "times_faster": {
            "than_loaded_once": [round(float(b / a), 1) for a, b in zip(mine, once, strict=True)],
            "than_loaded_anew": round(anew / float(mine[0]), 1),
        },
        "largest_error": {
            "theratwin": largest_error(amounts["own"][:peers], truth),
            "libroadrunner": largest_error(amounts["once"], truth),
            "reference_against_libroadrunner_1e-12": largest_error(truth[0], confirmed),
        },
    }
    print(json.dumps(result, indent=1))
    write_text(RESULT, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:]]
    main(*(counts + [1000, 60, 3][len(counts) :]))
