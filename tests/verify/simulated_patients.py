"""Simulated patients with known doses, from two stated generators.

Each patient has one cycle of 7.4 GBq Lu-177 with a PSMA ligand (10-minute infusion), kidneys and
one lesion. ``"same shape"`` draws the curve of each region from the shapes and population priors
that the twin assumes: the intervals should cover as often as they say. ``"compartments"`` draws it
from another model: plasma that exchanges with the rest of the body and with receptors, which are
internalized and released, with median release half-lives 30 % below (kidneys) and above (lesion)
the population's, and noise of heavier tails than assumed (Student t, 5 degrees of freedom, of the
stated standard deviation). What the scans cannot tell is drawn alike in both: the calibration, the
recovery of the lesion, the true volumes and the dose factor miss by their stated uncertainties.
A curve that would hold more than the administered activity is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theratwin.case import (
    Administration,
    Case,
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
from theratwin.core import Exponentials, LogNormal, parameter_set
from theratwin.core.seed import stream
from theratwin.dosimetry import bodies, self_s_value
from theratwin.kinetics import region_prior
from theratwin.kinetics.structure import UPTAKE_BIEXPONENTIAL
from theratwin.physics import nuclide

NUCLIDE = "Lu-177"
ACTIVITY = 7400.0  # MBq
INFUSION = 10.0 / 60.0  # h
CALIBRATION, RECOVERY = 0.05, 0.08  # relative standard uncertainties
REGIONS = ("kidneys", "lesion_1")
NOISE = {"kidneys": 0.05, "lesion_1": 0.08}
VOLUME_UNCERTAINTY = {"kidneys": 0.08, "lesion_1": 0.15}
VOLUME = {"kidneys": LogNormal(310.0, 1.2), "lesion_1": LogNormal(5.0, 3.0)}  # mL
UPTAKE = {"kidneys": LogNormal(0.015, 1.5), "lesion_1": LogNormal(0.002, 3.0)}  # at 24 h
DESIGNS = {"four scans": (4.0, 24.0, 72.0, 144.0), "two scans": (24.0, 96.0), "one scan": (48.0,)}

_EARLY = np.geomspace(0.1, 48.0, 60)  # h

#: Median of the release half-life over the population's median biological half-life.
SHIFT = {"kidneys": 0.7, "lesion_1": 1.3}
#: Half-lives (h) of the other steps of the compartment model, log-normal.
STEPS = {
    "plasma to urine": LogNormal(2.0, 1.4),
    "plasma to rest": LogNormal(1.0, 1.4),
    "rest to plasma": LogNormal(5.0, 1.4),
    "surface to plasma": LogNormal(2.0, 1.4),
    "surface to inside": LogNormal(11.6, 1.4),
}


@dataclass(frozen=True)
class Simulated:
    """A case with the true dose (Gy) of each region."""

    case: Case
    truth: dict[str, float]


def patient(generator: str, design: str, number: int, *, seed: int) -> Simulated:
    """Return one simulated patient; the same person under every design, scanned anew."""
    person = stream(seed, generator, str(number))
    scanner = stream(seed, generator, str(number), design)
    calibration = _factor(CALIBRATION, person)
    volumes, truth, measurements = {}, {}, []
    for region in REGIONS:
        curve = _possible(GENERATORS[generator], region, person)
        volumes[region] = Volume(
            float(VOLUME[region].sample(person, 1)[0]), VOLUME_UNCERTAINTY[region]
        )
        recovery = _factor(RECOVERY if region == "lesion_1" else 0.0, person)
        truth[region] = _dose(region, curve, volumes[region], person)
        for time in DESIGNS[design]:
            noise = _noise(generator, NOISE[region], scanner)
            seen = float(curve(time)) / (calibration * recovery) * noise
            measurements.append(Measurement(region, "cycle 1", time, seen, NOISE[region]))
    return Simulated(_case(volumes, measurements), truth)


def _possible(
    draw: Callable[[str, np.random.Generator], Exponentials],
    region: str,
    person: np.random.Generator,
) -> Exponentials:
    """Draw curves until one never holds more activity than was administered."""
    while True:
        curve = draw(region, person)
        if np.max(curve(_EARLY)) < ACTIVITY:
            return curve


def _same_shape(region: str, person: np.random.Generator) -> Exponentials:
    prior = region_prior(region, "psma", lesion=region == "lesion_1").base
    values = {
        name: UPTAKE[region].sample(person, 1)
        if name == "uptake"
        else prior[name].sample(person, 1)
        for name in UPTAKE_BIEXPONENTIAL.parameters
    }
    amplitudes, rates = UPTAKE_BIEXPONENTIAL.terms(values, nuclide(NUCLIDE).decay_constant)
    return Exponentials(ACTIVITY * amplitudes[0], rates[0], 0.5 * INFUSION)


def _compartments(region: str, person: np.random.Generator) -> Exponentials:
    population = region_prior(region, "psma", lesion=region == "lesion_1").base
    release = LogNormal(SHIFT[region] * population["biological_half_life"].median, 1.5)
    rate = {name: np.log(2.0) / float(step.sample(person, 1)[0]) for name, step in STEPS.items()}
    rate["release"] = np.log(2.0) / float(release.sample(person, 1)[0])
    # A trace of the dose enters the region, so that plasma does not depend on it.
    matrix = np.array(
        [
            [-rate["plasma to urine"] - rate["plasma to rest"], rate["rest to plasma"], 0.0, 0.0],
            [rate["plasma to rest"], -rate["rest to plasma"], 0.0, 0.0],
            [1.0, 0.0, -rate["surface to plasma"] - rate["surface to inside"], 0.0],
            [0.0, 0.0, rate["surface to inside"], -rate["release"]],
        ]
    )
    eigenvalues, vectors = np.linalg.eig(matrix)
    parts = np.linalg.solve(vectors, np.eye(4)[0])
    amplitudes = np.real((vectors[2] + vectors[3]) * parts)
    retained = amplitudes @ np.exp(np.real(eigenvalues) * 24.0)
    scale = ACTIVITY * float(UPTAKE[region].sample(person, 1)[0]) / retained
    decay = nuclide(NUCLIDE).decay_constant
    return Exponentials(scale * amplitudes, decay - np.real(eigenvalues), 0.5 * INFUSION)


GENERATORS: dict[str, Callable[[str, np.random.Generator], Exponentials]] = {
    "same shape": _same_shape,
    "compartments": _compartments,
}


def _dose(region: str, curve: Exponentials, volume: Volume, person: np.random.Generator) -> float:
    """Return the true dose (Gy): of the true mass, with the true dose factor."""
    mass = volume.mass * _factor(volume.relative_uncertainty, person)
    spread = parameter_set("dosimetry", "dose_factors").value("self_dose.relative_uncertainty")
    s_value = self_s_value(NUCLIDE, mass, bodies=bodies(region)) * _factor(spread, person)
    return float(curve.integral() * s_value)


def _noise(generator: str, relative: float, scanner: np.random.Generator) -> float:
    if generator == "same shape":
        return _factor(relative, scanner)
    freedom = 5.0
    standard = scanner.standard_t(freedom) / np.sqrt(freedom / (freedom - 2.0))
    return float(np.exp(np.sqrt(np.log1p(relative**2)) * standard))


def _factor(relative: float, generator: np.random.Generator) -> float:
    return float(np.exp(np.sqrt(np.log1p(relative**2)) * generator.standard_normal()))


def _case(volumes: dict[str, Volume], measurements: list[Measurement]) -> Case:
    return Case(
        "simulated",
        Patient("male", 80_000.0, organs={"kidneys": volumes["kidneys"]}),
        Radiopharmaceutical("177Lu-PSMA", Ligand("psma-617", "psma"), NUCLIDE),
        Schedule((Administration("cycle 1", 0.0, ACTIVITY, duration=INFUSION),)),
        lesions=(Lesion("lesion_1", volumes["lesion_1"]),),
        measurements=Measurements(tuple(measurements)),
        uncertainty=SharedUncertainty(CALIBRATION, RECOVERY),
        origin="simulated",
    )
