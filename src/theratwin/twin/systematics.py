"""What the scans share and the curves cannot tell: calibration, recovery, mass, dose factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from theratwin.case import Case
from theratwin.core import parameter_set
from theratwin.core.seed import stream

#: Normal tissues so small that partial-volume recovery matters, as it does for lesions.
SMALL_ORGANS = frozenset(
    {
        "parotid_glands",
        "submandibular_glands",
        "lacrimal_glands",
        "salivary_glands",
        "adrenals",
        "pituitary",
    }
)


@dataclass(frozen=True, eq=False)
class Systematics:
    """Factors on a region's dose, each with median one, by draw.

    Parameters
    ----------
    calibration
        Of measured activities; the same for every region.
    recovery
        Of a small object's activity.
    mass
        Of the region's mass.
    dose_factor
        Of its S value.
    """

    calibration: Float[np.ndarray, " draws"]
    recovery: Float[np.ndarray, " draws"]
    mass: Float[np.ndarray, " draws"]
    dose_factor: Float[np.ndarray, " draws"]


def systematics(case: Case, region: str, *, draws: int, seed: int) -> Systematics:
    """Draw the factors of one region; the calibration's draws are the same for all regions."""
    small = region in case.lesion_names or region in SMALL_ORGANS
    factor = parameter_set("dosimetry", "dose_factors").value("self_dose.relative_uncertainty")

    def spread(relative: float, *name: str) -> np.ndarray:
        log_sd = np.sqrt(np.log1p(relative**2))
        return np.exp(log_sd * stream(seed, *name).standard_normal(draws))

    return Systematics(
        calibration=spread(case.uncertainty.calibration, "calibration"),
        recovery=spread(case.uncertainty.recovery if small else 0.0, region, "recovery"),
        mass=spread(case.volume(region).relative_uncertainty, region, "mass"),
        dose_factor=spread(factor, region, "dose factor"),
    )
