"""Generate `physics/data/organs/saf_am.csv` and `saf_af.csv`: specific absorbed fractions.

A developer's tool (needs the ICRP-110 phantoms, which the product does not ship); the product
only reads the tables. Each case (source, particle, energy) leaves a file in the work folder; a
run that was stopped goes on where it stopped, and runs of other numbers add to the precision.

    python tools/physics/organ_safs.py --phantom ICRPdata.tar.gz --sex AM --work safs
    python tools/physics/organ_safs.py --phantom ICRPdata.tar.gz --sex AM --work safs --run 2
    python tools/physics/organ_safs.py --phantom ICRPdata.tar.gz --sex AM --work safs \\
        --assemble saf_am.csv
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from theratwin.physics.organs.phantom import VoxelPhantom, read_phantom
from theratwin.physics.organs.phantom_transport import PhantomTransport, run_case
from theratwin.physics.organs.saf_assembly import assemble
from theratwin.physics.organs.saf_case import Deposits, SafCase, read_deposits, write_deposits
from theratwin.physics.organs.saf_plan import saf_cases
from theratwin.physics.organs.saf_table import write_saf_table


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phantom", required=True, help="folder or archive of the phantoms")
    parser.add_argument("--sex", required=True, choices=("AM", "AF"))
    parser.add_argument("--work", required=True, type=Path, help="folder of the cases' results")
    parser.add_argument("--histories", type=float, default=4e5, help="photons a case, mean")
    parser.add_argument("--electrons", type=float, default=4e4, help="electrons a case, mean")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--run", type=int, default=1, help="number of this run")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--sources", help="comma-separated; all by default")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after these")
    parser.add_argument("--assemble", type=Path, help="write the table here, run nothing")
    return parser.parse_args()


def follow(phantom: VoxelPhantom, cases: list[SafCase], asked: argparse.Namespace) -> None:
    """Run the cases that have no result yet."""
    waiting = [case for case in cases if not (asked.work / f"{case.name}.json").exists()]
    ready = PhantomTransport(phantom, {case.particle for case in waiting})
    started = time.monotonic()
    for done, case in enumerate(waiting):
        spent = time.monotonic() - started
        if spent > 60 * asked.minutes:
            print(f"stopped with {len(waiting) - done} cases to go", file=sys.stderr)
            return
        result = run_case(phantom, case, ready.run, workers=asked.workers)
        write_deposits(result, asked.work / f"{case.name}.json")
        took = time.monotonic() - started - spent
        rate = case.histories / took
        print(f"{done + 1}/{len(waiting)} {case.name}: {took:.2f} s, {rate:.3g}/s", file=sys.stderr)


def followed(deposits: Sequence[Deposits], particle: str) -> str:
    """Say how many particles were followed, in all and in a case."""
    cases: dict[tuple[str, float], int] = defaultdict(int)
    for one in deposits:
        if one.case.particle == particle:
            cases[one.case.source, one.case.energy] += one.case.histories
    counts = list(cases.values())
    return f"{sum(counts):.3g} ({min(counts):.2g} to {max(counts):.2g} a case)"


def main() -> None:
    """Run cases, or write the table."""
    asked = options()
    phantom = read_phantom(asked.phantom, asked.sex)
    if not asked.assemble:
        cases = saf_cases(
            phantom,
            photons=asked.histories,
            electrons=asked.electrons,
            seed=asked.seed,
            run=asked.run,
            sources=asked.sources.split(",") if asked.sources else None,
        )
        return follow(phantom, cases, asked)
    deposits = read_deposits(sorted(asked.work.glob(f"{asked.sex}-*.json")))
    words = ", ".join(f"{followed(deposits, particle)} {particle}s" for particle in KINDS)
    runs = ", ".join(str(run) for run in sorted({d.case.run for d in deposits}))
    provenance = (
        f"Specific absorbed fractions of the ICRP-110 phantom {asked.sex}, 1/kg, then their\n"
        "relative standard errors in percent; the first energy stands for particles that stay\n"
        "where they start (closed form). Made by tools/physics/organ_safs.py with theratwin's\n"
        f"Monte Carlo: {words}; seed {asked.seed}, runs {runs}.\n"
        f"    python tools/physics/organ_safs.py --phantom ICRPdata.tar.gz --sex {asked.sex} "
        "--work safs\n"
        "    (once for each run, then with --assemble)\n"
        "Phantom data: ICRP Publication 110 (2009), files of the Geant4 example"
    )
    write_saf_table(assemble(phantom, deposits, provenance), asked.assemble)
    return None


KINDS = ("photon", "electron")

if __name__ == "__main__":
    main()
