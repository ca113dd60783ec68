"""Batches by many threads, which share no more than the scores, against one thread's."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics import emissions
from theratwin.physics.matter import material
from theratwin.physics.transport import (
    ElectronCutoffs,
    Emission,
    Settings,
    VoxelMatter,
    region_deposition,
    voxel_deposition,
)
from theratwin.physics.transport.batches import DEVICES, check_device
from theratwin.physics.transport.histories import SLICE, run_batch
from theratwin.physics.transport.scene import BOOK, DROPPED, STACK, Scene
from theratwin.physics.transport.scenes import radial_scene, voxel_scene
from theratwin.physics.transport.stack import rows_needed

WATER = material("water")
SOURCES = {
    "photon": Emission.single("photon", 6.0),
    "electron": Emission.single("electron", 2.5),
    "positron": Emission.single("positron", 1.5),
    "alpha": Emission.single("alpha", 7.0),
    "Lu-177": Emission.of_nuclide(emissions("Lu-177")),
    "Ac-225": Emission.of_nuclide(emissions("Ac-225")),
}


def followed(scene: Scene, emission: Emission, scores: int, part, threads: int, rows: int):
    """Return tally, kerma and book of a part of a batch, one thread after the other."""
    voxels, weights = np.array([100, 212, 300]), np.cumsum([1.0, 2.0, 0.5])
    if scene.radial:
        voxels, weights = np.zeros(1, np.int64), np.empty(0)
    drawn = (emission.kind, emission.energy, np.cumsum(emission.yields))
    kermas = scores if scene.response.size else 0
    scored = np.zeros(scores), np.zeros(kermas), np.zeros(BOOK)
    for thread in range(threads):
        run_batch(scene, (voxels, weights), drawn, 3, part, (thread, threads), rows, *scored)
    return scored


def rows_of(scene: Scene, emission: Emission) -> int:
    return rows_needed(scene, emission.kind, emission.energy)


def assert_same(some, others) -> None:
    """Assert that scores differ by no more than the order of their sums: 1e-16 times their number.

    A history that differs would move a score by 1e-3 of it.
    """
    for one, other in zip(some, others, strict=True):
        assert other == pytest.approx(one, rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("source", SOURCES)
def test_threads_follow_the_histories_of_one(rubble, source):
    """Each with a stack as a GPU's thread has it."""
    scene, emission = voxel_scene(rubble, Settings()), SOURCES[source]
    part = (7000, 500, 0, 500)
    whole = followed(scene, emission, scene.matter.size, part, 1, STACK)
    shared = followed(scene, emission, scene.matter.size, part, 7, rows_of(scene, emission))
    assert whole[0].sum() > 0
    assert whole[2][DROPPED] == 0
    assert_same(whole, shared)


def test_threads_share_regions_and_kerma(rubble):
    regions = (np.arange(rubble.index.size).reshape(rubble.shape) % 4 - 1).astype(np.int16)
    scene = voxel_scene(rubble, Settings(), regions, WATER)
    emission, part = Emission.single("photon", 0.4), (0, 900, 0, 900)
    whole = followed(scene, emission, 3, part, 1, STACK)
    assert np.all(whole[1] > 0)
    assert_same(whole, followed(scene, emission, 3, part, 5, rows_of(scene, emission)))


def test_threads_share_shells(rubble):
    scene = radial_scene(WATER, 1.0, Settings(), np.geomspace(1e-3, 10.0, 40))
    emission, part = Emission.single("photon", 0.1), (0, 900, 0, 900)
    whole = followed(scene, emission, 41, part, 1, STACK)
    assert_same(whole, followed(scene, emission, 41, part, 5, rows_of(scene, emission)))


def test_parts_of_a_batch_make_it_whole(rubble):
    """A GPU takes more than a slice at once; each slice covers the source evenly all the same."""
    scene, weak = voxel_scene(rubble, Settings()), Emission.single("electron", 0.011)
    size = SLICE + 1000
    scores = scene.matter.size
    slices = [(0, size, 0, SLICE), (0, size, SLICE, 1000)]
    parts = [followed(scene, weak, scores, part, 1, STACK) for part in slices]
    whole = [sum(pair) for pair in zip(*parts, strict=True)]
    assert_same(whole, followed(scene, weak, scores, (0, size, 0, size), 3, 33))
    assert parts[1][0].sum() > 0


def test_a_full_stack_is_counted_and_refused(rubble):
    """What has no room is missing from the book; a run says so rather than lose energy."""
    scene, fast = voxel_scene(rubble, Settings()), Emission.single("electron", 10.0)
    book = followed(scene, fast, scene.matter.size, (0, 200, 0, 200), 2, 4)[2]
    assert book[DROPPED] > 0
    assert book[0] + book[1] - book[2] - book[3] > 0.01
    many = Settings(cutoffs=ElectronCutoffs(loss=1e-4))
    block = VoxelMatter((WATER,), np.zeros((5, 5, 5), int), 1.0, (50.0,) * 3)
    with pytest.raises(UnsupportedError, match=r"set free.*ElectronCutoffs\.loss"):
        region_deposition(
            block, np.zeros((5, 5, 5), int), [62], particle="electron", energy=10.0,
            histories=10, batches=2, settings=many, workers=1,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("emission", "cutoffs"),
    [
        (Emission.single("electron", 10.0), ElectronCutoffs(10e-3, turn=0.3)),
        (Emission.single("electron", 2.0), ElectronCutoffs(5e-3)),
        (Emission.single("photon", 10.0), ElectronCutoffs(10e-3, turn=0.3)),
        (Emission.single("photon", 0.364), ElectronCutoffs(10e-3, turn=0.3)),
    ],
)
def test_stacks_hold_what_waits(emission, cutoffs):
    """In blocks without end, where all that is set free waits."""
    settings = Settings(cutoffs=cutoffs, electron_cutoff=1e-3)
    matter = VoxelMatter((WATER,), np.zeros((9, 9, 9), int), 1.0, (200.0,) * 3)
    scene = voxel_scene(matter, settings)
    rows = rows_of(scene, emission)
    book = followed(scene, emission, 729, (0, 400, 0, 400), 1, rows)[2]
    assert book[DROPPED] == 0
    assert rows <= STACK


def test_stacks_are_as_small_as_what_is_followed():
    matter = VoxelMatter((WATER,), np.zeros((3, 3, 3), int), 1.0, (4.0,) * 3)
    scene = voxel_scene(matter, Settings())
    assert rows_of(scene, SOURCES["Lu-177"]) == 33
    assert rows_of(scene, SOURCES["alpha"]) == 33
    assert rows_of(scene, Emission.single("electron", 10.0)) == 129
    assert rows_of(voxel_scene(matter, Settings(electrons=False)), SOURCES["photon"]) == 33


def test_devices_that_are_not_there(monkeypatch):
    check_device("cpu")
    with pytest.raises(InputError, match=r"device.*allowed: cpu, cuda"):
        check_device("cuda:0")
    monkeypatch.setattr("theratwin.physics.transport.batches.find_spec", lambda _: None)
    assert "cuda" in DEVICES
    with pytest.raises(UnsupportedError, match=r"device.*theratwin\[cuda\]"):
        check_device("cuda")


def test_no_run_ignores_its_device(rubble, monkeypatch):
    """Not even one in which nothing has to be followed."""
    monkeypatch.setattr("theratwin.physics.transport.batches.find_spec", lambda _: None)
    point = np.zeros(rubble.shape)
    point[4, 3, 4] = 1.0
    for energy in (0.005, 0.5):
        source = Emission.single("electron", energy)
        with pytest.raises(UnsupportedError, match="device"):
            voxel_deposition(rubble, point, source, histories=100, device="cuda")
    with pytest.raises(UnsupportedError, match="device"):
        region_deposition(
            rubble, np.zeros(rubble.shape, int), [0], particle="photon", energy=1.0,
            histories=100, device="cuda",
        )  # fmt: skip
