"""What a simulated body truly gets: absorbed dose and BED of its curves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from theratwin.case import Administration, Patient
from theratwin.core import Curve, Pieces
from theratwin.dosimetry import marrow_model
from theratwin.dynamics import Solution
from theratwin.kinetics.body_fit.grid import course_knots, integral_pieces
from theratwin.kinetics.body_fit.model import BodyModel
from theratwin.response import protraction_integral
from theratwin.twin.tissues import tissue_of


@dataclass(frozen=True, eq=False)
class TrueDose:
    """What a region truly gets.

    Parameters
    ----------
    dose
        Absorbed dose (Gy) by administration.
    bed
        Biologically effective dose (Gy) likewise; None where no radiosensitivity is known.
    """

    dose: np.ndarray
    bed: np.ndarray | None


def true_dose(region: str, rates: Iterable[Curve], *, lesion: bool) -> TrueDose:
    """Return dose and BED of a region's dose rates (Gy/h), one an administration."""
    rates = list(rates)
    tissue = tissue_of(region, lesion=lesion, target="psma")
    dose = np.array([float(rate.integral()) for rate in rates])
    if tissue is None:
        return TrueDose(dose, None)
    quadratic = np.array([float(protraction_integral(rate, tissue.repair)) for rate in rates])
    return TrueDose(dose, dose + quadratic / tissue.alpha_beta)


def marrow_rates(
    patient: Patient,
    label: str,
    curves: Mapping[str, Sequence[Curve]],
    missed: Callable[[float], float],
) -> list[Curve]:
    """Return the marrow's dose rates: its own by the blood's curves, and the body's photons.

    Parameters
    ----------
    patient, label
        Size, and radionuclide.
    curves
        Of blood (MBq/mL) and the whole body (MBq), by administration.
    missed
        From the relative uncertainty of the marrow's model to a factor on its own dose.
    """
    assert patient.height is not None
    model = marrow_model(label, patient.mass, patient.height)
    own = model.activity_for_blood * model.self_s_value * missed(model.relative_uncertainty)
    cycles = zip(curves["blood"], curves["whole_body"], strict=True)
    return [blood * own + body * model.body_s_value for blood, body in cycles]


def knots_of(administrations: Sequence[Administration], decay: float) -> tuple[np.ndarray, ...]:
    """Return the times (h) at which a course is solved, by administration."""
    starts = [a.time for a in administrations]
    return course_knots(starts, [a.duration for a in administrations], decay)


def curves_of(
    model: BodyModel, solution: Solution, grid: Sequence[np.ndarray]
) -> dict[str, tuple[Pieces, ...]]:
    """Return the curves of the first patient of a solution at such times, by region."""
    cuts = np.cumsum([len(times) for times in grid])[:-1]
    found = {}
    for region, integral in model.integrals.items():
        values = np.split(solution[model.activities[region]][0], cuts)
        integrals = np.split(solution[integral][0], cuts)
        found[region] = tuple(
            integral_pieces(*each) for each in zip(grid, values, integrals, strict=True)
        )
    return found
