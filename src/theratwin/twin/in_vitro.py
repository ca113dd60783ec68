"""An experiment in a dish: a labeled ligand incubated and washed off, dose to nuclei, survival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core import Component, Curve, Exposure, Geometry, Pieces
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Dose, Engine, Network, Solution
from theratwin.kinetics.models.assay import Assay
from theratwin.kinetics.models.in_vitro import MEDIUM, PLACES, SPENT, in_vitro
from theratwin.physics.cells import Cell, cell_s_value, crowd_s_value, medium_s_value
from theratwin.physics.cells.tracks import chain_electrons
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

if TYPE_CHECKING:
    from theratwin.response.cell_survival import KineticModel
    from theratwin.response.drugs import Drug

#: Whence the dose of a nucleus comes: the cell's own compartments, other cells, the medium.
OWN, NEIGHBORS = tuple(PLACES), "neighbors"
ARRANGEMENTS = ("sheet", "suspension")
_MM3_PER_ML = 1e3
_TOLERANCE = {"rtol": 1e-9, "atol": 1e-16}  # nmol: a well's receptors are 1e-5


@dataclass(frozen=True)
class InVitro:
    """An assay with a beta-emitting ligand of SSTR2: incubate, wash off, observe.

    Every cell is the same, and stays; daughters are counted with the cell that they come from.

    Parameters
    ----------
    cell
        Size of cell and nucleus (mm).
    arrangement
        ``"sheet"``: on the bottom of a dish, in a hexagonal lattice; or ``"suspension"``: evenly
        in the medium, which reaches further than the tracks.
    density
        Of a sheet: cells a mm2; with the number of cells and the medium's volume it gives the
        height of the medium.
    end
        When the assay ends (h): dose and deaths count up to then.
    ligand, nuclide
        A ligand of the set ``kinetics/sstr`` and its label, an emitter of electrons.
    given
        Parameters of the kinetics that differ from the set ``kinetics/in_vitro``.
    schedule
        Incubations and washes, if there is more than one incubation and its wash; then the
        activity, the molar activity and the times are its own.

    Raises
    ------
    InputError
        If a value is out of range, the cells do not fit, or the medium does not cover them.

    Examples
    --------
    >>> assay = InVitro(given={"activity_concentration": "1 MBq/mL", "incubation": "4 h"})
    >>> {name: round(dose, 2) for name, dose in assay.doses.items()}
    {'membrane': 0.03, 'cytoplasm': 2.09, 'nucleus': 0.0, 'neighbors': 0.03, 'medium': 0.19}
    """

    cell: Cell = field(default_factory=lambda: Cell(radius=7e-3, nucleus_radius=4.5e-3))
    arrangement: str = "sheet"
    density: float = 100.0
    end: float = 336.0
    ligand: str = "dotatoc"
    nuclide: str = "Lu-177"
    given: Mapping[str, float | str] = field(default_factory=dict)
    schedule: Assay | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", MappingProxyType(dict(self.given)))
        if self.arrangement not in ARRANGEMENTS:
            raise InputError(
                "unknown", field="arrangement", value=self.arrangement, allowed=ARRANGEMENTS
            )
        for name in ("density", "end"):
            if not 0 < getattr(self, name) < inf:
                raise InputError("must be positive", field=name, value=getattr(self, name))
        if self.arrangement == "sheet":
            self._check_sheet()

    def _check_sheet(self) -> None:
        if self.pitch < 2 * self.cell.radius:
            raise InputError(
                "so many cells do not fit in one layer",
                field="density",
                value=self.density,
                allowed=f"at most {2 / sqrt(3) / (2 * self.cell.radius) ** 2:.4g} a mm2",
            )
        if self.height < 2 * self.cell.radius:
            raise InputError(
                "the medium does not cover the cells",
                field="medium_volume",
                value=f"{1e3 * self.height:.3g} um high",
                allowed=f"at least {2e3 * self.cell.radius:g} um",
            )

    @cached_property
    def network(self) -> Network:
        """The kinetics."""
        if self.schedule is None:
            return in_vitro(self.ligand, self.nuclide, given=self.given)
        own = self.schedule.given
        for name in self.given:
            if name in own:
                raise InputError(
                    "the schedule says this", field=f"given.{name}", remedy="Leave out one of both"
                )
        washes = len(self.schedule.wash_times)
        return in_vitro(self.ligand, self.nuclide, washes=washes, given={**self.given, **own})

    @cached_property
    def _values(self) -> dict[str, float]:
        return {p.name: p.value for p in self.network.parameters}

    @property
    def pitch(self) -> float:
        """The distance (mm) of neighbors in a sheet."""
        return sqrt(2 / (sqrt(3) * self.density))

    @property
    def height(self) -> float:
        """The height (mm) of the medium over the bottom."""
        area = self._values["cells"] / self.density
        return self._values["medium_volume"] * _MM3_PER_ML / area

    @property
    def cell_density(self) -> float:
        """Cells a mL of medium."""
        return self._values["cells"] / self._values["medium_volume"]

    @property
    def fresh_medium(self) -> tuple[Dose, ...]:
        """The ligand that comes with fresh medium, if a schedule says so."""
        if self.schedule is None:
            return ()
        return self.schedule.doses(self._values["medium_volume"], self.nuclide)

    def solve(self, times: Any, **options: Any) -> Solution:
        """Return the kinetics at times (h); see `theratwin.dynamics.Engine.solve`."""
        doses = (*self.fresh_medium, *options.get("doses", ()))
        options = {**_TOLERANCE, **options, "doses": doses}
        return self._engine.solve({}, times, **options).require()

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self.network.system())

    @cached_property
    def s_values(self) -> dict[str, float]:
        """Dose to the nucleus: Gy/(MBq h) of each compartment, of the medium Gy mL/(MBq h).

        ``neighbors.PLACE`` is that of all other cells, each with the same activity.
        """
        value = cell_s_value(self.nuclide, self.cell)
        if any(value.alphas.values()):
            raise UnsupportedError(
                "the assay is for emitters of electrons",
                field="nuclide",
                value=self.nuclide,
                remedy="Alpha particles hit few nuclei: AlphaAssay counts hits, and daughters",
            )
        own = value.total
        found = {place: own[f"N<-{code}"] for place, code in PLACES.items()}
        others = {place: self._others(code) for place, code in PLACES.items()}
        found |= {f"{NEIGHBORS}.{place}": value for place, value in others.items()}
        # Cells hold no medium: off goes what it would have done from there.
        displaced = (own["N<-C"] + self._others("C")) * self.cell.volume("C") / _MM3_PER_ML
        if self.arrangement == "suspension":
            displaced = own["N<-C"] * self.cell.volume("C") / _MM3_PER_ML
        return {**found, MEDIUM: self._medium - displaced}

    def _others(self, code: str) -> float:
        if self.arrangement == "sheet":
            return crowd_s_value(self.nuclide, self.cell, "sheet", self.pitch, code)
        return self._medium * self.cell_density

    @cached_property
    def _medium(self) -> float:
        if self.arrangement == "suspension":
            return medium_s_value(self.nuclide, self.cell)
        radius = self.cell.radius
        return medium_s_value(self.nuclide, self.cell, below=radius, above=self.height - radius)

    @cached_property
    def dose_rates(self) -> dict[str, Pieces]:
        """The dose rate (Gy/h) to the nucleus over time by source, as solved; the sum is all."""
        sources = {place: {place: self.s_values[place]} for place in OWN}
        sources[NEIGHBORS] = {place: self.s_values[f"{NEIGHBORS}.{place}"] for place in OWN}
        sources[MEDIUM] = {MEDIUM: self.s_values[MEDIUM], SPENT: self.s_values[MEDIUM]}
        return {name: self._weighted(weights) for name, weights in sources.items()}

    def _weighted(self, weights: Mapping[str, float]) -> Pieces:
        specific = self._values["activity_per_decay_rate"] * np.log(2) / self._values["half_life"]
        amount = dict.fromkeys(OWN, self._values["cells"])
        total = 0.0
        for place, s_value in weights.items():
            size = amount.get(place, self._values["medium_volume"])
            curve = self._curves[place]
            total = total + specific * s_value / size * curve.coefficients
        return Pieces(self._curves[MEDIUM].breaks, total)

    @cached_property
    def _curves(self) -> dict[str, Pieces]:
        names = [f"{place}.hot" for place in (MEDIUM, SPENT, *OWN)]
        solution = self.solve([self.end], curves=names)
        return {name.removesuffix(".hot"): solution.curve(name) for name in names}

    @property
    def dose_rate(self) -> Pieces:
        """The dose rate (Gy/h) to the nucleus over time, of all sources."""
        curves = list(self.dose_rates.values())
        return Pieces(curves[0].breaks, sum(curve.coefficients for curve in curves))

    @property
    def doses(self) -> dict[str, float]:
        """The dose (Gy) to the nucleus by source, up to the end."""
        return {name: float(curve.integral()) for name, curve in self.dose_rates.items()}

    @property
    def dose(self) -> float:
        """The dose (Gy) to the nucleus up to the end."""
        return sum(self.doses.values())

    @property
    def well_share(self) -> float:
        """The part of the energy of all electrons emitted in the well that nuclei absorb."""
        return self._absorbed(self.dose) / self._emitted(self._curves)

    @property
    def cell_share(self) -> float:
        """The part of the energy of electrons emitted in and on cells that nuclei absorb."""
        from_cells = self.dose - self.doses[MEDIUM]
        return self._absorbed(from_cells) / self._emitted(OWN)

    def _absorbed(self, dose: float) -> float:
        return self._values["cells"] * self.cell.mass("N") * dose

    def _emitted(self, places: Iterable[str]) -> float:
        """Return the energy (Gy g) that electrons carry away from places in the well."""
        electrons = chain_electrons(((self.nuclide, 1.0),), "cole")
        specific = self._values["activity_per_decay_rate"] * np.log(2) / self._values["half_life"]
        decays = specific * sum(float(self._curves[place].integral()) for place in places)  # MBq h
        energy = electrons.energy if electrons is not None else 0.0
        return decays * energy * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H

    def exposure(self, drugs: Mapping[str, Curve] | None = None, delay: float = 0.0) -> Exposure:
        """Return what the nuclei are exposed to, for response models.

        Parameters
        ----------
        drugs
            Free concentrations (nmol/mL) by name, in the exposure's own time.
        delay
            When the incubation begins (h), for drugs that come before it.
        """
        rate = self.dose_rate
        return Exposure(
            "nucleus",
            {Component.PHOTON_ELECTRON: rate.shifted(delay) if delay else rate},
            geometry=Geometry.NUCLEUS,
            drugs=drugs or {},
        )

    def log_kill(
        self,
        model: KineticModel,
        drugs: Iterable[Drug] = (),
        concentrations: Mapping[str, Curve] | None = None,
        *,
        delay: float = 0.0,
        until: float | None = None,
    ) -> float:
        r"""Return :math:`-\ln S` of the cells at the end, relative to untreated ones.

        Parameters
        ----------
        model
            A model of cell survival; with drugs, one with their ports on.
        drugs
            The drugs.
        concentrations
            Their free concentrations (nmol/mL) over time; a drug that is not named is not there.
        delay
            When the incubation begins (h) in the concentrations' time.
        until
            When cells are counted (h); ``delay`` after the end if None.
        """
        from theratwin.response.drugs import log_kill_with_drugs

        last = self.end + delay if until is None else until
        given = list(drugs)
        if not given:
            return float(model.log_kill(self.exposure(delay=delay), until=last))
        exposure = self.exposure(concentrations, delay)
        return float(log_kill_with_drugs(model, given, exposure, [last])[0, 0])
