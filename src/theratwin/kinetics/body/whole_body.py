"""A whole body: its network, the regions that it offers, and how treatment becomes doses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from theratwin.case import Schedule
from theratwin.core import Curve, Pieces
from theratwin.core.errors import InputError
from theratwin.dynamics import Dose, Jump, Network, Solution, System
from theratwin.kinetics.body import dosing
from theratwin.kinetics.body.kidney import AMINO_ACIDS
from theratwin.kinetics.body.plan import BodyPlan
from theratwin.physics import nuclide

if TYPE_CHECKING:
    from theratwin.kinetics.body.draft import Label

#: What is left of the carrier's largest rate while amino acids run, in a parameter set.
_UPTAKE = "amino_acids.uptake_factor"


@dataclass(frozen=True, eq=False)
class WholeBody:
    """A whole-body model of one patient.

    Parameters
    ----------
    network
        Its network. Observables are ``activity.REGION`` (MBq), ``concentration.blood`` (MBq/mL of
        whole blood), ``mass.LESION`` (g); quadratures ``time_integrated_activity.REGION`` (MBq h).
    plan
        What it was built from.
    labels
        The labels that it follows.
    regions
        The regions that it offers, lesions and the whole body among them, each with its places.
    """

    network: Network
    plan: BodyPlan
    labels: tuple[Label, ...]
    regions: Mapping[str, tuple[str, ...]]

    def __repr__(self) -> str:
        ligands = ", ".join(f"{each.name} ({each.nuclide})" for each in self.plan.ligands)
        return f"<WholeBody {self.network.name}: {ligands}; {len(self.regions)} regions>"

    @cached_property
    def system(self) -> System:
        """The equations."""
        return self.network.system()

    @property
    def ligands(self) -> tuple[str, ...]:
        """The names of the ligands."""
        return tuple(each.name for each in self.plan.ligands)

    @property
    def assumed(self) -> tuple[str, ...]:
        """The patient's parameters that are a parameter set's, not this patient's own."""
        return tuple(
            parameter.name
            for parameter in self.network.parameters
            if parameter.name not in self.plan.own
            and (parameter.name.startswith("patient.") or parameter.name.endswith(".volume"))
        )

    def activity(self, region: str, ligand: str = "") -> str:
        """Return the observable of a region's activity.

        Raises
        ------
        InputError
            If the body offers no such region.
        """
        return f"activity.{self._name(region, ligand)}"

    def time_integrated_activity(self, region: str, ligand: str = "") -> str:
        """Return the quadrature of a region's time-integrated activity (MBq h)."""
        return f"time_integrated_activity.{self._name(region, ligand)}"

    def observables(self, ligand: str = "") -> dict[str, str]:
        """Return what can be measured: region, or ``blood``, to its observable.

        The blood's is a concentration (MBq/mL), the others' are activities (MBq).
        """
        blood = "concentration.blood" + (f".{ligand}" if len(self.ligands) > 1 else "")
        return {
            **{region: self.activity(region, ligand) for region in self.regions},
            "blood": blood,
        }

    def hot_states(self, region: str, ligand: str = "") -> tuple[str, ...]:
        """Return the states whose sum (nmol) makes a region's activity."""
        self._name(region, ligand)
        hot = self.labels[2 * self._index(ligand)]
        return tuple(f"{place}.{hot.name}" for place in self.regions[region])

    def activity_curve(
        self,
        solution: Solution,
        region: str,
        patient: int = 0,
        *,
        nuclide: str = "",
        ligand: str = "",
    ) -> Curve:
        """Return the activity (MBq) of a region as a curve, exact as solved.

        Parameters
        ----------
        solution
            Solved with ``curves=body.hot_states(region)``.
        region, patient
            Whose.
        nuclide
            The radionuclide that was given, if not the ligand's own.
        ligand
            Which ligand, if there are several.
        """
        label = nuclide or self.plan.ligands[self._index(ligand)].nuclide
        parts = [solution.curve(name, patient) for name in self.hot_states(region, ligand)]
        summed = sum(part.coefficients for part in parts)
        return Pieces(parts[0].breaks, summed).scaled(dosing.specific_activity(label))

    def _name(self, region: str, ligand: str) -> str:
        if region not in self.regions:
            raise InputError(
                "the body has no such region",
                field="region",
                value=region,
                allowed=list(self.regions),
            )
        self._index(ligand)
        return region if len(self.ligands) == 1 else f"{region}.{ligand}"

    def _index(self, ligand: str) -> int:
        if not ligand and len(self.ligands) == 1:
            return 0
        if ligand not in self.ligands:
            raise InputError(
                "the body has no such ligand", field="ligand", value=ligand, allowed=self.ligands
            )
        return self.ligands.index(ligand)

    def doses(self, schedule: Schedule, nuclide: str = "", ligand: str = "") -> tuple[Dose, ...]:
        """Return the doses of a schedule, hot and cold, into the venous plasma.

        The hot amount is activity / (decay constant times Avogadro's constant), the cold what is
        left of the amount given. Each is named, as ``"cycle 1.hot"``, so that the engine can
        differentiate by it. A lesion that appears at an administration gets its receptors then,
        and amino acids act on the kidneys' reabsorption while they run.

        Parameters
        ----------
        schedule
            The administrations.
        nuclide
            The radionuclide, if not the ligand's own; then its half-life has to be set too, see
            `half_life`.
        ligand
            Which ligand, if there are several.

        Raises
        ------
        InputError
            If an amount is missing, or less than the activity alone amounts to, or there are amino
            acids and nothing that they act on.
        """
        index = self._index(ligand)
        hot, cold = self.labels[2 * index], self.labels[2 * index + 1]
        name = nuclide or self.plan.ligands[index].nuclide
        appear = (
            Jump(f"{lesion}.receptor_density.ratio", schedule[administration].time, 1.0)
            for lesion, administration in self.plan.appearing.items()
            if administration in schedule.names
        )
        acids = self._amino_acids(schedule)
        return (*appear, *acids, *dosing.doses(schedule, name, hot.name, cold.name))

    def _amino_acids(self, schedule: Schedule) -> tuple[Jump, ...]:
        given = [each.name for each in schedule if each.amino_acids is not None]
        if not given:
            return ()
        if not self.plan.tubular_uptake:
            raise InputError(
                f"amino acids have no effect in the body {self.network.name}: its kidneys take "
                "ligand up by no carrier that they hold back",
                field=f"{given[0]}.amino_acids",
                remedy="Leave them out",
            )
        factors = (s.value(_UPTAKE) for s in reversed(self.plan.sets) if _UPTAKE in s)
        factor = next(factors, None)
        if factor is None:
            raise InputError(
                "no parameter set says what amino acids do",
                field=_UPTAKE,
                value=", ".join(each.name for each in self.plan.sets),
                remedy="Add a set that has it, such as sstr",
            )
        return dosing.amino_acids(schedule, AMINO_ACIDS, factor)

    def half_life(self, name: str, ligand: str = "") -> dict[str, float]:
        """Return the parameter that makes the hot label one of another radionuclide."""
        hot = self.labels[2 * self._index(ligand)]
        return {f"{hot.name}.half_life": nuclide(name).half_life}

    def changes(
        self, schedule: Schedule, ratios: Mapping[str, Mapping[str, float]]
    ) -> tuple[Jump, ...]:
        """Return jumps that multiply parameters from given administrations on.

        Parameters
        ----------
        schedule
            The administrations.
        ratios
            Parameter to administration to the ratio to the parameter's own value from then on.

        Raises
        ------
        InputError
            If the body was not built with a parameter as changing, or an administration is unknown.
        """
        known = self.plan.changing
        for name in ratios:
            if name not in known:
                raise InputError(
                    "the parameter does not change in this body",
                    field="ratios",
                    value=name,
                    allowed=known,
                    remedy="Build the body with it among `changing`",
                )
        return tuple(
            Jump(f"{name}.ratio", schedule[administration].time, ratio, f"{name}.{administration}")
            for name, by_administration in ratios.items()
            for administration, ratio in by_administration.items()
        )

    def voids(self, times: Iterable[float], duration: float = 0.1) -> tuple[Jump, ...]:
        """Return jumps that void the bladder at given times (h).

        While it lasts, urine leaves at twelve over the duration per hour: what stays is 6e-6 of
        what was there.

        Raises
        ------
        InputError
            If the body was not built with ``bladder="scheduled"``, or voids overlap.
        """
        if self.plan.bladder != "scheduled":
            raise InputError(
                "the bladder of this body is not voided at given times",
                field="bladder",
                value=self.plan.bladder,
                remedy='Build the body with bladder="scheduled"',
            )
        return dosing.voids(times, duration)
