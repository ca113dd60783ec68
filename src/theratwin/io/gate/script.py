"""The Python script that runs a case in GATE 10 (opengate 10.0.3 and 10.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from theratwin.io.gate.source import Emission, IonSource

#: Files of a case.
ACTIVITY, CT, MATERIALS, DENSITIES = "activity.mhd", "ct.mhd", "materials.txt", "densities.txt"
#: Files that GATE, and the script's last lines, write into the folder of output.
OUTPUT, DOSE, UNCERTAINTY, DECAYS = "output", "dose.mhd", "dose_uncertainty.mhd", "decays.json"


@dataclass(frozen=True, eq=False)
class GateRun:
    """What the script is told.

    Parameters
    ----------
    nuclide
        Its name.
    source
        The ion, or the particles emitted.
    decays
        Decays to simulate, over all threads.
    shape, voxel_size
        Of the activity, which is the grid of the dose too; mm.
    translation
        From the center of the CT to that of the activity, along the axes of the images, mm.
    extent
        Edges of the CT, mm.
    medium
        Where there is no CT: mass fractions by element, and density (g/mL), of the one material.
    seed, threads
        Of the simulation.
    """

    nuclide: str
    source: IonSource | Sequence[Emission]
    decays: int
    shape: tuple[int, ...]
    voxel_size: np.ndarray
    translation: np.ndarray
    extent: np.ndarray
    medium: tuple[Mapping[str, float], float] | None
    seed: int
    threads: int


def script(run: GateRun) -> str:
    """Return the text of the script."""
    return "\n".join([_head(run), _matter(run), _physics(), _sources(run), _actors(run), _end()])


_TABLES = "from opengate.geometry.materials import HounsfieldUnit_to_material\n"


def _vector(values: Sequence[float] | np.ndarray) -> str:
    return "[" + ", ".join(f"{float(value):.9g}" for value in values) + "]"


def _head(run: GateRun) -> str:
    return f'''"""{run.nuclide} in a patient's images: absorbed dose by GATE 10.

Written by theratwin. Research use only. Not a medical device.
Run with: python run.py   (needs opengate 10.0.3 or newer)
"""

import json
from pathlib import Path

import opengate as gate
{"" if run.medium else _TABLES}
FOLDER = Path(__file__).resolve().parent
DECAYS = {run.decays}  # to simulate, over all threads
THREADS = {run.threads}
SEED = {run.seed}
DENSITY_TOLERANCE = 0.05  # g/cm3: materials are told apart by this step of density
PRODUCTION_CUT = 0.1  # mm, within the patient

m, mm = gate.g4_units.m, gate.g4_units.mm
g_cm3 = gate.g4_units.g_cm3


def main():
    sim = gate.Simulation()
    sim.number_of_threads = THREADS
    sim.random_seed = SEED
    sim.output_dir = FOLDER / "{OUTPUT}"
    sim.progress_bar = True
    sim.world.size = {_vector(1.2 * run.extent + 100.0)}  # mm
    sim.world.material = "G4_AIR"
'''


def _matter(run: GateRun) -> str:
    image = f'''    patient = sim.add_volume("Image", "patient")
    patient.image = str(FOLDER / "{CT}")
    patient.material = "G4_AIR"
'''
    if run.medium is None:
        return f"""{image}    patient.voxel_materials, _ = HounsfieldUnit_to_material(
        sim,
        DENSITY_TOLERANCE * g_cm3,
        str(FOLDER / "{MATERIALS}"),
        str(FOLDER / "{DENSITIES}"),
    )
"""
    fractions, density = run.medium
    symbols, parts = list(fractions), [float(f"{part:.9g}") for part in fractions.values()]
    return f"""{image}    sim.volume_manager.material_database.add_material_weights(
        "medium", {symbols!r}, {parts!r}, {density:.9g} * g_cm3
    )
    patient.voxel_materials = [[-0.5, 0.5, "medium"]]
"""


def _physics() -> str:
    return """    sim.physics_manager.physics_list_name = "G4EmStandardPhysics_option4"
    sim.physics_manager.enable_decay = True
    sim.physics_manager.set_production_cut("world", "all", 1 * m)
    sim.physics_manager.set_production_cut("patient", "all", PRODUCTION_CUT * mm)
"""


def _sources(run: GateRun) -> str:
    lines = ["    decays = DECAYS // THREADS  # a thread\n"]
    for number, (particle, emission) in enumerate(_particles(run)):
        count = "decays" if emission is None else f"round({emission.per_decay:.9g} * decays)"
        lines.append(_source(f"source_{number + 1}", particle, count, run))
        lines.append("    source.energy.mono = 0\n" if emission is None else _spectrum(emission))
    return "".join(lines)


def _particles(run: GateRun) -> list[tuple[str, Emission | None]]:
    """Return what the sources emit: an ion at rest, or particles with their spectra."""
    if isinstance(run.source, IonSource):
        return [(f"ion {run.source.z} {run.source.a}", None)]
    return [(emission.particle, emission) for emission in run.source]


def _source(name: str, particle: str, count: str, run: GateRun) -> str:
    return f'''    source = sim.add_source("VoxelSource", "{name}")
    source.attached_to = "patient"
    source.particle = "{particle}"
    source.n = {count}
    source.image = str(FOLDER / "{ACTIVITY}")
    source.direction.type = "iso"
    source.position.translation = {_vector(run.translation)}  # mm
'''


def _spectrum(emission: Emission) -> str:
    """Return the lines of one kind of particle; Geant4's unit of energy is MeV."""
    return f"""    source.energy.type = "spectrum_discrete"
    source.energy.spectrum_energies = {_vector(emission.lines.energy)}
    source.energy.spectrum_weights = {_vector(emission.lines.yields)}
"""


def _actors(run: GateRun) -> str:
    size = [int(n) for n in run.shape]
    return f'''    dose = sim.add_actor("DoseActor", "dose")
    dose.attached_to = "patient"
    dose.size = {size}
    dose.spacing = {_vector(run.voxel_size)}  # mm
    dose.translation = {_vector(run.translation)}  # mm
    dose.output_coordinate_system = "attached_to_image"
    dose.hit_type = "random"
    dose.dose.active = True
    dose.dose.output_filename = "{DOSE}"
    dose.dose_uncertainty.active = True
    dose.dose_uncertainty.output_filename = "{UNCERTAINTY}"
    dose.edep.output_filename = "edep.mhd"

    statistics = sim.add_actor("SimulationStatisticsActor", "statistics")
    statistics.track_types_flag = True
    statistics.output_filename = "statistics.json"
'''


def _end() -> str:
    return f"""    sim.run()
    print(statistics)
    told = {{"decays": decays * THREADS}}
    (FOLDER / "{OUTPUT}" / "{DECAYS}").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
"""
