"""A map of activity from an image: what its numbers stand for, at the scan or over all time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.core.units import parse
from theratwin.imaging.calibration import Calibration, Concentration
from theratwin.imaging.image import Image

#: Unit inside to what a number is the quantity of: a milliliter or a voxel, and whether over time.
_FORMS = {
    "MBq/mL": ("mL", False),
    "MBq": ("voxel", False),
    "MBq h/mL": ("mL", True),
    "MBq h": ("voxel", True),
}
_ALLOWED = "Bq/mL or MBq (of a voxel) at the scan, Bq h/mL or MBq h (of a voxel) over all time"


@dataclass(frozen=True, eq=False)
class ActivityMap:
    """Activity by voxel.

    Parameters
    ----------
    values
        MBq, or MBq h where integrated, shape of the image.
    integrated
        Whether the numbers are time integrals.
    """

    values: Float[np.ndarray, "i j k"]
    integrated: bool

    @property
    def total(self) -> float:
        """Sum over all voxels, MBq or MBq h."""
        return float(self.values.sum(dtype=float))


def activity_map(
    image: Image, *, unit: str | None = None, calibration: Calibration | None = None
) -> ActivityMap:
    """Return the activity of every voxel.

    Parameters
    ----------
    image
        The numbers.
    unit
        What they are: ``Bq/mL`` or ``MBq`` (of a voxel) at the scan, ``Bq h/mL`` or ``MBq h`` (of
        a voxel) as integrals over time, in any such unit.
    calibration
        In place of a unit, as for `extract`.

    Raises
    ------
    InputError
        If not exactly one of both is given, the unit is of another kind, or the file has lost
        its scale.

    Examples
    --------
    >>> image = Image(np.full((1, 1, 2), 500.0), np.diag([10.0, 10, 10, 1]), "", "tia.nii")
    >>> activity_map(image, unit="kBq h/mL")
    ActivityMap(values=array([[[0.5, 0.5]]]), integrated=True)
    """
    if (unit is None) == (calibration is None):
        raise InputError(
            "an image does not say what its numbers stand for, and theratwin does not guess",
            field="unit",
            allowed=_ALLOWED,
            remedy="Give the unit, or a calibration, and not both",
        )
    if calibration is not None:
        factor, integrated = calibration.activity_per_number(image), False
    else:
        factor, integrated = _declared(unit or "", image)
    kind = np.float32 if image.data.dtype == np.float32 else float
    return ActivityMap(image.data.astype(kind) * kind(factor), integrated)


def _declared(unit: str, image: Image) -> tuple[float, bool]:
    for inside, (of, integrated) in _FORMS.items():
        try:
            factor = parse(f"1 {unit}", inside, field="unit")
        except InputError:
            continue
        # the check that whole numbers carry a scale is that of concentrations
        per_voxel = Concentration(factor, declared=True).activity_per_number(image)
        return (per_voxel if of == "mL" else factor), integrated
    raise InputError("this is no unit of activity", field="unit", value=unit, allowed=_ALLOWED)
