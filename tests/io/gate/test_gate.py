"""GATE cases: what the script asks of opengate, images, tables, and doses read back.

opengate is not needed: a stand-in takes the names of its interface and refuses others. What the
simulation itself gives is not tested here.
"""

from __future__ import annotations

import ast
import json
import runpy
import sys

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.imaging import Image
from theratwin.io import read_gate_dose, read_meta_image, write_gate_case, write_meta_image
from theratwin.physics import emissions
from theratwin.physics.matter import density_of_hounsfield, material, schneider_materials
from theratwin.physics.units import DECAYS_PER_MBQ_H

RANDOM = np.random.default_rng(11)
TURN = np.eye(4)
TURN[:2, :2] = [[np.cos(0.2), -np.sin(0.2)], [np.sin(0.2), np.cos(0.2)]]
#: Axes to the left, anterior and inferior: a mirror image of what GATE can hold.
GRID = TURN @ np.array([[-4.0, 0, 0, 60], [0, 4.0, 0, -50], [0, 0, -5.0, 40], [0, 0, 0, 1]])
ACTIVITY = Image(RANDOM.random((6, 5, 4)), GRID, "MBq h", "activity")


def _ct(shift=(0.0, 0.0, 0.0)):
    """A CT of twice the resolution along the same axes, moved along them (mm)."""
    grid = GRID.copy()
    grid[:3, :3] /= 2
    grid[:3, 3] += GRID[:3, :3] @ (np.divide(shift, (4, 4, 5)) - 0.25)
    return Image(RANDOM.uniform(-1200, 4000, (12, 10, 8)), grid, "HU", "ct")


@pytest.fixture
def run(opengate, monkeypatch):
    """Return what runs a case's script with the stand-in, and gives the simulation it set up."""

    def run(folder, simulate=lambda simulation: None):
        seen = []

        def simulation_run(simulation):
            seen.append(simulation)
            simulation.output_dir.mkdir(exist_ok=True)
            simulate(simulation)

        for name, module in opengate.modules(simulation_run).items():
            monkeypatch.setitem(sys.modules, name, module)
        runpy.run_path(str(folder / "run.py"), run_name="__main__")
        return seen[0]

    return run


def test_the_script_sets_up_what_was_asked(tmp_path, run):
    folder = write_gate_case(
        tmp_path / "case", ACTIVITY, "Lu-177", decays=1000, ct=_ct(), seed=7, threads=3
    )
    tree = ast.parse((folder / "run.py").read_text())
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert imported == {"json", "opengate"}
    simulation = run(folder)
    assert (simulation.number_of_threads, simulation.random_seed) == (3, 7)
    assert simulation.physics_manager.enable_decay is True
    (source,) = simulation.sources.values()
    assert (source.particle, source.n) == ("ion 71 177", 333)  # a thread
    assert source.direction.type == "iso"
    assert source.image == str(folder / "activity.mhd")
    dose = simulation.actors["dose"]
    assert dose.dose.active
    assert dose.dose_uncertainty.active
    assert (dose.size, dose.spacing) == ([6, 5, 4], pytest.approx([4.0, 4.0, 5.0]))
    assert np.all(np.array(simulation.world.size) > [24, 20, 20])
    assert {dose.attached_to, source.attached_to} == {"patient"}
    assert json.loads((folder / "output" / "decays.json").read_text()) == {"decays": 999}


def test_images_lie_where_they_did_without_a_mirror(tmp_path):
    ct = _ct()
    folder = write_gate_case(tmp_path / "case", ACTIVITY, "Lu-177", decays=10, ct=ct)
    for name, image in (("activity", ACTIVITY), ("ct", ct)):
        written = read_meta_image(folder / f"{name}.mhd")
        assert written.orientation == "LPS"
        assert np.linalg.det(np.diag([-1, -1, 1]) @ written.affine[:3, :3]) > 0  # a rotation
        for index in [(0, 0, 0), (5, 4, 3), (2, 1, 3)]:
            place = image.affine @ [*index, 1]
            other = np.round(np.linalg.solve(written.affine, place)).astype(int)
            assert written.affine @ other == pytest.approx(place, abs=1e-6)
            kept = np.clip(image.data[index], -1050, 3000) if name == "ct" else image.data[index]
            tolerance = {"abs": 0.5} if name == "ct" else {"rel": 1e-6}
            assert written.data[tuple(other[:3])] == pytest.approx(kept, **tolerance)


@pytest.mark.parametrize("shift", [(0.0, 0.0, 0.0), (3.0, -2.0, 7.5)])
def test_the_activity_stands_where_it_is_in_the_ct(tmp_path, run, shift):
    folder = write_gate_case(tmp_path / "case", ACTIVITY, "Lu-177", decays=10, ct=_ct(shift))
    simulation = run(folder)
    ct, activity = (read_meta_image(folder / name) for name in ("ct.mhd", "activity.mhd"))
    centers = [i.affine @ [*(np.array(i.shape) - 1) / 2, 1] for i in (ct, activity)]
    axes = ct.affine[:3, :3] / ct.voxel_size
    apart = axes.T @ (centers[1] - centers[0])[:3]
    (source,) = simulation.sources.values()
    assert source.position.translation == pytest.approx(apart, abs=1e-5)
    assert simulation.actors["dose"].translation == source.position.translation
    # the first two axes were turned from left and anterior to left and posterior, the third too
    assert apart == pytest.approx([-shift[0], shift[1], shift[2]], abs=1e-5)


def test_tables_say_what_schneider_does(tmp_path, run):
    folder = write_gate_case(tmp_path / "case", ACTIVITY, "Lu-177", decays=10, ct=_ct())
    simulation = run(folder)
    names, rows, curve, _ = simulation.volume_manager.tables
    assert (len(names), len(rows)) == (17, 27)
    assert (names[0], names[5], names[6]) == ("Hydrogen", "Magnesium", "Phosphor")
    for (low, percents, name), known in zip(rows, schneider_materials(), strict=False):
        assert sum(percents) == pytest.approx(100.0, abs=1e-3)
        assert percents[0] == pytest.approx(100 * known.fractions.get(1, 0.0), abs=1e-4)
        assert percents[3] == pytest.approx(100 * known.fractions.get(8, 0.0), abs=1e-4)
        assert f"from {low} HU" in known.title
        assert " " not in name
    assert "Air" in rows[0][2]
    for hu, density in curve:
        assert float(density_of_hounsfield(hu)) == pytest.approx(density)
    covered = simulation.volumes["patient"].voxel_materials
    assert (covered[0][0], covered[-1][1]) == (-1050, 3000)


def test_one_medium_in_place_of_a_ct(tmp_path, run):
    folder = write_gate_case(tmp_path / "case", ACTIVITY, "Y-90", decays=10, density=1.04)
    simulation = run(folder)
    symbols, parts, density = simulation.materials["medium"]
    soft = material("soft").fractions
    assert dict(zip(symbols, parts, strict=True))["O"] == pytest.approx(soft[8])
    assert density / 6.24150907446076e18 == pytest.approx(1.04)
    assert read_meta_image(folder / "ct.mhd").data.max() == 0
    assert not (folder / "materials.txt").exists()


def test_emissions_in_place_of_the_ion(tmp_path, run):
    folder = write_gate_case(
        tmp_path / "case", ACTIVITY, "Lu-177", decays=100_000, density=1.0, source="emissions"
    )
    sources = {s.particle: s for s in run(folder).sources.values()}
    known = emissions("Lu-177")
    assert set(sources) == {"gamma", "e-"}
    for particle, lines in (("gamma", known.photons), ("e-", known.electrons)):
        source = sources[particle]
        energies = np.array(source.energy.spectrum_energies)
        yields = np.array(source.energy.spectrum_weights)
        assert np.all(np.diff(energies) >= 0)
        # what has less than 1 keV is left out: soft X rays, 7e-4 of the energy of photons
        assert energies @ yields == pytest.approx(lines.energy_per_decay, rel=1e-3)
        assert source.n == pytest.approx(1e5 * yields.sum(), abs=1)
        assert source.energy.type == "spectrum_discrete"


def test_positrons_and_chains_among_emissions(tmp_path, run):
    given = {"decays": 1000, "density": 1.0, "source": "emissions"}
    folder = write_gate_case(tmp_path / "positrons", ACTIVITY, "Ga-68", **given)
    sources = {s.particle: s for s in run(folder).sources.values()}
    assert sources["e+"].n == pytest.approx(889, abs=3)  # branch of Ga-68
    # annihilation happens in the simulation
    assert 0.511 not in [round(e, 3) for e in sources["gamma"].energy.spectrum_energies]
    folder = write_gate_case(tmp_path / "chain", ACTIVITY, "Ac-225", progeny="all", **given)
    sources = {s.particle: s for s in run(folder).sources.values()}
    assert sources["alpha"].n == pytest.approx(4000, rel=0.01)


def _simulated(per_decay, spread):
    """Return what writes these maps as GATE would: on its grid, summed over all decays."""

    def simulate(simulation):
        like = read_meta_image(simulation.sources["source_1"].image)
        decays = simulation.sources["source_1"].n * simulation.number_of_threads
        out = simulation.output_dir
        actor = simulation.actors["dose"]
        for maps, name in ((per_decay * decays, actor.dose), (spread, actor.dose_uncertainty)):
            image = Image(maps, like.affine, "", "dose")
            write_meta_image(image, out / name.output_filename)

    return simulate


def test_doses_come_back_on_the_grid_of_the_case(tmp_path, run):
    ct = _ct()
    ct.data[:4] = -1000.0  # two planes of air
    folder = write_gate_case(tmp_path / "case", ACTIVITY, "Lu-177", decays=1000, ct=ct)
    shape = read_meta_image(folder / "activity.mhd").shape
    per_decay, spread = 1e-12 * RANDOM.random(shape), RANDOM.uniform(0.01, 0.1, shape)
    run(folder, _simulated(per_decay, spread))
    found = read_gate_dose(folder, like=ACTIVITY)
    # axes: the second and third were flipped
    there = per_decay[:, ::-1, ::-1]
    assert found.per_decay.dose[2:] == pytest.approx(there[2:], rel=1e-12)
    assert found.per_decay.relative_uncertainty[2:] == pytest.approx(spread[2:, ::-1, ::-1])
    assert found.per_decay.dose[:2].max() == 0.0
    assert found.per_decay.apart == 2 * 20
    assert found.per_decay.activity_apart == pytest.approx(ACTIVITY.data[:2].sum(), rel=1e-6)
    assert found.image.affine == pytest.approx(GRID, abs=1e-6)
    total = ACTIVITY.data.sum() * DECAYS_PER_MBQ_H
    assert found.dose.dose == pytest.approx(found.per_decay.dose * total, rel=1e-6)
    assert found.dose.relative_uncertainty is found.per_decay.relative_uncertainty
    upright = read_gate_dose(folder)
    assert upright.per_decay.dose.shape == shape
    assert (found.decays, found.nuclide) == (1000, "Lu-177")


def test_what_is_missing_or_wrong_is_named(tmp_path, run):
    folder = write_gate_case(tmp_path / "case", ACTIVITY, "Lu-177", decays=10, density=1.0)
    with pytest.raises(InputError, match=r"decays\.json.*python run\.py"):
        read_gate_dose(folder)
    wrong = np.ones((3, 3, 3))
    run(folder, _simulated(wrong, wrong))
    with pytest.raises(InputError, match="grid differs"):
        read_gate_dose(folder)
    with pytest.raises(InputError, match=r"case\.json"):
        read_gate_dose(tmp_path)
    content = json.loads((folder / "case.json").read_text())
    (folder / "case.json").write_text(json.dumps(content | {"format": 2}))
    with pytest.raises(UnsupportedError, match="another version"):
        read_gate_dose(folder)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"density": None}, InputError, "CT in Hounsfield units, or one density"),
        ({"ct": _ct()}, InputError, "not both"),
        ({"density": 0.0}, InputError, "density"),
        ({"decays": 2, "threads": 3}, InputError, "decay a thread"),
        ({"nuclide": "Tc-99m"}, UnsupportedError, "excitation energy"),
        ({"nuclide": "Ac-225", "source": "emissions"}, UnsupportedError, "progeny"),
        ({"progeny": "all"}, InputError, "whole chain is followed"),
    ],
)
def test_refusals(tmp_path, changed, error, words):
    given = {"nuclide": "Lu-177", "decays": 10, "density": 1.0} | changed
    with pytest.raises(error, match=words):
        write_gate_case(tmp_path / "case", ACTIVITY, **given)
    assert not (tmp_path / "case").exists()


def test_tilted_images_are_refused(tmp_path):
    ct = _ct()
    tilted = Image(ct.data, TURN @ ct.affine, "HU", "tilted")
    with pytest.raises(InputError, match="tilted: its axes are not parallel"):
        write_gate_case(tmp_path / "case", ACTIVITY, "Lu-177", decays=10, ct=tilted)
