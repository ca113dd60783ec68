"""From the numbers of an image to activity: concentrations, or counts with a sensitivity."""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.core.errors import InputError
from theratwin.core.units import convert
from theratwin.imaging.image import Image


@dataclass(frozen=True)
class Concentration:
    """The number 1 stands for an activity concentration.

    Parameters
    ----------
    factor
        Activity concentration (MBq/mL) of a voxel that holds 1.
    declared
        Whether only the unit was declared, so that the file's own scale must be trusted.
    """

    factor: float
    declared: bool = False

    def __post_init__(self) -> None:
        _require_positive("calibration", self.factor)

    def activity_per_number(self, image: Image) -> float:
        """Return the activity (MBq) in a voxel that holds the number 1.

        Raises
        ------
        InputError
            If only a unit was declared, but the file holds whole numbers with no scale: such
            exports are often stretched to the range of the type, one volume unlike the next.
        """
        if self.declared and not image.scaled:
            raise InputError(
                "the scale is lost: the file holds whole numbers "
                f"({image.data.dtype.name}, up to {image.data.max()}) and no scale in its header, "
                "so a declared unit cannot be trusted",
                field=image.name,
                remedy='Give the scale of this volume with --calibration, for example "2.6 Bq/mL" '
                'for the number 1 ("1 Bq/mL" if it is right as it stands), or export it again '
                "with its scale or as real numbers",
            )
        return self.factor * image.voxel_volume


@dataclass(frozen=True)
class Sensitivity:
    r"""The numbers are counts, of a camera with a known sensitivity.

    Activity of a voxel: :math:`A = N / (Q\,T)`.

    Parameters
    ----------
    sensitivity
        Counts a second and MBq, :math:`Q`, after all corrections of the reconstruction.
    duration
        Duration (h) of the acquisition, :math:`T`, that the counts belong to.
    """

    sensitivity: float
    duration: float

    def __post_init__(self) -> None:
        _require_positive("calibration", self.sensitivity)
        _require_positive("duration", self.duration)

    def activity_per_number(self, image: Image) -> float:
        """Return the activity (MBq) in a voxel that holds one count."""
        return 1.0 / (self.sensitivity * convert(self.duration, "h", "s"))


Calibration = Concentration | Sensitivity


def _require_positive(field: str, value: float) -> None:
    if not value > 0:
        raise InputError("must be positive", field=field, value=value)
