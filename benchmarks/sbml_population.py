"""A population of virtual patients on a published SBML model, against libroadrunner.

PSMA.sbml of qurit/PyCNO (192 species; ``../shared/reference/psma_pbpk_sbml``), 10 nmol hot and
100 nmol cold, a week, 41 times, hot amounts of 20 organs. Rate constants, receptor densities, kPS,
flow fractions, the renal extraction rate, the body surface and the volumes given as numbers are
log-normal with a coefficient of variation of 30 %; fractions (f_exc, phi, hematocrit), carriers of
units and what has an initial assignment stay. Peers: libroadrunner with the model loaded once, and
PyCNO's way, a model for each patient: its values are written into the SBML text, which
libroadrunner loads, and so compiles (``Model.run_single_simulation`` of commit 7f0df55). On one
processor and on two, in one run; the error of each is that of organs' amounts (above 1e-8 of the
injected) against the engine at 1e-11, which libroadrunner at 1e-12 confirms for the first patient.

    python benchmarks/sbml_population.py [PATIENTS] [OF_ROADRUNNER] [OF_PYCNO]
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


def sums(rows: np.ndarray, groups: dict[str, list[str]]) -> np.ndarray:
    """Return organs' amounts, shape ``(organ, time)``, of columns in the order of the groups."""
    edges = np.cumsum([0] + [len(ids) for ids in groups.values()])
    return np.add.reduceat(rows, edges[:-1], axis=1).T


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

    def patients(self, drawn: dict[str, np.ndarray]) -> list[tuple[np.ndarray, ...]]:
        """Return each patient's values of parameters, volumes and amounts."""
        equations, native = self.model.equations, self.solver.model
        ids = (native.getGlobalParameterIds(), native.getCompartmentIds())
        laws = [[equations.start(i) for i in group] for group in ids]
        species = native.getFloatingSpeciesIds()
        laws.append([equations.start_amount(species[i]) for i in self.free])
        known, count = {**equations.parameters, **drawn}, len(next(iter(drawn.values())))
        columns = [
            np.stack([np.broadcast_to(v, count) for v in evaluate(group, known)], axis=1)
            for group in laws
        ]
        return list(zip(*columns, strict=True))

    def solve(self, patient: tuple[np.ndarray, ...]) -> np.ndarray:
        """Return organs' hot amounts, shape ``(organ, time)``."""
        parameters, volumes, amounts = patient
        native = self.solver.model
        self.solver.reset()
        native.setGlobalParameterValues(parameters)
        native.setCompartmentVolumes(volumes)
        native.setFloatingSpeciesAmounts(self.free, amounts)
        return sums(np.array(self.solver.simulate(times=TIMES)), self.organs)


class PyCNO:
    """PyCNO's steps for a patient: read the text, set the values, write, load, dose, simulate."""

    def __init__(self) -> None:
        import roadrunner

        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
        self.text = MODEL.read_text(encoding="utf-8")
        self.organs = organs(read_sbml(MODEL))

    def patients(self, drawn: dict[str, np.ndarray]) -> list[dict[str, float]]:
        """Return each patient's values by id, of doses ``ID.initial``."""
        columns = {name: values.tolist() for name, values in drawn.items()}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def solve(self, patient: dict[str, float]) -> np.ndarray:
        """Return organs' hot amounts, shape ``(organ, time)``."""
        import libsbml
        import roadrunner

        document = libsbml.readSBMLFromString(self.text)
        model, doses = document.getModel(), {}
        for id_, value in patient.items():
            if parameter := model.getParameter(id_):
                parameter.setValue(value)
            elif compartment := model.getCompartment(id_):
                compartment.setSize(value)
            else:
                doses[id_.removesuffix(".initial")] = value
        solver = roadrunner.RoadRunner(libsbml.writeSBMLToString(document))
        solver.integrator.maximum_num_steps = 20000
        solver.timeCourseSelections = [i for ids in self.organs.values() for i in ids]
        for id_, amount in doses.items():
            solver[id_] += amount
        return sums(np.array(solver.simulate(times=TIMES)), self.organs)


_PEERS: list[Roadrunner | PyCNO] = []


def begin(core: Any, peer: type[Roadrunner] | type[PyCNO]) -> None:
    """Make a peer in a worker, on a processor of its own."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core.get()})
    _PEERS.append(peer())


def solved(drawn: dict[str, np.ndarray]) -> tuple[float, np.ndarray]:
    """Return the seconds that a worker took for its patients, and the amounts."""
    runner = _PEERS[0]
    patients: Any = runner.patients(drawn)
    began = time.perf_counter()
    found = np.array([runner.solve(patient) for patient in patients])
    return time.perf_counter() - began, found


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


def pool(count: int, peer: type[Roadrunner] | type[PyCNO]) -> ProcessPoolExecutor:
    """Return workers that have begun with a peer, each on its processor."""
    context = multiprocessing.get_context("spawn")
    cores = context.Queue()
    for core in sorted(os.sched_getaffinity(0))[:count]:
        cores.put(core)
    return ProcessPoolExecutor(count, context, initializer=begin, initargs=(cores, peer))


def peer_times(
    peer: type[Roadrunner] | type[PyCNO], drawn: dict[str, np.ndarray]
) -> tuple[list[float], np.ndarray]:
    """Return milliseconds a patient on one and on two processors, and the amounts."""
    count = len(next(iter(drawn.values())))
    halves = [part(drawn, slice(k, None, 2)) for k in (0, 1)]
    with pool(1, peer) as one, pool(2, peer) as two:
        one.submit(solved, part(drawn, slice(1))).result()  # once before, so that all is loaded
        list(two.map(solved, [part(half, slice(1)) for half in halves]))
        alone, amounts = one.submit(solved, drawn).result()
        both = max(seconds for seconds, _ in two.map(solved, halves))
    return [1e3 * alone / count, 1e3 * both / count], amounts


def rounded(values: Any, digits: int) -> list[float]:
    """Return plain numbers."""
    return [round(float(value), digits) for value in values]


def main(patients: int, peers: int, loads: int) -> None:
    """Measure and write the result."""
    began = time.perf_counter()
    model = read_sbml(MODEL)
    amounts = {
        organ: sum((model.expression(i, "amount") for i in ids), ZERO)
        for organ, ids in organs(model).items()
    }
    read_s = time.perf_counter() - began
    engine = Engine(model.system(amounts))
    engine.code()
    ready_s = time.perf_counter() - began
    drawn = population(model, patients)
    some, few = part(drawn, slice(peers)), part(drawn, slice(loads))
    exact = engine.solve(some, TIMES, keep=[], rtol=1e-11, atol=1e-14)
    truth = np.stack(list(exact.observables.values()), axis=1)
    judge = Roadrunner(1e-12, 1e-16)
    confirmed = judge.solve(judge.patients(part(drawn, slice(1)))[0])
    own(engine, some, 1)  # once before, so that memory is there
    rounds: list[list[list[float]]] = []
    found: dict[str, np.ndarray] = {}
    for _ in range(ROUNDS):
        alone, found["own"] = own(engine, drawn, 1)
        mine = [1e3 * t / patients for t in (alone, own(engine, drawn, 2)[0])]
        once, found["once"] = peer_times(Roadrunner, some)
        anew, found["anew"] = peer_times(PyCNO, few)
        rounds.append([mine, once, anew])
    mine, once, anew = np.median(np.array(rounds), axis=0)
    result = {
        "model": "PSMA.sbml",
        "patients": patients,
        "patients_of_roadrunner": peers,
        "patients_of_pycno": loads,
        "varied": len(varied(model)),
        "processors": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "read_s": round(read_s, 3),
        "ready_s": round(ready_s, 3),
        "ms_a_patient_on_1_and_2_processors": {
            "theratwin": rounded(mine, 4),
            "libroadrunner_loaded_once": rounded(once, 3),
            "pycno": rounded(anew, 1),
        },
        "times_faster_on_1_and_2_processors": {
            "than_libroadrunner_loaded_once": rounded(once / mine, 1),
            "than_pycno": rounded(anew / mine, 0),
        },
        "largest_error": {
            "theratwin": largest_error(found["own"][:peers], truth),
            "libroadrunner_loaded_once": largest_error(found["once"], truth),
            "pycno": largest_error(found["anew"], truth[:loads]),
            "reference_against_libroadrunner_1e-12": largest_error(truth[0], confirmed),
        },
    }
    print(json.dumps(result, indent=1))
    write_text(RESULT, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:]]
    main(*(counts + [1000, 60, 6][len(counts) :]))
