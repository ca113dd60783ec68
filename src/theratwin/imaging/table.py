"""The measurement table of a case, as CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from theratwin.core.errors import InputError
from theratwin.imaging.activity import REST, WHOLE, Extraction

COLUMNS = (
    "region",
    "administration",
    "time [h]",
    "activity [MBq]",
    "uncertainty [%]",
    "volume [mL]",
    "at",
)


def measurement_table(
    extraction: Extraction,
    *,
    administration: str,
    uncertainty: Mapping[str, float],
    at: str = "scan",
) -> str:
    """Return the CSV text that a case reads its measurements from.

    A region with no activity at a scan is left out: it is no positive measurement. The whole
    image and the remainder carry no volume, for their voxels hold air too.

    Parameters
    ----------
    extraction
        What was found in the scans.
    administration
        Name of the administration that the times count from.
    uncertainty
        Relative standard uncertainty by region.
    at
        ``"scan"``, or ``"administration"`` if the images are corrected for decay to it.

    Raises
    ------
    InputError
        If a region has no uncertainty.

    Examples
    --------
    >>> from theratwin.imaging.activity import RegionActivity
    >>> found = Extraction((RegionActivity("liver", 24.0, (1,), 300, 1500.0, 120.0),))
    >>> print(measurement_table(found, administration="cycle 1", uncertainty={"liver": 0.05}))
    region,administration,time [h],activity [MBq],uncertainty [%],volume [mL],at
    liver,cycle 1,24,120,5,1500,scan
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in extraction.rows:
        if row.region not in uncertainty:
            raise InputError("no uncertainty is given", field=f"uncertainty: {row.region}")
        if row.activity > 0:
            percent = _digits(100 * uncertainty[row.region])
            volume = "" if row.region in (REST, WHOLE) else _digits(row.volume)
            numbers = (_digits(row.time), _digits(row.activity), percent, volume)
            writer.writerow((row.region, administration, *numbers, at))
    return text.getvalue().rstrip("\n")


def _digits(value: float) -> str:
    """Return the number with ten digits, beyond what any scan carries."""
    return f"{value:.10g}"
