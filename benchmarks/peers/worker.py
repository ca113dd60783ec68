"""A peer in a process of its own, pinned to a processor, that solves when it is told to.

    python -m peers.worker NAME [PROCESSOR]

Each line it reads, ``first count threads``, it answers with the seconds that it took, by the clock
and of the processor; the line ``keep PATH`` writes the states of the first patients to a file.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np

from peers import workload
from peers.solvers import SOLVERS


def main(name: str, *processor: str) -> None:
    """Build the solver, solve once, then answer until the input ends."""
    if processor and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(processor[0])})
    began = time.perf_counter()
    try:
        solve = SOLVERS[name]()
    except ImportError as missing:
        print("missing", missing, flush=True)
        return
    solve(workload.population(1), 1)
    print("ready", time.perf_counter() - began, flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "keep":
            np.save(words[1], solve(workload.population(workload.COMPARED), 1))
            print("kept", flush=True)
            continue
        first, count, threads = map(int, words)
        rows = workload.population(first + count)[first:]
        # Twice, and the second counts: a process that has waited for seconds may find its memory
        # reclaimed, and the first results have to be given pages.
        solve(rows, threads)
        began, used = time.perf_counter(), time.process_time()
        solve(rows, threads)
        print(time.perf_counter() - began, time.process_time() - used, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
