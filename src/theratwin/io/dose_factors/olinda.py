"""Dose factors as OLINDA prints them: a CSV table of targets by sources, for one nuclide."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.units import convert
from theratwin.physics import emissions, nuclide

#: OLINDA's short names, where one of ours means the same.
NAMES = {
    "gb cont": "gallbladder_contents", "gallbladder contents": "gallbladder_contents",
    "si cont": "small_intestine_contents", "stomcont": "stomach_contents",
    "heartcon": "heart_contents", "hrt wall": "heart_wall", "salivary": "salivary_glands",
    "red mar.": "red_marrow", "cortbone": "cortical_bone", "trabbone": "trabecular_bone",
    "ub cont": "bladder_contents", "urinary bladder contents": "bladder_contents",
    "urinary bladder wall": "bladder_wall", "tot body": "whole_body", "total body": "whole_body",
    "small intestine": "small_intestine_wall", "osteogenic cells": "bone_surfaces",
    "gallbladder wall": "gallbladder_wall", "rectum": "rectum_wall",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class DoseFactors:
    """Unweighted absorbed dose of targets for each unit of time-integrated activity in sources.

    Parameters
    ----------
    nuclide
        The nuclide.
    sources, targets
        Names of the axes: ours where one means the same, else the table's.
    s
        Gy/(MBq h), shape (sources, targets).
    """

    nuclide: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    s: NDArray[np.float64]

    def between(self, target: str, source: str) -> float:
        """Return S(target <- source), Gy/(MBq h).

        Raises
        ------
        InputError
            If one of them is not in the table.
        """
        named = (("target", target, self.targets), ("source", source, self.sources))
        for field, name, known in named:
            if name not in known:
                raise InputError("not in the table", field=field, value=name, allowed=known)
        return float(self.s[self.sources.index(source), self.targets.index(target)])


def read_olinda(
    path: Path | str,
    name: str,
    *,
    unit: str = "mGy/(MBq s)",
    alpha_weight: float | None = None,
    masses: Mapping[str, float] | None = None,
) -> DoseFactors:
    r"""Read a table of dose factors: ``Target`` and the sources in the head, a target a row.

    OLINDA multiplies the part of alpha particles and recoils by 5, and gives no progeny's part.
    That is no absorbed dose: of an alpha emitter the weight must be said, and from a region's own
    dose its excess is taken out,

    .. math:: S = S_w - (w - 1) \frac{E_\alpha + E_\mathrm{recoil}}{m}

    for which the table's masses are needed. Where the alphas' part is not known (from and to the
    whole body, from red marrow, and from sources that are no target, such as contents), the entry
    is not-a-number.

    Parameters
    ----------
    path
        The file.
    name
        The nuclide that it is of.
    unit
        Unit of its numbers.
    alpha_weight
        Factor that the alphas' part was multiplied by; 1 if it was not.
    masses
        The table's masses (g) by our names; only for alpha emitters.

    Raises
    ------
    InputError
        If the table is not as described, or a mass is missing.
    UnsupportedError
        If the nuclide emits alphas and ``alpha_weight`` is not given.
    """
    path = Path(path)
    sources, targets, table = _read(path)
    found = nuclide(name).name
    s = table * convert(1.0, unit, "Gy/(MBq h)")
    alphas = emissions(found).alphas.energy_per_decay
    if alphas > 0 and alpha_weight is None:
        raise UnsupportedError(
            "of an alpha emitter, OLINDA's factors are weighted by 5 and are no absorbed dose",
            field=str(path),
            value=found,
            remedy="Give alpha_weight=5 and the table's masses, or alpha_weight=1 if unweighted",
        )
    if alphas > 0 and alpha_weight != 1:
        _take_out(s, sources, targets, (float(alpha_weight or 1) - 1) * alphas, masses or {})
    return DoseFactors(found, sources, targets, s)


def _take_out(
    s: NDArray[np.float64],
    sources: tuple[str, ...],
    targets: tuple[str, ...],
    excess: float,
    masses: Mapping[str, float],
) -> None:
    """Take the excess energy (MeV) of alphas out of each region's own dose."""
    from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

    if "whole_body" in targets:
        s[:, targets.index("whole_body")] = np.nan
    for row, source in enumerate(sources):
        if source in ("whole_body", "red_marrow") or source not in targets:
            s[row] = np.nan
            continue
        if source not in masses:
            raise InputError(
                "the table's mass of the region is needed", field="masses", value=source
            )
        own = excess * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / masses[source]
        column = targets.index(source)
        if own > s[row, column]:
            raise InputError(
                "more than the region's own dose: the weight or the mass is wrong",
                field=f"masses[{source}]",
                value=masses[source],
            )
        s[row, column] -= own


def _read(path: Path) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.float64]]:
    if not path.is_file():
        raise InputError("no such file", field=str(path))
    rows = [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if row]
    if len(rows) < 2 or not rows[0][0].strip().lower().startswith("target"):
        raise InputError("no table of dose factors: its head begins with Target", field=str(path))
    sources = tuple(_name(word) for word in rows[0][1:])
    targets = tuple(_name(row[0]) for row in rows[1:])
    for kind, names in (("source", sources), ("target", targets)):
        if len(set(names)) != len(names):
            raise InputError(f"a {kind} stands twice", field=str(path))
    try:
        table = np.array([[float(word) for word in row[1:]] for row in rows[1:]]).T
        return sources, targets, table.reshape(len(sources), len(targets))
    except ValueError as error:
        raise InputError(f"not a table of numbers ({error})", field=str(path)) from error


def _name(text: str) -> str:
    """Return our name of a region, or the table's own."""
    from theratwin.case.regions import find_region

    words = " ".join(text.split())
    if words.lower() in NAMES:
        return NAMES[words.lower()]
    found = find_region(words)
    return found.name if found else words
