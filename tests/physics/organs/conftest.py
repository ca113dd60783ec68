"""A phantom of a few voxels, with every kind of region, and a Monte Carlo that moves nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from theratwin.physics.matter import Material
from theratwin.physics.organs import Organ, VoxelPhantom, read_phantom
from theratwin.physics.organs.saf_case import group_index, groups

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"
ARCHIVE = REFERENCE / "icrp110_phantoms" / "ICRPdata.tar.gz"
ORGANS = (
    Organ(0, "Air outside", 53, 0.001),
    Organ(9, "Blood vessels, head", 28, 1.06),
    Organ(49, "Thoracic spine, cortical", 2, 1.92),
    Organ(50, "Thoracic spine, spongiosa", 18, 1.07),
    Organ(52, "Lumbar spine, spongiosa", 19, 1.11),
    Organ(89, "Kidney, left, cortex", 35, 1.05),
    Organ(90, "Kidney, left, medulla", 35, 1.05),
    Organ(92, "Kidney, right, cortex", 35, 1.05),
    Organ(95, "Liver", 30, 1.05),
    Organ(96, "Lung, left, blood", 28, 1.06),
    Organ(97, "Lung, left, tissue", 50, 0.382),
    Organ(107, "Muscle, trunk", 29, 1.05),
    Organ(137, "Urinary bladder wall", 41, 1.04),
    Organ(138, "Urinary bladder contents", 52, 1.04),
    Organ(140, "Air inside body", 53, 0.001),
)


@pytest.fixture(scope="session")
def small() -> VoxelPhantom:
    numbers = [organ.number for organ in ORGANS]
    organ = np.array(numbers * 20, dtype=np.uint8)[:288].reshape(6, 6, 8)
    media = {o.medium: Material(f"m{o.medium}", o.density, {1: 0.11, 8: 0.89}) for o in ORGANS}
    return VoxelPhantom(
        sex="AM",
        organ=organ,
        voxel_size=(2.0, 2.0, 8.0),
        organs={o.number: o for o in ORGANS},
        media=media,
        marrow={2: (0.0, 0.0, 1.0), 18: (0.56, 0.23, 0.21), 19: (0.48, 0.19, 0.33)},
        blood={28: 1.0, 30: 0.3, 35: 0.4, 29: 0.03, 19: 0.1},
    )


@pytest.fixture(scope="session")
def stay_where_they_start(small):
    """Energy stays in the voxel where it starts; marrow's kerma is twice that of its region."""
    parts = groups(small)
    regions = group_index(parts)[small.organ].ravel()

    def run(source, weights, *, particle, histories, **_):
        share = np.ones(source.size) if weights is None else weights
        where = regions[source]
        fraction = np.bincount(where[where >= 0], share[where >= 0], minlength=len(parts))
        fraction /= share.sum()
        error = fraction / np.sqrt(histories)
        photon = particle == "photon"
        return SimpleNamespace(
            fraction=fraction,
            standard_error=error,
            response_dose=2 * fraction if photon else np.empty(0),
            response_error=2 * error if photon else np.empty(0),
        )

    return run


@pytest.fixture(scope="session")
def archive() -> Path:
    if not ARCHIVE.exists():
        pytest.skip("the ICRP-110 phantoms are not beside the project")
    return ARCHIVE


@pytest.fixture(scope="session", params=["AM", "AF"])
def reference(request, archive) -> VoxelPhantom:
    return read_phantom(archive, request.param)
