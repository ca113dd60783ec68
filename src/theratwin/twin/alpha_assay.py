"""An experiment in a dish with an alpha emitter: each daughter where it decays, hits, survival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics import Engine, Solution
from theratwin.kinetics.generators import DISH_SITES, Generator, generator
from theratwin.kinetics.models.in_vitro import MEDIUM, PLACES
from theratwin.physics.cells import SingleEvent, mixed_event
from theratwin.twin.in_vitro import NEIGHBORS, OWN, InVitro
from theratwin.twin.nucleus_effect import (
    NucleusEffect,
    medium_effect,
    neighbors_effect,
    own_effect,
    suspended_effect,
)

if TYPE_CHECKING:
    from theratwin.response.quality import DomainCell

_TOLERANCE = {"rtol": 1e-9, "atol": 1e-14}  # MBq of the chain, nmol of the cold ligand
_SECOND = 1.0 / 3600.0


@dataclass(frozen=True)
class NucleusDose:
    """Mean dose (Gy) and mean number of hits of a nucleus, of one member from one source.

    Parameters
    ----------
    electrons, alphas
        Gy; alphas with recoils.
    hits
        By alphas.
    effect
        What they are made of.
    """

    electrons: float
    alphas: float
    hits: float
    effect: NucleusEffect

    @property
    def total(self) -> float:
        """Mean absorbed dose (Gy), unweighted."""
        return self.electrons + self.alphas


@dataclass(frozen=True)
class AlphaAssay:
    """An assay with an alpha-emitting ligand of SSTR2.

    Daughters that stay on the ligand go with it; freed at the membrane they are washed into the
    medium, freed in a cell they stay, freed in the medium they are in it. A wash takes the medium
    with all that is in it.

    Parameters
    ----------
    assay
        The cells, what is done to them and when; its nuclide is the parent.
    daughters
        Values of `kinetics.generators.generator`'s ``given``: released fractions, ``washout.dish``.
    equilibrium
        Half-life (h) below which daughters decay where they are born.

    Raises
    ------
    InputError
        If no member of the chain emits alphas.

    Examples
    --------
    >>> dish = {"activity_concentration": "5 kBq/mL", "incubation": "1 h"}
    >>> assay = AlphaAssay(InVitro(nuclide="Bi-213", end=12.0, given=dish))
    >>> {source: round(1e3 * dose) for source, dose in assay.doses.items()}  # mGy
    {'membrane': 19, 'cytoplasm': 64, 'nucleus': 0, 'neighbors': 0, 'medium': 9}
    >>> round(assay.hits, 2)
    0.59
    """

    assay: InVitro
    daughters: Mapping[str, float | str] = field(default_factory=dict)
    equilibrium: float = _SECOND

    def __post_init__(self) -> None:
        from theratwin.physics import emissions

        object.__setattr__(self, "daughters", MappingProxyType(dict(self.daughters)))
        if not any(emissions(m).alphas.energy.size for m in self.chain.members):
            raise InputError(
                "no member of its chain emits alphas",
                field="assay.nuclide",
                value=self.assay.nuclide,
                remedy="InVitro alone is for emitters of electrons",
            )

    @cached_property
    def chain(self) -> Generator:
        """The kinetics of all members."""
        return generator(
            self.assay.network,
            self.assay.nuclide,
            DISH_SITES,
            given=self.daughters,
            equilibrium=self.equilibrium,
        )

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self.chain.network.system())

    def solve(self, times: Any, **options: Any) -> Solution:
        """Return the kinetics at times (h); see `theratwin.dynamics.Engine.solve`."""
        options = {**_TOLERANCE, **options}
        options["doses"] = (*self.assay.fresh_medium, *options.get("doses", ()))
        return self._engine.solve({}, times, **options).require()

    @cached_property
    def decays(self) -> dict[tuple[str, str], float]:
        """Place and member to the time-integrated activity (MBq h) in the well, up to the end."""
        found = self.solve([self.assay.end]).quadratures
        names = {
            (place, member): self.chain.time_integrated_activity(place, member)
            for place in self.chain.regions
            for member in self.chain.present(place)
        }
        return {key: float(found[name][0, 0]) for key, name in names.items()}

    @cached_property
    def parts(self) -> dict[tuple[str, str, str], NucleusDose]:
        """Source, place and member to what comes from there.

        Sources are the cell's own places, ``neighbors`` with the places of all other cells, and
        the medium.
        """
        values = {p.name: p.value for p in self.assay.network.parameters}
        found = {}
        for (place, member), decays in self.decays.items():
            if not decays > 0:
                continue
            share = decays / values["medium_volume" if place == MEDIUM else "cells"]
            for source, effect in self._effects(place, member).items():
                found[source, place, member] = NucleusDose(
                    share * effect.electrons, share * effect.alphas, share * effect.hits, effect
                )
        return found

    def _effects(self, place: str, member: str) -> dict[str, NucleusEffect]:
        assay, cell = self.assay, self.assay.cell
        on_sheet = assay.arrangement == "sheet"
        if place == MEDIUM:
            room = (assay.height, assay.pitch) if on_sheet else (None, None)
            return {MEDIUM: medium_effect(member, cell, *room)}
        code = PLACES[place]
        if on_sheet:
            others = neighbors_effect(member, cell, code, assay.pitch)
        else:
            others = suspended_effect(member, cell, assay.cell_density)
        return {place: own_effect(member, cell, code), NEIGHBORS: others}

    @property
    def doses(self) -> dict[str, float]:
        """The mean dose (Gy) to the nucleus by source, up to the end."""
        found = dict.fromkeys((*OWN, NEIGHBORS, MEDIUM), 0.0)
        for (source, _, _), part in self.parts.items():
            found[source] += part.total
        return found

    @property
    def member_doses(self) -> dict[str, float]:
        """The mean dose (Gy) to the nucleus by member of the chain."""
        found = dict.fromkeys(self.chain.members, 0.0)
        for (_, _, member), part in self.parts.items():
            found[member] += part.total
        return found

    @property
    def dose(self) -> float:
        """The mean dose (Gy) to the nucleus up to the end."""
        return sum(self.doses.values())

    @property
    def hits(self) -> float:
        """The mean number of alphas that hit a nucleus."""
        return sum(part.hits for part in self.parts.values())

    @property
    def untouched(self) -> float:
        """The fraction of nuclei that no alpha hits."""
        return float(np.exp(-self.hits))

    @cached_property
    def event(self) -> SingleEvent:
        """What one hit leaves in a nucleus, of all sources and members.

        Raises
        ------
        InputError
            If no alpha hits a nucleus.
        """
        parts = self.parts.values()
        return mixed_event([(p.effect.event, p.hits) for p in parts if p.effect.event is not None])

    def log_kill(self, line: DomainCell) -> float:
        r"""Return :math:`-\ln S` of the cells at the end, relative to untreated ones.

        Alphas kill by hits: the microdosimetric kinetic model over the specific energies of
        nuclei (`response.quality.spectrum_log_survival`), its :math:`\alpha` the mean over the
        dose of all sources and members. Electrons add :math:`\alpha_0 D`; nothing is repaired
        between hits. Recoils count in `doses` alone: they stop within 0.1 um, far into overkill,
        and reach the nucleus from decays in it only.

        Parameters
        ----------
        line
            The cell line, of `response.quality.domain_cell`.
        """
        from theratwin.response.quality import (
            mkm_coefficients,
            nuclide_quality,
            spectrum_log_survival,
        )

        electrons = line.alpha * sum(part.electrons for part in self.parts.values())
        if self.hits == 0.0:
            return float(electrons)
        weighted = 0.0
        for (_, _, member), part in self.parts.items():
            if part.effect.event is not None and part.hits > 0:
                source = part.effect.source
                where = {} if source is None else {"geometry": self.assay.cell, "source": source}
                quality = nuclide_quality(member, line, progeny="none", **where)
                by_hits = part.hits * part.effect.event.frequency_mean
                weighted += by_hits * mkm_coefficients(line, quality.energies)[0]
        dose = self.hits * self.event.frequency_mean
        killed = -float(spectrum_log_survival(self.event, dose, weighted / dose, line.beta))
        return float(killed + electrons)
