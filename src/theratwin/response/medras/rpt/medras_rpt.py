"""theratwin's extension of MEDRAS as a model of cell survival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from theratwin.core import Curve, Exposure, InputError, Parameter
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.driven import follow, settled
from theratwin.response.medras.cell_line import ASYNCHRONOUS, CellLine, published
from theratwin.response.medras.irradiation import Field, end_of
from theratwin.response.medras.pathways import PATHS
from theratwin.response.medras.rpt.in_use import is_used
from theratwin.response.medras.rpt.network import rpt_network
from theratwin.response.medras.rpt.numbers import extension, numbers
from theratwin.response.medras.rpt.options import Options

if TYPE_CHECKING:
    from theratwin.dynamics import Network, Solution

#: Fraction of cells below which breaks per cell are no longer resolved.
_FEWEST = 1e-9

#: What a model of cell survival may be exposed to: an exposure, a dose rate, or inputs by name.
Given = Exposure | Curve | Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class MedrasRpt(KineticModel):
    r"""MEDRAS as hazards of cells that go through their cycle while they are irradiated.

    Breaks kill as they are joined, so that a dose rate may last for weeks and the cells move on
    meanwhile; see `rpt_network`. With ``cycle="frozen"`` its survival is that of `Medras`: exactly
    for an acute dose, and without p53-dependent apoptosis, which here does not wait for the end of
    the exposure, for every dose rate. Frozen cells in S and G2 come to mitosis 8 h after the
    exposure, as there.

    Survival is the fate of the cells present at exposure, relative to untreated ones; growth is
    reported apart, as ``log_growth`` of the network. Drugs are given by name of their port:
    ``model.survival({"dose_rate": curve, "parp_inhibition": 0.9, "parp_trapping": 5.0})``.

    Parameters
    ----------
    parameters
        Those of the sets ``response/medras`` and ``response/medras_rpt``.
    phase
        Where all cells are at the start, ``G1``, ``S`` or ``G2``; or ``asynchronous``: as in
        steady growth, with a frozen cycle as in MEDRAS.
    p53, hr, nhej
        See `CellLine`.
    cycle, follow, checkpoint, cycle_delay, senescence, delayed_death, hypersensitivity,
    replicate_breaks, single_strand_breaks, stalled_forks, drugs
        See `Options`.
    fractions
        Cells in each phase at the start, in place of `phase`.

    References
    ----------
    theratwin's own, on MEDRAS (citation ``mcmahon_2021``); no equivalence with another dynamic
    model is claimed.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> model = MedrasRpt.of(phase="G1", p53="mutant", cycle="frozen")
    >>> print(f"{model.survival(Pulses([0.0], [2.0])):.6f}")
    0.743435
    """

    phase: str = ASYNCHRONOUS
    p53: str = "wildtype"
    hr: str = "proficient"
    nhej: str = "proficient"
    cycle: str = "progressing"
    follow: str = "cells"
    checkpoint: bool = False
    cycle_delay: bool = False
    senescence: bool = False
    delayed_death: int = 0
    hypersensitivity: bool = False
    replicate_breaks: bool = False
    single_strand_breaks: bool = False
    stalled_forks: bool = False
    drugs: tuple[str, ...] = ()
    fractions: Mapping[str, float] | None = None

    name: ClassVar[str] = "medras-rpt"
    summary: ClassVar[str] = "MEDRAS as hazards through the cell cycle, theratwin's extension"
    origin: ClassVar[str] = "theratwin"
    citations: ClassVar[tuple[str, ...]] = ("mcmahon_2016", "mcmahon_2017", "mcmahon_2021")
    parameter_set: ClassVar[tuple[str, str] | None] = ("response", "medras_rpt")

    def __post_init__(self) -> None:
        options = self.options
        for name in self.parameters:
            if name not in self.defaults():
                raise InputError(
                    "no such parameter", field=self.name, value=name, allowed=self.defaults()
                )
        used = {n: v for n, v in self.parameters.items() if is_used(n, options, self.phase)}
        object.__setattr__(self, "parameters", used)
        super().__post_init__()
        found = self._numbers()  # refuses unknown choices now
        mixed = self.phase == ASYNCHRONOUS and self.cycle == "frozen"
        if mixed and "parp" in self.drugs and "start.S" not in found:
            raise InputError(
                "PARP inhibitors act on cells in S, and of asynchronous frozen cells none is there",
                field="medras-rpt.drugs",
                value=self.drugs,
                remedy='Give phase="S", fractions with S, or cycle="progressing"',
            )

    @classmethod
    def defaults(cls) -> Mapping[str, Parameter]:
        """Return the parameters of MEDRAS and of the extension."""
        return {**published(), **extension()}

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of every parameter that has an effect with these options."""
        known = self.defaults()
        return {name: known[name].unit for name in known if is_used(name, self.options, self.phase)}

    def with_parameters(self, values: Mapping[str, Any]) -> Self:
        """Return the model with other values: numbers, or arrays over patients or draws.

        Raises
        ------
        InputError
            If a name is unknown, or belongs to an option that is off.
        """
        for name in values:
            if name in self.defaults() and name not in self.units:
                raise InputError(
                    "the parameter has no effect, as its option is off",
                    field=self.name,
                    value=name,
                    allowed=sorted(self.units),
                    remedy="Turn the option on, or leave the value out",
                )
        return super().with_parameters(values)

    @property
    def line(self) -> CellLine:
        """The cell line, with its values of MEDRAS's parameters."""
        own = {name: value for name, value in self.parameters.items() if name in published()}
        return CellLine(self.phase, self.p53, self.hr, self.nhej, own)

    @property
    def options(self) -> Options:
        """What is on."""
        return Options(**{part.name: getattr(self, part.name) for part in fields(Options)})

    def _values(self) -> dict[str, Any]:
        return {name: value for name, value in self.parameters.items() if name in extension()}

    def _numbers(self) -> dict[str, Any]:
        found = numbers(self.line, self.options, self._values(), self.fractions)
        return {name: number.value for name, number in found.items()}

    def network(self) -> Network:
        """Return the equations, with ports."""
        return rpt_network(self.line, self.options, self._values(), self.fractions)

    def network_values(self) -> dict[str, Any]:
        """Return the values of the network's parameters, which follow from `parameters`."""
        return self._numbers()

    @property
    def slowest_rate(self) -> float:
        """The rate (1/h) of the very slow path, by which damage settles after the dose."""
        return float(np.min(self.line.value("rate.very_slow")))

    def log_kill(self, exposure: Given, until: float = inf) -> Any:
        r"""Return :math:`-\ln S` of the cells present at exposure, relative to untreated ones."""
        end = settled(exposure, self.slowest_rate) if until == inf else until
        return self._log_kills(exposure, [end])[..., 0]

    def over_time(self, exposure: Given, times: Any) -> Any:
        """Return the surviving fraction of the cells so far, shape ``(*batch, time)``."""
        return np.exp(-self._log_kills(exposure, times))

    def solve(self, exposure: Given, times: Any, **settings: Any) -> Solution:
        """Return the solution of the network: fractions, breaks, growth, living cells over time.

        Parameters
        ----------
        exposure
            An exposure, a curve (Gy/h), or inputs by name.
        times
            When results are kept (h).
        **settings
            As of `follow`.
        """
        return follow(self.network(), exposure, times, parameters=self._numbers(), **settings)

    def _log_kills(self, exposure: Given, times: Any) -> np.ndarray:
        times = np.asarray(times, dtype=float)
        found = self.solve(exposure, times)
        kill = found["log_kill"]
        if self.options.single_strand_breaks:
            kill = kill - self.solve(self._nothing(), times)["log_kill"]
        if self.cycle == "frozen":
            kill = kill + self._kill_at_mitosis(exposure, found, times)
        return kill if self._is_batched(exposure) else kill[0]

    def _nothing(self) -> dict[str, float]:
        """Return inputs without dose and drugs: what untreated cells are given."""
        return {port.name: 0.0 for port in self.network().inputs}

    def _kill_at_mitosis(self, exposure: Given, found: Solution, times: np.ndarray) -> np.ndarray:
        """Return what frozen cells lose at the mitosis that MEDRAS has 8 h after exposure."""
        line = self.line
        moment = end_of(Field(*_dose_rates(exposure))) + np.asarray(line.value("arrest.time"))
        if np.all(moment > times[-1]):
            return np.zeros_like(found["log_kill"])
        then = self.solve(exposure, np.where(np.isfinite(moment), moment, 0.0)[..., None])
        spared = 0.0
        for name in found.states:
            if not name.startswith("cells."):
                continue
            phase = name.removeprefix("cells.")
            dying = 0.0
            if phase != "G1":
                total = sum(then[f"breaks.{phase}.{path}"] for path in PATHS)
                breaks = np.maximum(total, 0.0) / np.maximum(then[name], _FEWEST)
                most = np.asarray(line.value("arrest.breaks"))
                worth = np.asarray(line.value("death.mitosis"))
                dying = worth[..., None] * np.minimum(breaks, most[..., None])
            spared = spared + found[name] * np.exp(-dying)
        return np.where(times >= moment[..., None], -np.log(spared), 0.0)

    def _is_batched(self, exposure: Given) -> bool:
        given = [np.ndim(value) > 0 for value in self.parameters.values()]
        return any(given) or any(curve.batch_shape for curve in _all_curves(exposure))


def _dose_rates(exposure: Given) -> tuple[Curve | None, ...]:
    if isinstance(exposure, Mapping):
        rate = exposure.get("dose_rate")
        return (rate if isinstance(rate, Curve) else None,)
    if isinstance(exposure, Exposure):
        return (exposure.total_dose_rate,)
    return (exposure,)


def _all_curves(exposure: Given) -> list[Curve]:
    if isinstance(exposure, Mapping):
        return [curve for curve in exposure.values() if isinstance(curve, Curve)]
    if isinstance(exposure, Exposure):
        return list(exposure.dose_rate.values())
    return [exposure]
