"""A stand-in for opengate that takes the attributes of its 10.1.1, and refuses all others.

The names are those of ``user_info_defaults`` and of the boxes behind them in opengate 10.1.1
(managers.py, geometry/volumes.py, sources/base.py and generic.py, actors/doseactors.py and
miscactors.py); the same names are in 10.0.3. It simulates nothing: `run` calls a function.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

OUTPUT = {"active", "output_filename", "write_to_disk", "keep_data_per_run"}
KNOWN = {
    "Simulation": {
        "number_of_threads", "random_seed", "random_engine", "output_dir", "progress_bar",
        "verbose_level", "visu", "run_timing_intervals", "max_primaries_per_run",
    },
    "World": {"size", "material"},
    "Image": {"image", "material", "voxel_materials", "mother", "translation", "rotation"},
    "PhysicsManager": {"physics_list_name", "enable_decay", "em_parameters"},
    "VoxelSource": {
        "attached_to", "particle", "n", "activity", "half_life", "image", "start_time", "end_time",
        "user_particle_life_time", "weight",
    },
    "energy": {
        "type", "mono", "sigma_gauss", "spectrum_weights", "spectrum_energies", "spectrum_type",
        "histogram_weight", "histogram_energy", "spectrum_energy_bin_edges",
    },
    "direction": {"type", "theta", "phi", "momentum"},
    "position": {"type", "translation", "rotation", "size", "radius", "confine"},
    "DoseActor": {
        "attached_to", "size", "spacing", "translation", "rotation", "hit_type", "score_in",
        "output_coordinate_system", "output_filename", "repeated_volume_index",
    },
    "SimulationStatisticsActor": {"attached_to", "track_types_flag", "output_filename"},
}  # fmt: skip
PARTS = {
    "VoxelSource": {"energy": "energy", "direction": "direction", "position": "position"},
    "DoseActor": dict.fromkeys(
        ("dose", "dose_squared", "dose_uncertainty", "edep", "edep_uncertainty", "density",
         "counts"), "output"
    ),
}  # fmt: skip


class Thing:
    """An object whose attributes are known by name."""

    def __init__(self, kind: str) -> None:
        object.__setattr__(self, "kind", kind)
        for name, part in PARTS.get(kind, {}).items():
            object.__setattr__(self, name, Thing(part))

    def __setattr__(self, name, value):
        known = OUTPUT if self.kind == "output" else KNOWN[self.kind]
        assert name in known, f"opengate's {self.kind} has no {name}"
        object.__setattr__(self, name, value)


class Simulation(Thing):
    """The simulation, and all that was added to it."""

    def __init__(self, run: Callable[[Simulation], None]) -> None:
        super().__init__("Simulation")
        made = {
            "_run": run,
            "world": Thing("World"),
            "physics_manager": Thing("PhysicsManager"),
            "cuts": {},
            "volumes": {},
            "sources": {},
            "actors": {},
            "materials": {},
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)
        manager, database = self.physics_manager, types.SimpleNamespace()
        cut = lambda volume, particle, value: self.cuts.update({(volume, particle): value})  # noqa: E731
        object.__setattr__(manager, "set_production_cut", cut)
        database.add_material_weights = lambda *given: self.materials.update({given[0]: given[1:]})
        volumes = types.SimpleNamespace(material_database=database)
        object.__setattr__(self, "volume_manager", volumes)

    def add_volume(self, kind, name):
        return self.volumes.setdefault(name, Thing(kind))

    def add_source(self, kind, name):
        assert name not in self.sources
        return self.sources.setdefault(name, Thing(kind))

    def add_actor(self, kind, name):
        return self.actors.setdefault(name, Thing(kind))

    def run(self):
        self._run(self)


def modules(run: Callable[[Simulation], None]) -> dict[str, types.ModuleType]:
    """Return the modules that a script imports."""
    names = ("opengate", "opengate.geometry", "opengate.geometry.materials")
    made = {name: types.ModuleType(name) for name in names}
    made["opengate"].Simulation = lambda: Simulation(run)
    made["opengate"].g4_units = types.SimpleNamespace(mm=1.0, m=1e3, g_cm3=6.24150907446076e18)
    made["opengate.geometry.materials"].HounsfieldUnit_to_material = read_tables
    return made


def read_tables(simulation, tolerance, materials, densities):
    """Read the tables as opengate does: rows of numbers in the order of the elements."""
    words = [line.split() for line in _lines(materials)]
    assert words[0] == ["[Elements]"]
    assert words[2] == ["[/Elements]"]
    rows = [(int(row[0]), [float(word) for word in row[1:-1]], row[-1]) for row in words[3:]]
    assert all(len(row[1]) == len(words[1]) for row in rows)
    curve = [tuple(map(float, line.split())) for line in _lines(densities)]
    simulation.volume_manager.tables = (words[1], rows, curve, tolerance)
    return [[a[0], b[0], a[2]] for a, b in pairwise(rows)], []


def _lines(path):
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]
