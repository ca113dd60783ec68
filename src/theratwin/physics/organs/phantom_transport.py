"""Monte Carlo of cases in a phantom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from theratwin.physics.organs.phantom import VoxelPhantom
from theratwin.physics.organs.saf_case import (
    Deposits,
    SafCase,
    group_index,
    groups,
    source_voxels,
)
from theratwin.physics.organs.voxel_matter import phantom_matter


class PhantomTransport:
    """A phantom ready for Monte Carlo, for many cases.

    Photons leave the energy of their electrons where these start (kerma); electrons are followed
    with their bremsstrahlung.

    Parameters
    ----------
    phantom
        The phantom.
    particles
        Which of ``"photon"`` and ``"electron"`` will be asked for.
    """

    def __init__(self, phantom: VoxelPhantom, particles: Iterable[str]) -> None:
        from theratwin.physics.matter import material
        from theratwin.physics.transport import RegionTransport, Settings

        matter = phantom_matter(phantom)
        regions = group_index(groups(phantom))[phantom.organ]
        self._ready: dict[str, Any] = {}
        for particle in particles:
            photon = particle == "photon"
            response = material("red_marrow") if photon else None
            settings = Settings(electrons=not photon)
            self._ready[particle] = RegionTransport(matter, regions, response, settings)

    def run(self, *source: Any, particle: str, **rest: Any) -> Any:
        """Return the `RegionDeposition` of a source; see `RegionTransport.run`."""
        return self._ready[particle].run(*source, particle=particle, **rest)


def run_case(
    phantom: VoxelPhantom, case: SafCase, run: Callable[..., Any], *, workers: int = 1
) -> Deposits:
    """Follow a case's particles; ``run`` is that of a `PhantomTransport` of the phantom."""
    voxels, weights = source_voxels(phantom, case.source)
    found = run(
        voxels,
        weights,
        particle=case.particle,
        energy=case.energy,
        histories=case.histories,
        seed=case.own_seed,
        workers=workers,
    )
    return Deposits(
        case,
        groups(phantom),
        np.asarray(found.fraction, dtype=float),
        np.asarray(found.standard_error, dtype=float),
        np.asarray(found.response_dose, dtype=float),
        np.asarray(found.response_error, dtype=float),
    )
