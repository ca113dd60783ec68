"""Making of scenes: from matter by voxel, or of a uniform medium without end."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.matter import Material, csda_range, energy_transfer, material
from theratwin.physics.transport import alpha_history
from theratwin.physics.transport.electron_tables import ElectronCutoffs, electron_tables
from theratwin.physics.transport.photon_tables import energy_grid, photon_tables
from theratwin.physics.transport.scene import Scene
from theratwin.physics.transport.voxel_matter import VoxelMatter

Array = NDArray[np.float64]
_NO_REGIONS = np.empty(0, np.int16)
_WIDE = 1e5  # cm: no particle gets there


@dataclass(frozen=True)
class Settings:
    """What is followed, and down to where.

    Parameters
    ----------
    electrons
        Whether electrons are followed; else they leave their energy where they start.
    annihilation
        Whether positrons end in two quanta, those of pairs too; without, only their kinetic
        energy is scored.
    photon_cutoff, electron_cutoff
        Energies (MeV) below which a particle stays where it is.
    reject_below
        Electrons below this energy (MeV) stay if their range ends within their voxel; the
        bremsstrahlung that they would have made is lost to other voxels, 0.15 % of the energy
        at the default.
    cutoffs
        Where single collisions of electrons end; coarser than `ElectronCutoffs` itself, as
        suits voxels of millimeters.
    """

    electrons: bool = True
    annihilation: bool = True
    photon_cutoff: float = 3e-3
    electron_cutoff: float = 10e-3
    reject_below: float = 0.3
    cutoffs: ElectronCutoffs = field(default_factory=lambda: ElectronCutoffs(10e-3, turn=0.3))


def voxel_scene(
    matter: VoxelMatter,
    settings: Settings,
    regions: NDArray[np.int16] | None = None,
    response: Material | None = None,
) -> Scene:
    """Return the scene of matter by voxel.

    Parameters
    ----------
    matter
        The voxels.
    settings
        What is followed.
    regions
        Where the energy of each voxel is scored, negative for nowhere; by voxel where None.
    response
        Material of a kerma that is scored by region.
    """
    tables = photon_tables(matter.materials)
    densest = [
        float(matter.density.max(initial=0.0, where=matter.index == i))
        for i in range(len(matter.materials))
    ]
    nx, ny, nz = matter.shape
    sx, sy, sz = (edge / 10 for edge in matter.voxel_size)
    return Scene(
        photons=tables,
        electrons=electron_tables(matter.materials, settings.cutoffs),
        matter=matter.index.reshape(-1),
        density=matter.density.reshape(-1),
        shape=(nx, ny, nz),
        size=(sx, sy, sz),
        majorant=np.max(tables.values[:, :, 0] * np.array(densest)[:, None], axis=0),
        region=_NO_REGIONS if regions is None else np.ascontiguousarray(regions.reshape(-1)),
        radial=False,
        log_radius=0.0,
        per_log_radius=0.0,
        response=_response(response),
        alpha_range=_alpha_range(),
        follow_electrons=settings.electrons,
        annihilates=settings.annihilation,
        photon_cutoff=settings.photon_cutoff,
        electron_cutoff=settings.electron_cutoff,
        reject_below=settings.reject_below,
    )


def radial_scene(medium: Material, density: float, settings: Settings, radii: Array) -> Scene:
    """Return the scene of a medium without end, scored by distance from its middle.

    Parameters
    ----------
    medium, density
        The material, and its density, g/mL.
    settings
        What is followed; no electron is kept back.
    radii
        Outer radii of the shells (cm), of equal ratios; a last score holds what lies beyond.
    """
    matter = VoxelMatter((medium,), np.zeros((1, 1, 1), np.uint8), density, (1.0, 1.0, 1.0))  # type: ignore[arg-type]
    scene = voxel_scene(matter, settings)
    return scene._replace(
        size=(_WIDE, _WIDE, _WIDE),
        radial=True,
        log_radius=float(np.log(radii[0])),
        per_log_radius=float((radii.size - 1) / np.log(radii[-1] / radii[0])),
        reject_below=0.0,
    )


def _response(medium: Material | None) -> Array:
    if medium is None:
        return np.empty(0)
    energy = energy_grid()
    return energy * energy_transfer(medium, energy)


def _alpha_range() -> Array:
    low, high, size = alpha_history.LOWEST, alpha_history.HIGHEST, alpha_history.ENERGIES
    return csda_range(material("water"), np.geomspace(low, high, size), "alpha")
