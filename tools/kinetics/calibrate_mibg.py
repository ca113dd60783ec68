"""Calibrate MIBG to seven published figures of humans, and compare it with others.

Used: urine up to 24, 48 and 72 h (Wafelman 1995), what the liver holds at 4 h of that at 20 min
(Nakajo 1985), and the doses of liver, salivary glands and bladder wall by I-124 (EJNMMI Physics
2023), taken as means of the male and the female phantom. Six rates are estimated; the rate out of
liver and glands is assumed, and varied at the end. Run ``python tools/kinetics/calibrate_mibg.py``;
the rates printed stand in the parameter set ``mibg``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy.optimize import least_squares

from theratwin.core import Fixed, Parameter, parameter_set
from theratwin.dosimetry.organ import CumulatedActivity, organ_doses
from theratwin.kinetics.models.mibg import ENTERS, REGIONS
from theratwin.kinetics.models.transfer import transfer_matrix
from theratwin.physics import emissions, nuclide
from theratwin.physics.organs import scaled_to_masses, shipped_saf_table
from theratwin.physics.organs.s_value import organ_s_values

#: Mean and standard deviation between patients: fractions, and mGy/MBq of I-124.
FIGURES = {
    "urine, 24 h": (0.53, 0.088),
    "urine, 48 h": (0.69, 0.078),
    "urine, 72 h": (0.83, 0.070),
    "liver, 4 h over 20 min": (0.79, 0.032),
    "dose of liver": (0.65, 0.22),
    "dose of salivary_glands": (0.77, 0.28),
    "dose of bladder_wall": (1.54, 0.40),
}
ESTIMATED = (
    "transfer.central.bladder",
    "transfer.central.tissues",
    "transfer.tissues.central",
    "transfer.central.liver",
    "transfer.central.salivary_glands",
    "transfer.bladder.urine",
)
ASSUMED = ("transfer.liver.central", "transfer.salivary_glands.central")
PHANTOMS = ("AM", "AF")
#: Tissue weighting factors of ICRP Publication 103; the remainder tissues share 0.12, gonads 0.08.
WEIGHTS = {
    **dict.fromkeys(("red_marrow", "colon_wall", "lungs", "stomach_wall", "breasts"), 0.12),
    **dict.fromkeys(("bladder_wall", "esophagus", "liver", "thyroid"), 0.04),
    **dict.fromkeys(("bone_surfaces", "brain", "salivary_glands", "skin"), 0.01),
}
REMAINDER_TISSUES = [
    "adrenals",
    "extrathoracic_airways",
    "gallbladder_wall",
    "heart_wall",
    "kidneys",
    "lymph_nodes",
    "muscle",
    "oral_mucosa",
    "pancreas",
    "small_intestine_wall",
    "spleen",
    "thymus",
]
OF_SEX = {"AM": ("testes", "prostate"), "AF": ("ovaries", "uterus")}


@dataclass(frozen=True)
class Kinetics:
    """The matrix of transfers, and where things are in it."""

    places: list[str]
    matrix: np.ndarray

    def fractions(self, time: float) -> dict[str, float]:
        """Return what each compartment holds, corrected for decay."""
        rates, modes = np.linalg.eig(self.matrix)
        start = np.eye(len(self.places))[self.places.index(ENTERS)]
        found = modes @ (np.exp(rates * time) * np.linalg.solve(modes, start))
        return dict(zip(self.places, found.real.tolist(), strict=True))

    def integrals(self, label: str) -> dict[str, float]:
        """Return time-integrated activities (h) of the sources of dose."""
        size = len(self.places)
        start = np.eye(size)[self.places.index(ENTERS)]
        leaving = nuclide(label).decay_constant * np.eye(size) - self.matrix
        found = dict(zip(self.places, np.linalg.solve(leaving, start), strict=True))
        return {region: float(sum(found[p] for p in parts)) for region, parts in REGIONS.items()}


def kinetics(known: Mapping[str, Parameter]) -> Kinetics:
    """Return the kinetics of parameters."""
    return Kinetics(*transfer_matrix(known))


@cache
def s_values(label: str, phantom: str) -> dict[str, dict[str, float]]:
    """Return doses (mGy) of all targets for one MBq h in each source."""
    one = {source: CumulatedActivity(1.0) for source in REGIONS}
    found = organ_doses(shipped_saf_table(phantom), emissions(label), one)
    return {
        source: dict(zip(found.target_mass, (1e3 * values).tolist(), strict=True))
        for source, values in found.by_source.items()
    }


def dose(model: Kinetics, label: str, target: str, phantom: str) -> float:
    """Return the dose (mGy/MBq) of a phantom's target."""
    integrals = model.integrals(label)
    values = s_values(label, phantom)
    return sum(integrals[source] * values[source][target] for source in integrals)


def mean_dose(model: Kinetics, label: str, target: str) -> float:
    """Return the dose (mGy/MBq) of a target, the mean of both phantoms."""
    return float(np.mean([dose(model, label, target, phantom) for phantom in PHANTOMS]))


def effective_dose(model: Kinetics, label: str) -> float:
    """Return the effective dose (mSv/MBq) of ICRP Publication 103."""

    def of(phantom: str) -> float:
        gonads, own = OF_SEX[phantom]
        others = [dose(model, label, t, phantom) for t in (*REMAINDER_TISSUES, own)]
        named = sum(w * dose(model, label, t, phantom) for t, w in WEIGHTS.items())
        return named + 0.08 * dose(model, label, gonads, phantom) + 0.12 * float(np.mean(others))

    return float(np.mean([of(phantom) for phantom in PHANTOMS]))


def predicted(model: Kinetics) -> list[float]:
    """Return the model's figures in the order of `FIGURES`."""
    voided = [model.fractions(time) for time in (24.0, 48.0, 72.0)]
    urine = [found["urine"] + found["bladder"] for found in voided]
    liver = model.fractions(4.0)["liver"] / model.fractions(1.0 / 3.0)["liver"]
    targets = [name.removeprefix("dose of ") for name in FIGURES if name.startswith("dose")]
    return [*urine, liver, *(mean_dose(model, "I-124", target) for target in targets)]


def calibrated(out_rate: float = 1.0) -> dict[str, Parameter]:
    """Return parameters by least squares, weighted by the spread between patients."""
    known = changed(parameter_set("kinetics", "mibg"), dict.fromkeys(ASSUMED, out_rate))
    mean, spread = np.array(list(FIGURES.values())).T

    def miss(logs: np.ndarray) -> np.ndarray:
        return (np.array(predicted(kinetics(with_rates(logs)))) - mean) / spread

    def with_rates(logs: np.ndarray) -> dict[str, Parameter]:
        return changed(known, dict(zip(ESTIMATED, np.exp(logs).tolist(), strict=True)))

    start = np.log([0.2, 0.5, 0.08, 1.0, 0.1, 0.14])
    return with_rates(least_squares(miss, start, xtol=1e-12).x)


def changed(known: Mapping[str, Parameter], rates: Mapping[str, float]) -> dict[str, Parameter]:
    """Return parameters with other rates."""
    new = {name: replace(known[name], distribution=Fixed(rate)) for name, rate in rates.items()}
    return {**known, **new}


def child_dose(model: Kinetics, mass: float) -> float:
    """Return the body's dose (mGy/MBq) by I-131 at a mass (g), with nothing in the bladder."""
    integrals = model.integrals("I-131")
    body = sum(value for source, value in integrals.items() if source != "bladder_contents")
    values = organ_s_values(shipped_saf_table("AM"), emissions("I-131"), "whole_body")
    scaled = scaled_to_masses(values, {"whole_body": mass})
    return 1e3 * body * float(scaled.total[list(scaled.target_mass).index("whole_body")])


def main() -> None:
    """Print rates, figures, checks and what the assumption matters."""
    known = calibrated()
    model = kinetics(known)
    for name in (*ESTIMATED, *ASSUMED):
        print(f"  {name} = {known[name].value:.4g} 1/h")
    for (name, (mean, spread)), value in zip(FIGURES.items(), predicted(model), strict=True):
        print(f"  {name:26} {value:7.3f}   published {mean} +- {spread}")
    print("not calibrated to")
    for label, published in (("I-123", "0.014"), ("I-124", "0.25"), ("I-131", "0.18")):
        found = effective_dose(model, label)
        print(f"  effective dose, {label}   {found:.4f} mSv/MBq   published {published}")
    body = mean_dose(model, "I-131", "whole_body")
    print(f"  whole body, I-131   {body:.4f} mGy/MBq   published, organs 0.108 to 0.176")
    print(f"  child of 20.7 kg   {child_dose(model, 20.7e3):.3f} mGy/MBq   published 0.199")
    print("rate out of liver and glands (1/h): liver, glands, body in h for I-131")
    for rate in (0.2, 0.5, 1.0, 2.0, 4.0):
        found = kinetics(calibrated(rate)).integrals("I-131")
        whole = sum(found.values())
        print(f"  {rate}: {found['liver']:.2f} {found['salivary_glands']:.3f} {whole:.1f}")


if __name__ == "__main__":
    main()
