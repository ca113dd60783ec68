"""Simulated patients of the whole-body model: a hidden truth that any course treats and scans.

`body_patient` draws a man with kidneys, parotid glands, liver, spleen, a lesion of about 20 mL, one
of about 1 mL, and tumor that nobody delineated. From ``"priors"`` the truth is what the fit of the
PSMA body takes it to be: estimated parameters from their priors, all others at the population's
medians, and values that miss the model by its stated errors. From ``"population"`` the truth is not
the fit's: all parameters have the distributions of `psma617_calibrated`, those that stand there
without one spread as `SPREADS` says (flows, permeabilities, internalization, affinity), organs and
lesions have their true volumes in the body too, and the model is otherwise exact. Both change from
cycle to cycle as the fit's priors say. What the scans cannot tell is drawn alike: calibration,
recovery, true masses, dose factors, and the marrow's own.

>>> patient = body_patient(0, seed=1)
>>> course = Schedule.regular("7.4 GBq", cycles=6, every="6 weeks", amount="57 nmol")
>>> scans = patient.scan(course, "cycle 1", (4.0, 24.0, 72.0, 168.0))
>>> twin_case = patient.case(course, scans)
>>> patient.doses(course)["kidneys"].bed.shape
(6,)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from body_truths import GENERATORS, factor, true_parameters, true_ratios
from known_bodies import CALIBRATION, DELINEATED, IMAGED, LESIONS, NOISE, RECOVERY, SMALL, known
from true_doses import TrueDose, curves_of, knots_of, marrow_rates, true_dose

from theratwin.case import (
    Case,
    Kind,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    SharedUncertainty,
    Volume,
)
from theratwin.core import Pieces, parameter_set
from theratwin.core.seed import stream
from theratwin.dosimetry import bodies, self_s_value
from theratwin.dynamics import Jump, Solution
from theratwin.kinetics.body_fit import psma_block
from theratwin.kinetics.body_fit.model import BodyModel
from theratwin.kinetics.body_fit.model_error import model_error
from theratwin.physics import nuclide

LU_PSMA_617 = Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177")
_ANY = Schedule.regular("7.4 GBq", cycles=1, every="6 weeks", amount="57 nmol")
_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class BodyPatient:
    """A hidden truth.

    Parameters
    ----------
    generator, number, seed
        From which it is drawn.
    patient, lesions
        What is known: size, age, and volumes as delineated.
    radiopharmaceutical
        What is administered.
    """

    generator: str
    number: int
    seed: int
    patient: Patient
    lesions: tuple[Lesion, ...]
    radiopharmaceutical: Radiopharmaceutical = LU_PSMA_617
    parameters: Mapping[str, float] = field(default_factory=dict)

    def labeled(self, radiopharmaceutical: Radiopharmaceutical) -> BodyPatient:
        """Return the same person with another radiopharmaceutical: parameters shared are kept."""
        return replace(
            self, radiopharmaceutical=radiopharmaceutical, parameters=self.true_parameters
        )

    def stream(self, *names: str) -> np.random.Generator:
        """Return a random stream of this patient."""
        return stream(self.seed, "body patient", self.generator, str(self.number), *names)

    def factor(self, relative: float, *names: str) -> float:
        """Return a hidden factor of median one, the same whenever it is asked for."""
        return factor(relative, self.stream(*names))

    @cached_property
    def model(self) -> BodyModel:
        """The equations of the body, with what the fit estimates of it."""
        seen = tuple(_blank(region) for region in NOISE)
        decay = nuclide(self.radiopharmaceutical.nuclide).decay_constant
        (block,) = psma_block(self.case(_ANY, seen), decay)
        return block.alternatives[0].model

    @cached_property
    def true_parameters(self) -> dict[str, float]:
        """The true values of the network's parameters, as far as they are not its own."""
        drawn = true_parameters(self.generator, self.model, self.stream)
        return {**drawn, **{k: v for k, v in self.parameters.items() if k in drawn}}

    @cached_property
    def true_ratios(self) -> dict[str, np.ndarray]:
        """What a parameter is multiplied by in each cycle, up to `STEPS` cycles."""
        return true_ratios(self.model, self.stream)

    def true_mass(self, region: str) -> float:
        """Return the true mass (g): of the true volume, where the body has it."""
        volume, relative = self._declared[region], DELINEATED[region][1]
        true = self.true_parameters.get(f"{region}.volume")
        if true is None:
            true = volume.value * self.factor(relative, region, "mass")
        return true * volume.density

    @property
    def _declared(self) -> dict[str, Volume]:
        return {**self.patient.organs, **{each.name: each.volume for each in self.lesions}}

    def case(
        self, schedule: Schedule, measurements: Iterable[Measurement] = (), **changes: Any
    ) -> Case:
        """Return what is known of the patient, with measurements if there are any."""
        return replace(
            Case(
                f"simulated {self.number}",
                self.patient,
                self.radiopharmaceutical,
                schedule,
                lesions=self.lesions,
                measurements=Measurements(tuple(measurements)),
                uncertainty=SharedUncertainty(CALIBRATION, RECOVERY),
                origin="simulated",
                model="psma",
            ),
            **changes,
        )

    def scan(
        self,
        schedule: Schedule,
        cycle: str,
        times: Iterable[float],
        regions: Iterable[str] = IMAGED,
    ) -> Measurements:
        """Return what scans (or samples, for ``"blood"``) after one administration show.

        The same scan shows the same, whatever else is scanned.

        Parameters
        ----------
        schedule
            The course.
        cycle
            The administration's name.
        times
            Hours after its start, increasing.
        regions
            Of `NOISE`.
        """
        times, begin = tuple(times), schedule[cycle].time
        solution = self._solve(schedule, [begin + time for time in times])
        return Measurements(
            tuple(
                self._measured(region, cycle, time, float(value))
                for region in regions
                for time, value in zip(
                    times, solution[self.model.activities[region]][0], strict=True
                )
            )
        )

    def _measured(self, region: str, cycle: str, time: float, true: float) -> Measurement:
        label = self.radiopharmaceutical.name
        missed = self.factor(NOISE[region], "scan", label, cycle, region, f"{time:g} h")
        if self.generator == "priors":
            error = model_error(region, LESIONS)
            missed *= self.factor(error, "model", label, cycle, region, f"{time:g} h")
        kind = Kind.ACTIVITY if region != "blood" else Kind.CONCENTRATION
        value = true * missed / self.scale(region)
        return Measurement(region, cycle, time, value, NOISE[region], kind)

    def scale(self, region: str) -> float:
        """Return the true activity over the one that scans show but for noise."""
        if region == "blood":  # a well counter's
            return 1.0
        recovery = RECOVERY if region in SMALL else 0.0
        return self.factor(CALIBRATION, "calibration") * self.factor(recovery, region, "recovery")

    def doses(self, schedule: Schedule) -> dict[str, TrueDose]:
        """Return the true doses of a course in all that is delineated, and in red marrow."""
        curves = self.activities(schedule)
        spread = parameter_set("dosimetry", "dose_factors").value("self_dose.relative_uncertainty")
        found = {}
        for region, volume in self._declared.items():
            s_value = self.factor(spread, region, "dose factor") * self_s_value(
                self.radiopharmaceutical.nuclide,
                self.true_mass(region),
                bodies=bodies(region),
                density=volume.density,
            )
            rates = [curve * float(s_value) for curve in curves[region]]
            found[region] = true_dose(region, rates, lesion=region in LESIONS)
        label = self.radiopharmaceutical.nuclide
        rates = marrow_rates(self.patient, label, curves, lambda u: self.factor(u, "marrow"))
        return {**found, "red_marrow": true_dose("red_marrow", rates, lesion=False)}

    def activities(self, schedule: Schedule) -> dict[str, tuple[Pieces, ...]]:
        """Return the true curves (MBq, of blood MBq/mL) by administration, each to the next."""
        grid = knots_of(schedule.administrations, self.model.decay_constant)
        return curves_of(self.model, self._solve(schedule, np.concatenate(grid)), grid)

    def _solve(self, schedule: Schedule, times: Any) -> Solution:
        model = self.model
        jumps = [
            Jump(model.switches[name], administration.time, ratios[cycle])
            for name, ratios in self.true_ratios.items()
            for cycle, administration in enumerate(schedule)
            if cycle
        ]
        return model.engine.solve(
            {**model.fixed, **self.true_parameters},
            times,
            doses=[*model.doses(schedule.administrations), *jumps],
            rtol=_TOLERANCE,
        ).require()


def body_patient(number: int, *, seed: int, generator: str = "priors") -> BodyPatient:
    """Return one of the patients of a generator, one of `GENERATORS`."""
    if generator not in GENERATORS:
        raise ValueError(f"{generator!r} is none of {GENERATORS}")
    person = stream(seed, "body patient", generator, str(number), "known")
    return BodyPatient(generator, number, seed, *known(person))


def _blank(region: str) -> Measurement:
    kind = Kind.ACTIVITY if region != "blood" else Kind.CONCENTRATION
    return Measurement(region, "cycle 1", 24.0, 1.0, NOISE[region], kind)
