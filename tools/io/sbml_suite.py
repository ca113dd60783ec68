"""Run the semantic cases of the SBML test suite, level by level, by the suite's own tolerances.

    git clone https://github.com/sbmlteam/sbml-test-suite
    python tools/io/sbml_suite.py sbml-test-suite/cases/semantic --levels l2v4 l3v1 l3v2

Tells of each level how many cases pass, are refused by which name, fail with which error, or are
wrong; `--out` keeps one line a case: level, case, outcome, seconds.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.errors import InputError, TheratwinError, UnsupportedError

Row = tuple[str, str, str, float]


def main() -> None:
    """Run what the command line asks for."""
    asked = _arguments()
    wanted = set(asked.cases)
    found = [(level, case) for level in asked.levels for case in _cases(asked.folder, level)]
    found = [pair for pair in found if not wanted or pair[1] in wanted]
    run = partial(_run, asked.folder, asked.limit)
    with multiprocessing.get_context("spawn").Pool(asked.processes, maxtasksperchild=100) as pool:
        rows = list(_kept(pool.imap_unordered(run, found), asked.out))
    _tell(rows, asked.levels)


def _kept(rows: Iterable[Row], path: Path | None) -> Iterator[Row]:
    """Yield the rows, and write each to the file at once: a run lasts minutes."""
    if path is None:
        yield from rows
        return
    with path.open("w", newline="") as file:
        for row in rows:
            csv.writer(file).writerow(row)
            file.flush()
            yield row


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, help="cases/semantic of the suite")
    parser.add_argument("--levels", nargs="+", default=["l2v4", "l3v1", "l3v2"])
    parser.add_argument("--cases", nargs="+", default=[], help="such as 00966; all without")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--limit", type=int, default=600, help="seconds for a case")
    parser.add_argument("--out", type=Path, help="a CSV file")
    return parser.parse_args()


def _cases(folder: Path, level: str) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if (path / f"{path.name}-sbml-{level}.xml").is_file():
            yield path.name


def _tell(rows: list[Row], levels: list[str]) -> None:
    for level in levels:
        own = [row for row in rows if row[0] == level]
        print(f"{level}: {len(own)} cases, {sum(row[3] for row in own):.0f} s")
        for outcome, count in Counter(_kind(row[2]) for row in own).most_common():
            cases = sorted(row[1] for row in own if _kind(row[2]) == outcome)
            print(f"  {count:5d}  {outcome}  {' '.join(cases) if count <= 12 else ''}")


def _kind(outcome: str) -> str:
    return "wrong" if outcome.startswith("wrong") else outcome.split(" (")[0]


def _run(folder: Path, limit: int, asked: tuple[str, str]) -> Row:
    level, case = asked
    began = time.perf_counter()
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(limit)
    try:
        outcome = _outcome(folder / case, level)
    finally:
        signal.alarm(0)
    return level, case, outcome, round(time.perf_counter() - began, 3)


class _LateError(Exception):
    pass


def _late(*_: Any) -> None:
    raise _LateError


def _outcome(folder: Path, level: str) -> str:
    try:
        return _compared(folder, level)
    except UnsupportedError as error:
        return f"refused: {error.message.removeprefix('unsupported: ')}"
    except InputError as error:
        return f"input error: {error.message}"
    except TheratwinError as error:
        return f"not solved: {error.message}"
    except _LateError:
        return "too late"
    except Exception as error:  # what should never be is counted, and told
        return f"crash: {type(error).__name__}: {error}"


def _compared(folder: Path, level: str) -> str:
    """Return whether a case agrees with its results."""
    settings = _settings(folder / f"{folder.name}-settings.txt")
    found = _simulated(folder / f"{folder.name}-sbml-{level}.xml", settings)
    names, rows = _results(folder / f"{folder.name}-results.csv")
    for name in _names(settings["variables"]):
        expected = rows[:, names.index(name, 1)]
        allowed = float(settings["absolute"]) + float(settings["relative"]) * np.abs(expected)
        same = (found[name] == expected) | (np.isnan(found[name]) & np.isnan(expected))
        with np.errstate(invalid="ignore"):
            close = np.abs(found[name] - expected) <= allowed
        if not np.all(same | close):
            worst = int(np.argmin(same | close))
            return (
                f"wrong: {name} at {rows[worst, 0]:g}: {found[name][worst]:g}, "
                f"not {expected[worst]:g}"
            )
    return "passed"


def _simulated(path: Path, settings: dict[str, str]) -> dict[str, np.ndarray]:
    from theratwin.io.sbml import read_sbml

    model = read_sbml(path)  # flux balance, whose settings have no times, is refused here
    start, duration = float(settings["start"]), float(settings["duration"])
    times = np.linspace(start, start + duration, int(settings["steps"]) + 1)
    found = model.simulate(
        times.tolist(),
        _names(settings["variables"]),
        amounts=_names(settings["amount"]),
        concentrations=_names(settings["concentration"]),
    )
    return {name: values[0] for name, values in found.items()}


def _settings(path: Path) -> dict[str, str]:
    pairs = [line.split(":", 1) for line in path.read_text().splitlines() if ":" in line]
    return {name.strip(): value.strip() for name, value in pairs}


def _results(path: Path) -> tuple[list[str], np.ndarray]:
    with path.open(encoding="utf-8-sig") as file:
        names = [name.strip().strip('"') for name in file.readline().split(",")]
        rows = [[float(cell) for cell in line.split(",")] for line in file if line.strip()]
    return ["time", *names[1:]], np.array(rows)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


if __name__ == "__main__":
    main()
