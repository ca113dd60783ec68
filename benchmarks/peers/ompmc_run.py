"""Particles through voxels by ompmc (GPL), in a process of its own.

    python ompmc_run.py INPUT.npz OUTPUT.npz

The input holds what `peers.ompmc.transport` writes, the output MeV a history by voxel with its
relative uncertainty, the histories started, and the seconds that the transport took.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import ompmc

MEV_PER_GRAM = 1.602176634e-10  # Gy
MASS = 0.511  # MeV, as ompmc counts the rest energy in its cutoffs
BLOCKS = {1: "PHOTONS", 2: "ELECTRONS", 3: "POSITRONS"}


def write_source(base: Path, given: np.lib.npyio.NpzFile) -> int:
    """Write the particles as an IAEA phase space that starts inside the voxels."""
    kind, direction = given["kind"], given["direction"]
    record = np.zeros(kind.size, dtype=[("type", "i1"), ("values", "<f4", (7,))])
    record["type"] = np.where(direction[:, 2] >= 0, kind, -kind)  # its sign is that of w
    record["values"][:, 0] = -given["energy"]  # negative: a new history
    record["values"][:, 1:4] = given["position"]
    record["values"][:, 4:6] = direction[:, :2]
    record["values"][:, 6] = 1.0
    record.tofile(base.with_suffix(".IAEAphsp"))
    blocks = {
        "IAEA_INDEX": "0",
        "TITLE": "particles inside",
        "FILE_TYPE": "0",
        "CHECKSUM": str(29 * kind.size),
        "RECORD_CONTENTS": "1\n1\n1\n1\n1\n1\n1\n0\n0",
        "RECORD_CONSTANT": "",
        "RECORD_LENGTH": "29",
        "BYTE_ORDER": "1234",
        "ORIG_HISTORIES": str(kind.size),
        "PARTICLES": str(kind.size),
        **{BLOCKS[k]: str(np.count_nonzero(kind == k)) for k in np.unique(kind)},
    }
    text = "\n".join(f"${name}:\n{value}\n" for name, value in blocks.items())
    base.with_suffix(".IAEAheader").write_text(text)
    return kind.size


def main(source: str, result: str) -> None:
    """Run the histories and write what they leave."""
    given = np.load(source)
    bounds = [given[f"bounds_{axis}"] for axis in "xyz"]
    geometry = ompmc.Geometry(
        *bounds,
        [str(name) for name in given["names"]],
        density=np.asfortranarray(given["density"], dtype=np.float64),
        material=np.asfortranarray(given["material"], dtype=np.int32),
    )
    # ranges below `reject_below` that end within the voxel are cut short, as in the other code
    reject = float(given["reject_below"])
    physics = ompmc.Physics(
        pegs_file=Path(ompmc.__file__).parent / "pegs4" / "521icru.pegs4dat",
        global_ecut=float(given["electron_cutoff"]) + MASS,
        global_pcut=float(given["photon_cutoff"]),
        n_split=1,
        seeds=(int(given["seed"]) % 30000 + 1, int(given["seed"]) // 30000 + 1),
        esave=reject + MASS if reject > 0 else None,
    )
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "source"
        count = write_source(base, given)
        began, used = time.perf_counter(), time.process_time()
        dose, uncertainty, summary = ompmc.calc_forward_phsp(
            geometry,
            ompmc.PhaseSpaceSource(base),
            n_histories=count,
            n_batches=int(given["batches"]),
            physics=physics,
        )
        seconds = time.perf_counter() - began, time.process_time() - used
    volume = np.einsum("i,j,k->ijk", *(np.diff(b) for b in bounds))
    np.savez(
        result,
        energy=dose * volume * given["density"] / MEV_PER_GRAM,
        uncertainty=uncertainty,
        started=summary.n_started,
        seconds=seconds,
        version=ompmc.__version__,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
