"""The numbers of a medras-rpt network, by their names in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from theratwin.core import (
    Fixed,
    InputError,
    Parameter,
    ParameterSet,
    UnsupportedError,
    parameter_set,
)
from theratwin.response.medras.cell_line import ASYNCHRONOUS, CellLine, published
from theratwin.response.medras.pathways import PATHS, repair_in
from theratwin.response.medras.rpt.cycle import PHASES, asynchronous_fractions
from theratwin.response.medras.rpt.in_use import is_used
from theratwin.response.medras.rpt.options import Options

_SHARED = (
    *(f"rate.{path}" for path in PATHS),
    *("fidelity.end_joining", "fidelity.alternative", "failing_fraction"),
    *("death.base", "death.mitosis", "arrest.breaks"),
)
#: Fractions are given to as many digits as numbers have, or to a few.
_ROUNDING = 1e-9
_DERIVED = "Follows from the parameters of response/medras for this cell line."


class Number(NamedTuple):
    """A value, or one for each patient or draw, with what a network states of it."""

    value: Any
    unit: str
    source: str
    note: str = ""

    def parameter(self, name: str) -> Parameter:
        """Return it as a network's parameter, the first if there are several."""
        return Parameter(
            name, self.unit, Fixed(float(np.ravel(self.value)[0])), self.source, note=self.note
        )


def extension() -> ParameterSet:
    """Return the parameters of theratwin's extension."""
    return parameter_set("response", "medras_rpt")


def numbers(
    line: CellLine,
    options: Options,
    values: Mapping[str, Any],
    fractions: Mapping[str, float] | None = None,
) -> dict[str, Number]:
    """Return all numbers of the network of a cell line.

    Parameters
    ----------
    line
        The cell line.
    options
        What is on.
    values
        Parameters that differ from the set ``response/medras_rpt``.
    fractions
        Cells in each phase at the start, in place of those of the line's phase or, if it is
        asynchronous, of steady growth (with a frozen cycle: those of MEDRAS).

    Raises
    ------
    InputError
        If fractions do not sum to 1.
    UnsupportedError
        If the line is in mitosis, which is no phase of its own here.
    """
    found = _repair(line)
    for name, parameter in extension().items():
        if not is_used(name, options):
            continue
        value = values.get(name, parameter.value)
        found[name] = Number(value, parameter.unit, parameter.source, parameter.note)
    for phase, part in start(line, options, found, fractions).items():
        found[f"start.{phase}"] = Number(part, "", "assumption", "Fraction of cells at the start.")
    return found


def _repair(line: CellLine) -> dict[str, Number]:
    known = published()
    found = {
        name: Number(line.value(name), known[name].unit, known[name].source, known[name].note)
        for name in _SHARED
    }
    for phase in PHASES:
        repair = repair_in(line, phase)
        found[f"{phase}.breaks_per_gray"] = _derived(repair.breaks_per_gray, "1/Gy")
        found[f"{phase}.lethal"] = _derived(repair.lethal)
        for i, path in enumerate(PATHS):
            found[f"{phase}.share.{path}"] = _derived(repair.shares[..., i])
    found["misrepair_coefficient"] = _derived(repair.coefficient)
    found["apoptosis_rate"] = _derived(apoptosis_rate(line), "1/h")
    return found


def apoptosis_rate(line: CellLine) -> Any:
    r"""Return the rate (1/h) of apoptosis in G1 per double-strand break at hand.

    :math:`k_a = a / \sum_k (p_k/\mu_k)`: over the time that a break stays, MEDRAS's chance a.

    Examples
    --------
    >>> print(f"{apoptosis_rate(CellLine('G1')):.4e}")
    5.7647e-03
    """
    if not line.arrests:
        return 0.0
    repair = repair_in(line, "G1")
    return line.value("death.apoptosis") / (repair.shares / repair.rates).sum(axis=-1)


def _derived(value: Any, unit: str = "") -> Number:
    return Number(value, unit, "mcmahon_2021", _DERIVED)


def start(
    line: CellLine,
    options: Options,
    known: Mapping[str, Number],
    fractions: Mapping[str, float] | None,
) -> dict[str, Any]:
    """Return the fraction of cells in each phase at the start.

    Where cells stay in their phase, phases without any are left out.
    """
    given = _fractions(line, options, known, fractions)
    for phase in given:
        if phase not in PHASES:
            raise InputError("unknown phase", field="fractions", value=phase, allowed=PHASES)
    found = {phase: given.get(phase, 0.0) for phase in PHASES}
    total = sum(map(np.asarray, found.values()))
    if np.any(np.abs(total - 1.0) > _ROUNDING) or any(np.any(f < 0.0) for f in found.values()):
        raise InputError(
            "fractions of cells are not negative and sum to 1", field="fractions", value=given
        )
    if options.cycle == "frozen":
        return {phase: part for phase, part in found.items() if np.any(part > 0.0)}
    return found


def _fractions(
    line: CellLine,
    options: Options,
    known: Mapping[str, Number],
    fractions: Mapping[str, float] | None,
) -> Mapping[str, Any]:
    if fractions is not None:
        return fractions
    if line.phase == ASYNCHRONOUS:
        if options.cycle == "frozen":
            return line.mixture
        return _in_growth([known[f"duration.{phase}"].value for phase in PHASES])
    if line.phase not in PHASES:
        raise UnsupportedError(
            "mitosis is a part of G2 in this model",
            field="phase",
            value=line.phase,
            allowed=(*PHASES, ASYNCHRONOUS),
            remedy="Use the model medras for cells irradiated in mitosis",
        )
    return {line.phase: 1.0}


def _in_growth(durations: list[Any]) -> dict[str, Any]:
    """Return the fractions of steady growth, for each patient or draw."""
    each = np.broadcast_arrays(*map(np.asarray, durations))
    found = np.empty((len(PHASES), *each[0].shape))
    for place in np.ndindex(*each[0].shape):
        own = {phase: float(time[place]) for phase, time in zip(PHASES, each, strict=True)}
        found[(slice(None), *place)] = list(asynchronous_fractions(own).values())
    return dict(zip(PHASES, found, strict=True))
