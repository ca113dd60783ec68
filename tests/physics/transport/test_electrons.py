"""Electrons and positrons: ranges, radiation, and what does not depend on how they are followed."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics import emissions
from theratwin.physics.matter import (
    collision_stopping_power,
    csda_range,
    material,
    radiative_stopping_power,
)
from theratwin.physics.transport import (
    ElectronCutoffs,
    Emission,
    Settings,
    VoxelMatter,
    voxel_deposition,
)
from theratwin.physics.transport.bremsstrahlung import SHARES, energy_weighted_spectrum
from theratwin.physics.transport.scenes import radial_scene
from theratwin.physics.transport.simulate import simulate

WATER = material("water")


def cumulated(emission: Emission, radii: np.ndarray, histories: int, **settings) -> np.ndarray:
    """Return the energy within radii (cm) of a point in endless water, of what is within the last.

    Photons of bremsstrahlung leave what they leave there, below half a percent.
    """
    scene = radial_scene(WATER, 1.0, Settings(**settings), radii)
    found = simulate(
        scene, np.zeros(1, np.int64), np.empty(0), emission, scores=radii.size + 1,
        histories=histories, batches=5, seed=1, workers=1,
    )  # fmt: skip
    within = np.cumsum(found.mean[:-1])
    return within / within[-1]


@pytest.mark.parametrize(("nuclide", "x90"), [("Lu-177", 0.603), ("I-131", 0.871), ("Y-90", 5.50)])
def test_radius_that_holds_nine_tenths(nuclide, x90):
    """mm; reference values by ompmc 0.4.0 (EGSnrc's physics), whole spectra in water."""
    emitted = emissions(nuclide).electrons
    source = Emission.of_lines(electron=(emitted.energy, emitted.yields))
    radii = np.geomspace(1e-3, 0.3 * x90, 400)
    share = cumulated(source, radii, 20_000)
    assert 10 * np.interp(0.9, share, radii) == pytest.approx(x90, rel=0.02)


@pytest.mark.parametrize("energy", [0.1, 1.0])
def test_cutoffs_of_turn_loss_and_step_do_not_show(energy):
    """Fine, the default of the tables, and that of voxels: the same curve within its noise."""
    reach = float(csda_range(WATER, energy))
    radii = np.geomspace(0.05 * reach, 1.2 * reach, 60)
    histories = 6_000
    curves = [
        cumulated(Emission.single("electron", energy), radii, histories, cutoffs=cutoffs)
        for cutoffs in (
            ElectronCutoffs(2e-3, turn=0.05, step=0.05),
            ElectronCutoffs(),
            Settings().cutoffs,
        )
    ]
    for curve in curves[1:]:
        # the fraction within a radius varies by less than one half from history to history
        assert np.abs(curve - curves[0]).max() < 4 * 0.35 * np.sqrt(2 / histories)


@pytest.mark.parametrize("energy", [0.25, 1.0])
def test_rejection_by_range_changes_nothing(energy):
    """Bremsstrahlung apart, 0.15 % at most: the center and its neighbors absorb the same."""
    matter = VoxelMatter(
        (WATER, material("lung")), np.indices((5, 5, 5))[0] % 2, 0.8, (1.0, 1.5, 1.2)
    )
    point = np.zeros(matter.shape)
    point[2, 2, 2] = 1.0
    on, off = (
        voxel_deposition(
            matter, point, Emission.single("electron", energy), histories=20_000,
            settings=Settings(reject_below=below), workers=1,
        )
        for below in (0.3, 0.0)
    )  # fmt: skip
    for at in ((2, 2, 2), (1, 2, 2), (2, 3, 2)):
        error = np.hypot(on.standard_error[at], off.standard_error[at])
        assert on.energy[at] == pytest.approx(off.energy[at], abs=4 * error + 0.0015 * energy)


def test_radiation_yield():
    """Energy of single photons, in water that is transparent to them: the integral of S_rad/S.

    Of photons above the cutoff, over the slowing down of electrons and what they set free.
    """
    energy, radii = 3.0, np.array([1.0, 10.0])
    scene = radial_scene(WATER, 1.0, Settings(), radii)
    clear = scene.photons.values * [1e-12, 1, 1, 1]
    scene = scene._replace(
        photons=scene.photons._replace(values=clear), majorant=1e-12 * scene.majorant
    )
    found = simulate(
        scene, np.zeros(1, np.int64), np.empty(0), Emission.single("electron", energy), scores=3,
        histories=8000, batches=20, seed=1, workers=1,
        summary=lambda tally: tally.sum(keepdims=True),
    )  # fmt: skip
    slowed = np.geomspace(10e-3, energy, 400)
    spectrum = np.array([energy_weighted_spectrum(e) for e in slowed])
    hard = [
        np.interp(10e-3 / e, SHARES, _rest(row)) for e, row in zip(slowed, spectrum, strict=True)
    ]
    radiated = radiative_stopping_power(WATER, slowed)
    share = radiated / (radiated + collision_stopping_power(WATER, slowed))
    expected = np.trapezoid(share * hard, slowed)
    # electrons that are set free slow down too: what they radiate is counted in the path of one
    assert energy - found.summary[0] == pytest.approx(expected, abs=4 * found.summary_error[0])
    assert found.summary_error[0] < 0.05 * expected


def _rest(row: np.ndarray) -> np.ndarray:
    """Return the share of a spectrum's energy above each of `SHARES`."""
    area = 0.5 * (row[1:] + row[:-1]) * np.diff(SHARES)
    return 1 - np.concatenate([[0.0], np.cumsum(area)]) / area.sum()
