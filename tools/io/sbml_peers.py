"""Models in other programs, COPASI and libroadrunner: the library's as SBML, and SBML files.

Every species that starts empty gets an amount, the others start as the model says; 24 h, at seven
times; what is compared are all species, variables, observables and integrals. Differences are of a
column's largest value. Each program runs in a process of its own. They are no dependency:

    pip install --target PEERS copasi-basico libroadrunner
    PYTHONPATH=src:PEERS python tools/io/sbml_peers.py [MODEL ...] [FILE.xml ...]

A file runs for 10080 of its own units of time (a week of minutes). COPASI also writes it out again,
and what we make of that is compared with what we make of the file.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from theratwin.cli.model_library import known_model, known_models
from theratwin.dynamics import Bolus, Engine, Network
from theratwin.io.sbml import SbmlModel, check_sbml, sbml_model, sbml_text

TIMES = np.linspace(0.0, 24.0, 7)
RTOL, ATOL = 1e-11, 1e-14
#: What every input is held at, such as a dose rate (Gy/h).
INPUT = 0.5
Columns = Mapping[str, np.ndarray]


def responses() -> dict[str, Callable[[], Network]]:
    """Return networks of what dose does, by name; their inputs are held."""
    from theratwin.response import blood, immune, mixtures, tumor
    from theratwin.response.cell_survival import cell_model, neira_population

    cells = ("linear", "lq", "lq-l", "lpl", "rmr", "tlk", "neira", "lq-mixed", "medras-rpt")
    return {
        **{name: lambda name=name: cell_model(name).network() for name in cells},
        "neira-population": neira_population,
        "tumor": tumor.tumor_network,
        "extinction": tumor.extinction_network,
        "population-psa": tumor.population_psa_network,
        "friberg": blood.friberg,
        "hematopoiesis": blood.hematopoiesis,
        "docetaxel": blood.docetaxel_kinetics,
        "immune-lite": immune.immune_lite,
        "competing-ligands": mixtures.competing_ligands_network,
    }


def amounts(network: Network) -> dict[str, float]:
    """Return what is given at the start (nmol): to all species that a constant starts."""
    empty = [s for s in network.species if s.initial.op == "constant"]
    return {s.name: 1.0 + i % 7 for i, s in enumerate(empty)}


def with_amounts(text: str, given: Mapping[str, float]) -> str:
    """Return SBML with initial amounts, by the ids or names of species."""
    import libsbml

    source = libsbml.readSBMLFromString(text)
    for species in source.getModel().getListOfSpecies():
        added = given.get(species.getId(), given.get(species.getName()))
        if added is not None:
            species.setInitialAmount(species.getInitialAmount() + added)
    return str(libsbml.writeSBMLToString(source))


def ours(network: Network, given: Mapping[str, float]) -> Columns:
    """Return our own solution, of the network itself."""
    system = network.system(dict.fromkeys((p.name for p in network.inputs), INPUT))
    doses = [Bolus(name, 0.0, amount) for name, amount in given.items()]
    found = Engine(system, level=0).solve({}, TIMES, doses=doses, rtol=RTOL, atol=ATOL).require()
    names = [*system.names, *system.observables, *system.quadratures]
    return {name: found[name][0] for name in names}


def roadrunner(text: str, ids: Mapping[str, str], times: list[float]) -> Columns:
    """Return libroadrunner's solution."""
    import roadrunner as program

    model = program.RoadRunner(text)
    model.integrator.relative_tolerance = RTOL
    model.integrator.absolute_tolerance = ATOL
    model.integrator.maximum_num_steps = 200_000
    model.timeCourseSelections = ["time", *ids.values()]
    found = np.array(model.simulate(times=times))
    return {name: found[:, 1 + i] for i, name in enumerate(ids)}


def copasi(text: str, ids: Mapping[str, str], times: list[float]) -> Columns:
    """Return COPASI's solution; its species are counts of particles, turned into amounts."""
    import basico

    model = basico.load_model_from_string(text)
    found = basico.run_time_course(
        values=times,
        use_numbers=True,
        use_sbml_id=True,
        r_tol=RTOL,
        a_tol=ATOL,
        max_steps=10_000_000,
        model=model,
    )
    per_amount = model.getModel().getQuantity2NumberFactor()
    known = basico.get_species(model=model)
    species = set() if known is None else set(known["sbml_id"])
    return {
        name: found[id_].to_numpy() / (per_amount if id_ in species else 1.0)
        for name, id_ in ids.items()
    }


def copasi_written(text: str, ids: Mapping[str, str], times: list[float]) -> Columns:
    """Return our own solution of what COPASI makes of a file and writes out."""
    import basico

    model = basico.load_model_from_string(text)
    read = sbml_model(basico.save_model_to_string(type="sbml", model=model))
    return solved_here(read, ids, times)


def solved_here(model: SbmlModel, ids: Mapping[str, str], times: list[float]) -> Columns:
    """Return our own solution of a file: species as amounts."""
    species = [id_ for id_ in ids.values() if id_ in model.document.species]
    found = model.simulate(times, ids.values(), amounts=species, rtol=RTOL, atol=ATOL)
    return {name: found[id_][0] for name, id_ in ids.items()}


def difference(found: Columns, expected: Columns) -> tuple[float, str]:
    """Return the largest difference, of its column's largest value, and the column."""
    worst = (0.0, "")
    for name, values in expected.items():
        size = np.max(np.abs(values))
        if size > 0.0:
            worst = max(worst, (float(np.max(np.abs(found[name] - values)) / size), name))
    return worst


def problems(text: str) -> Counter[str]:
    """Return what libSBML's full check finds, units and practice included."""
    import libsbml

    source = libsbml.readSBMLFromString(text)
    source.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    source.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, True)
    source.checkConsistency()
    log = (source.getError(i) for i in range(source.getNumErrors()))
    return Counter(f"{e.getErrorId()} {e.getSeverityAsString()}" for e in log)


PEERS: dict[str, Callable[[str, Mapping[str, str], list[float]], Columns]] = {
    "COPASI": copasi,
    "libroadrunner": roadrunner,
    "COPASI, written out": copasi_written,
}


def solved(peer: str, text: str, ids: Mapping[str, str], times: list[float]) -> Columns:
    """Return a peer's solution, from a process of its own.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, "--peer", peer],
        input=json.dumps([text, ids, times]),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no word").splitlines()[-1]
        raise RuntimeError(f"exit status {done.returncode}: {last}")
    found = json.loads(done.stdout.splitlines()[-1])
    if any(len(values) < len(times) for values in found.values()):
        raise RuntimeError("ends early")
    return {name: np.array(values) for name, values in found.items()}


def serve(peer: str) -> None:
    """Solve what stands on stdin by a peer, and print it."""
    found = PEERS[peer](*json.load(sys.stdin))
    print("\n" + json.dumps({name: values.tolist() for name, values in found.items()}))


def library_row(name: str) -> list[str]:
    """Return a row of the table: a network against every peer."""
    network = responses()[name]() if name in responses() else known_model(name)
    given = amounts(network)
    plain = sbml_text(network, dict.fromkeys((p.name for p in network.inputs), INPUT))
    text = with_amounts(plain, given)
    read = sbml_model(text)
    expected = ours(network, given)
    ids = {column: read.id_of(column) for column in expected}
    return [name, str(len(network.species)), *differences(text, ids, expected, TIMES), *said(plain)]


def file_row(path: str) -> list[str]:
    """Return a row of the table: a file, its empty species filled."""
    plain = Path(path).read_text(encoding="utf-8")
    document = sbml_model(plain).document
    free = [s.id for s in document.species.values() if s.id not in document.initial]
    text = with_amounts(plain, {id_: 1e-3 * (1.0 + i % 7) for i, id_ in enumerate(free)})
    read = sbml_model(text)
    ids = {id_: id_ for id_ in document.species}
    times = np.linspace(0.0, 10080.0, 7)
    expected = solved_here(read, ids, times.tolist())
    row = [Path(path).name, str(len(document.species))]
    return [*row, *differences(text, ids, expected, times), *said(plain)]


def differences(
    text: str, ids: Mapping[str, str], expected: Columns, times: np.ndarray
) -> list[str]:
    """Return how far each peer is off, and where."""
    found = [str(len(ids))]
    for peer in PEERS:
        try:
            size, where = difference(solved(peer, text, ids, times.tolist()), expected)
            found.append(f"{size:.1e} ({where})")
        except RuntimeError as error:
            found.append(str(error))
    return found


def said(text: str) -> list[str]:
    """Return what libSBML and our own checks say."""
    findings = check_sbml(sbml_model(text))
    return [str(dict(problems(text))), "; ".join(f.node for f in findings)]


def main(names: list[str]) -> None:
    """Print the table, as Markdown."""
    warnings.simplefilter("ignore")
    print(f"| model | species | columns | {' | '.join(PEERS)} | libSBML | checks |")
    for name in names or [*known_models(), *responses()]:
        row = file_row(name) if Path(name).is_file() else library_row(name)
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        serve(sys.argv[2])
    else:
        main(sys.argv[1:])
