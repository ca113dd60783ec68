"""Specific absorbed fractions by source, target and energy: the table and its text file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.files import write_text

Array = NDArray[np.float64]
FORMAT = 1
#: Energy (MeV) at which the closed form stands: every photon and electron stays where it starts.
LOCAL_ENERGY = 1e-3
_DIGITS = ".3e"  # of a fraction; ".1e" of its uncertainty


@dataclass(frozen=True, eq=False)
class SafTable:
    """Specific absorbed fractions of one phantom, 1/kg.

    Parameters
    ----------
    phantom
        ``"AM"`` or ``"AF"``.
    source_mass, target_mass
        Masses (g) of sources and targets by name, in the order of the axes below.
    energy
        MeV, by particle (``"photon"``, ``"electron"``, in a complete table also ``"alpha"``);
        the first is `LOCAL_ENERGY`.
    saf
        1/kg, by particle, each of shape (sources, targets, energies).
    relative_uncertainty
        Relative standard error of the Monte Carlo, the same shape; 1 where nothing was scored.
    provenance
        How the table was made.
    complete
        Whether charged particles within the skeleton, of contents in walls, and of alphas are in
        the table; else `organ_s_values` adds them.
    """

    phantom: str
    source_mass: Mapping[str, float]
    target_mass: Mapping[str, float]
    energy: Mapping[str, Array]
    saf: Mapping[str, Array]
    relative_uncertainty: Mapping[str, Array]
    provenance: str = ""
    complete: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources."""
        return tuple(self.source_mass)

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets."""
        return tuple(self.target_mass)


def write_saf_table(table: SafTable, path: Path | str) -> Path:
    """Write a table as CSV: masses first, then a row for each particle, source and target.

    A row that is nothing but zeros is left out.

    Raises
    ------
    UnsupportedError
        If the table is one of others (``complete``): those may not be passed on.
    """
    if table.complete:
        raise UnsupportedError(
            "only tables of our own Monte Carlo are written", field="table", value=table.phantom
        )
    lines = [f"# {line}" for line in table.provenance.splitlines()]
    lines += [f"format,{FORMAT}", f"phantom,{table.phantom}"]
    for kind, masses in (("source", table.source_mass), ("target", table.target_mass)):
        lines += [f"{kind},{name},{mass:.6g}" for name, mass in masses.items()]
    for particle, energies in table.energy.items():
        lines.append(",".join(["energy", particle, *(f"{e:g}" for e in energies)]))
        for source, safs, errors in zip(
            table.sources, table.saf[particle], table.relative_uncertainty[particle], strict=True
        ):
            for target, saf, error in zip(table.targets, safs, errors, strict=True):
                if saf.any():
                    lines.append(",".join([particle, source, target, *_pairs(saf, error)]))
    return write_text(path, "\n".join(lines) + "\n")


def _pairs(saf: Array, error: Array) -> list[str]:
    """Return the fractions, then their uncertainties (in percent)."""
    return [_short(s) for s in saf] + [f"{100 * e:.2g}" for e in error]


def _short(value: float) -> str:
    """Return a number to four digits in as few signs as can be: 1.234e-05 is 1234e-8."""
    if value == 0:
        return "0"
    digits, power = f"{value:{_DIGITS}}".split("e")
    return f"{digits.replace('.', '')}e{int(power) - 3}"


def read_saf_table(path: Path | str) -> SafTable:
    """Read a table that `write_saf_table` wrote.

    Raises
    ------
    InputError
        If the file is missing, or no such table.
    UnsupportedError
        If the format is newer than this program.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError("no such file", field="table", value=str(path))
    return parse_saf_table(path.read_text(encoding="utf-8"), str(path))


def parse_saf_table(text: str, name: str) -> SafTable:
    """Return the table of a text; ``name`` stands in errors. See `read_saf_table`."""
    head = [line[2:] for line in text.splitlines() if line.startswith("#")]
    rows = [r for r in csv.reader(s for s in text.splitlines() if not s.startswith("#")) if r]
    try:
        return _table(rows, "\n".join(head), name)
    except (ValueError, IndexError, KeyError) as error:
        raise InputError(
            f"this is no table of specific absorbed fractions ({error})", field=name
        ) from error


def _table(rows: list[list[str]], provenance: str, name: str) -> SafTable:
    facts = {row[0]: row[1] for row in rows if row[0] in ("format", "phantom")}
    if int(facts["format"]) > FORMAT:
        raise UnsupportedError(
            "written by a newer version", field=f"{name}: format", value=facts["format"]
        )
    masses = {
        kind: {row[1]: float(row[2]) for row in rows if row[0] == kind}
        for kind in ("source", "target")
    }
    energy = {row[1]: np.array(row[2:], dtype=float) for row in rows if row[0] == "energy"}
    places = {kind: {n: i for i, n in enumerate(table)} for kind, table in masses.items()}
    shape = (len(masses["source"]), len(masses["target"]))
    saf = {particle: np.zeros((*shape, e.size)) for particle, e in energy.items()}
    error = {particle: np.zeros((*shape, e.size)) for particle, e in energy.items()}
    for particle, source, target, *values in (row for row in rows if row[0] in energy):
        where = places["source"][source], places["target"][target]
        numbers = np.array(values, dtype=float)
        saf[particle][where], error[particle][where] = np.split(numbers, 2)
        error[particle][where] /= 100
    return SafTable(
        facts["phantom"], masses["source"], masses["target"], energy, saf, error, provenance
    )
