"""A therapy as one compiled system: the body, its doses, a lesion, blood, and partner agents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.case import pulses_of
from theratwin.core import InputError, parameter_set
from theratwin.dosimetry import MarrowModel
from theratwin.dynamics import Dose, Network
from theratwin.kinetics.body import WholeBody
from theratwin.response import Tissue, tissue
from theratwin.response.blood import LINES, BloodCounts
from theratwin.response.driven import follow
from theratwin.response.drugs import Drug
from theratwin.response.tumor import TumorCourse, to_space
from theratwin.twin.therapy.agents import Agents
from theratwin.twin.therapy.cells import CellNetwork, network_of
from theratwin.twin.therapy.course import TherapyCourse
from theratwin.twin.therapy.immune import immune_values
from theratwin.twin.therapy.joining import TISSUES, joined
from theratwin.twin.therapy.organ_doses import MARROW

if TYPE_CHECKING:
    from theratwin.dynamics import Solution
    from theratwin.kinetics.body import LigandPlan


@dataclass(frozen=True, eq=False)
class Therapy:
    """A patient with one lesion, and the agents that a therapy may give.

    The lesion's volume acts back on its uptake, its perfusion and its S value; ligands compete for
    receptors; the hazard of cells, of drugs in them, and of lymphocytes add up in one lesion. All
    of it is one system with one error control.

    Parameters
    ----------
    body
        The whole body, with one or several ligands.
    lesion
        Its lesion that is followed.
    cells
        A `Tissue`, or a cell-survival model with states (``medras-rpt`` with
        ``follow="population"``); ``prostate_metastasis`` if None.
    drugs
        Partner drugs by mouth, for cells that have their ports (``medras-rpt``).
    immune
        Whether lymphocytes kill, and checkpoint inhibition may be given. Experimental: numbers of
        mice, with fewer lymphocytes called up as the tumor grows slower than theirs.
    beams
        Whether external beams may be given.
    growth, tumor
        The growth law, and parameters that differ from ``response/tumor``. A doubling time is that
        at the lesion's own volume, unless ``reference_volume`` is given.
    organs
        Organs of which dose and BED are followed beside the red marrow.
    marrow
        Nuclide to the model of the red marrow; without one no marrow and no blood is followed.
    lines
        Lines of blood cells.
    weights
        Nuclide to the weight of the lesion's dose by ligands after the first, such as a relative
        biological effectiveness.

    Raises
    ------
    InputError
        If a name is unknown, or an option would have no effect.

    Examples
    --------
    >>> from theratwin.case import Schedule
    >>> from theratwin.kinetics import psma_body
    >>> body = psma_body(ligand="psma-617", lesions=["lesion_1"], given={"lesion_1.volume": 20.0})
    >>> therapy = Therapy(body, "lesion_1")
    >>> cycles = Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="57 nmol")
    >>> course = therapy.follow(Agents({"": cycles}), [0.0, 1008.0, 2016.0])
    >>> bool(course.tumor.volume[0, -1] < 20.0)
    True
    """

    body: WholeBody
    lesion: str
    cells: Tissue | CellNetwork | None = None
    drugs: tuple[Drug, ...] = ()
    immune: bool = False
    beams: bool = False
    growth: str = "exponential"
    tumor: Mapping[str, float] = field(default_factory=dict)
    organs: tuple[str, ...] = ("kidneys",)
    marrow: Mapping[str, MarrowModel] = field(default_factory=dict)
    lines: tuple[str, ...] = LINES
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if f"{self.lesion}.volume" not in self.body_values:
            raise InputError(
                "the body has no such lesion",
                field="lesion",
                value=self.lesion,
                allowed=list(self.body.plan.lesions) or "none: build the body with lesions=[...]",
            )
        if self.immune and not self.marrow:
            raise InputError(
                "lymphocytes come from the blood, whose dose is that of the marrow",
                field="marrow",
                remedy="Give marrow={nuclide: marrow_model(...)}",
            )
        known = [each.nuclide for each in self.others]
        for name in self.weights:
            if name not in known:
                raise InputError(
                    "a weight is that of a ligand after the first",
                    field="weights",
                    value=name,
                    allowed=known or "none: there is one ligand",
                )
        for organ in self.organs:
            if organ not in TISSUES or organ == MARROW:
                raise InputError(
                    "no radiosensitivity is known",
                    field="organs",
                    value=organ,
                    allowed=[name for name in TISSUES if name != MARROW],
                )

    @property
    def others(self) -> list[LigandPlan]:
        """The ligands after the first."""
        return list(self.body.plan.ligands)[1:]

    @cached_property
    def body_values(self) -> dict[str, float]:
        """The parameters of the body."""
        return {p.name: p.value for p in self.body.network.parameters}

    @cached_property
    def cell_model(self) -> CellNetwork:
        """The model of the cells."""
        return network_of(tissue("prostate_metastasis") if self.cells is None else self.cells)

    @cached_property
    def network(self) -> Network:
        """All of it, joined; names begin with ``body.``, ``organs.``, ``tumor.``, ``cells.`` ..."""
        return joined(self)

    @property
    def drug_names(self) -> list[str]:
        """The partner drugs."""
        return [each.name for each in self.drugs]

    def follow(
        self,
        agents: Agents,
        times: Any,
        *,
        parameters: Mapping[str, Any] | None = None,
        further: Iterable[Dose] = (),
        **settings: Any,
    ) -> TherapyCourse:
        """Return what becomes of the patient.

        Parameters
        ----------
        agents
            What is given, and when.
        times
            When (h), increasing from 0.
        parameters
            Of the network that differ, by their full names: one number, or one for each patient.
            What the body has of the lesion's start is not among what follows from them: for another
            volume build the body with it.
        further
            Doses and jumps beside those of the agents, with full names.
        settings
            As of `theratwin.response.driven.follow`.

        Raises
        ------
        InputError
            If an agent has no place in this therapy.
        """
        found = follow(
            self.network,
            self._inputs(agents),
            times,
            parameters={**self._own_parameters(), **(parameters or {})},
            doses=[*self._doses(agents), *further],
            **{"rtol": 1e-6, "atol": 1e-9, **settings},
        )
        return TherapyCourse(found, TumorCourse.of(found, "tumor"), self._counts(found, parameters))

    def _own_parameters(self) -> dict[str, Any]:
        own = {f"cells.{name}": v for name, v in self.cell_model.network_values().items()}
        if self.drugs:
            own = {f"cells.cells.{name}": v for name, v in self.cell_model.network_values().items()}
        if self.immune:
            volume = self.body_values[f"{self.lesion}.volume"]
            of_immune = immune_values(volume, self.tumor)
            own |= {f"immune.{name}": value for name, value in of_immune.items()}
        return own

    def _inputs(self, agents: Agents) -> dict[str, Any]:
        inputs: dict[str, Any] = {}
        if agents.beams:
            self._require(self.beams, "beams")
            pulses = pulses_of(agents.beams, self.lesion)
            strays = {r for beam in agents.beams for r in beam.doses} - {self.lesion}
            if pulses is None or strays:
                raise InputError(
                    "external beams here reach the lesion alone",
                    field="agents.beams",
                    value=sorted(strays),
                    allowed=self.lesion,
                )
            inputs["other.beam"] = pulses
        elif self.beams:
            inputs["other.beam"] = 0.0
        if agents.checkpoint is not None:
            self._require(self.immune, "immune")
        if self.immune:
            given = agents.checkpoint
            inputs["immune.checkpoint"] = 0.0 if given is None else given
        return inputs

    def _doses(self, agents: Agents) -> list[Dose]:
        found: list[Dose] = []
        for ligand, schedule in agents.radiopharmaceuticals.items():
            found += to_space(self.body.doses(schedule, ligand=ligand))
        for name, doses in agents.drugs.items():
            if name not in self.drug_names:
                raise InputError(
                    "no such drug in this therapy",
                    field="agents.drugs",
                    value=name,
                    allowed=self.drug_names or "none",
                    remedy="Build it with drugs=(drug(NAME), ...)",
                )
            found += doses.boluses(f"cells.{name}.depot")
        return found

    def _require(self, on: bool, option: str) -> None:
        if not on:
            raise InputError(
                "this therapy has no place for it",
                field=f"agents.{'checkpoint' if option == 'immune' else option}",
                remedy=f"Build it with {option}=True",
            )

    def _counts(self, found: Solution, parameters: Mapping[str, Any] | None) -> BloodCounts | None:
        if not self.marrow:
            return None
        known = parameter_set("response", "blood_lines")
        patients = len(found.status)
        given = parameters or {}
        baselines = {
            line: np.broadcast_to(
                np.asarray(
                    given.get(f"blood.{line}.baseline", known.value(f"{line}.baseline")), float
                ),
                patients,
            )
            for line in self.lines
        }
        counts = {line: found[f"blood.{line}"] for line in self.lines}
        return BloodCounts(np.asarray(found.times), counts, baselines)
