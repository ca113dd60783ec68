"""A lesion under several agents, driven by the dose rate that a twin foretells for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.case import pulses_of
from theratwin.core import Curve, InputError, Total
from theratwin.dynamics import Network, couple
from theratwin.response import Tissue
from theratwin.response.driven import follow
from theratwin.response.drugs import Drug, drug_effects, free_concentration
from theratwin.response.drugs.combined import with_drugs
from theratwin.response.immune import immune_lite
from theratwin.response.tumor import TumorCourse, tumor_network
from theratwin.twin.therapy.agents import Agents
from theratwin.twin.therapy.cells import CellNetwork, network_of
from theratwin.twin.therapy.growth import volumes
from theratwin.twin.therapy.immune import count, immune_values

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class DrivenLesion:
    """A lesion with its cells, partner drugs in them, and lymphocytes.

    The dose rate is given, so that a change of volume does not act back on the uptake: `Therapy`
    has that, for a body.

    Parameters
    ----------
    name
        The lesion's, by which beams reach it.
    volume
        At the start (mL), one for each draw.
    cells
        A `Tissue`, or a cell-survival model with a network: ``medras-rpt`` with
        ``follow="population"``, which weights cells by their descendants.
    drugs
        Partner drugs, for cells that have their ports.
    immune
        Whether lymphocytes kill; experimental, see `Therapy`.
    growth, tumor
        The growth law, and parameters that differ from ``response/tumor``. A doubling time is that
        at the lesion's own volume, unless ``reference_volume`` is given.

    Raises
    ------
    InputError
        If a parameter is unknown or out of range.

    Examples
    --------
    >>> from theratwin.case import Schedule
    >>> from theratwin.core import Exponentials
    >>> from theratwin.response import tissue
    >>> lesion = DrivenLesion("lesion_1", np.array([10.0]), tissue("prostate_metastasis"))
    >>> rate = Exponentials.from_half_lives([[0.5]], [[51.0]])
    >>> cycle = Agents({"": Schedule.regular("7.4 GBq", cycles=1, every="6 weeks")})
    >>> course = lesion.follow(rate, cycle, [0.0, 1000.0])
    >>> bool(course.living[0, -1] < 0.1)
    True
    """

    name: str
    volume: Float[np.ndarray, " draws"]
    cells: Tissue | CellNetwork
    drugs: tuple[Drug, ...] = ()
    immune: bool = False
    growth: str = "exponential"
    tumor: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        volumes(self.growth, self.volume, self.tumor)

    @cached_property
    def network(self) -> Network:
        """Lesion, cells and lymphocytes, joined."""
        cells = network_of(self.cells).network()
        if self.drugs:
            drug_effects(self.drugs)  # refuses a drug twice
            cells = with_drugs(cells, self.drugs)
        further = ["hazard.other"] if self.immune else []
        tumor = tumor_network(self.growth, kill="hazard", further_inputs=further, values=self.tumor)
        networks = {"cells": cells, "tumor": tumor}
        links = {"tumor.hazard": "cells.hazard"}
        if self.immune:
            networks |= {"immune": immune_lite(own_tumor=False), "count": count()}
            links |= {
                "count.living": "tumor.living",
                "immune.living": "count.cells",
                "immune.hazard": "cells.hazard",
                "tumor.hazard.other": "immune.immune_hazard",
            }
        return couple(f"{self.name}-under-agents", networks, links)

    def follow(
        self, dose_rate: Curve, agents: Agents, times: Any, *, blood: Curve | None = None
    ) -> TumorCourse:
        """Return what becomes of the lesion.

        Parameters
        ----------
        dose_rate
            By the radiopharmaceutical (Gy/h), with an axis of draws.
        agents
            What else is given.
        times
            When (h), increasing from 0.
        blood
            Dose rate of the blood (Gy/h), which lymphocytes feel; none if not given.

        Raises
        ------
        InputError
            If an agent has no place here.
        """
        pulses = pulses_of(agents.beams, self.name)
        rate = dose_rate if pulses is None else Total.of(dose_rate, pulses)
        inputs: dict[str, Any] = {"cells.dose_rate": rate, **self._concentrations(agents)}
        if self.immune:
            inputs["immune.dose_rate"] = rate
            inputs["immune.dose_rate_blood"] = 0.0 if blood is None else blood
            inputs["immune.checkpoint"] = 0.0 if agents.checkpoint is None else agents.checkpoint
        elif agents.checkpoint is not None:
            raise InputError(
                "without lymphocytes a checkpoint inhibitor does nothing",
                field="agents.checkpoint",
                remedy="Build the lesion with immune=True",
            )
        found = follow(
            self.network,
            inputs,
            times,
            parameters=self._parameters(),
            keep=("tumor.log_kill",),
            rtol=1e-7,
            atol=1e-10,
        )
        return TumorCourse.of(found, "tumor")

    def _concentrations(self, agents: Agents) -> dict[str, Any]:
        """Return the free concentration of every drug; zero of one that is not taken."""
        known = {each.name: each for each in self.drugs}
        for name in agents.drugs:
            if name not in known:
                raise InputError(
                    "no such drug acts on this lesion",
                    field="agents.drugs",
                    value=name,
                    allowed=list(known) or "none",
                    remedy="Build the lesion with drugs=(drug(NAME), ...)",
                )
        return {
            f"cells.drug.{name}": free_concentration(each, agents.drugs[name])
            if name in agents.drugs
            else 0.0
            for name, each in known.items()
        }

    def _parameters(self) -> dict[str, Any]:
        prefix = "cells.cells" if self.drugs else "cells"
        values = network_of(self.cells).network_values()
        given: dict[str, Any] = {f"{prefix}.{name}": v for name, v in values.items()}
        of_growth = volumes(self.growth, self.volume, self.tumor)
        given |= {f"tumor.{name}": value for name, value in of_growth.items()}
        if self.immune:
            of_immune = immune_values(self.volume, self.tumor)
            given |= {f"immune.{name}": value for name, value in of_immune.items()}
        return given
