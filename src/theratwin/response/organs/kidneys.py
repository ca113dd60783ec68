"""Kidneys: the late decline of glomerular filtration after a biologically effective dose."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core import InputError, parameter_set
from theratwin.core._arrays import as_float, namespace


def gfr_decline_rate(bed: Any, per_bed: Any = None) -> Any:
    r"""Return the rate :math:`r = s\,\mathrm{BED}` at which filtration declines (1/h).

    An assumption, not a validated relation: a line through zero and the means of two groups of
    patients; single patients scatter by several times the mean, and some gain.

    Parameters
    ----------
    bed
        Cumulative BED of the kidneys at :math:`\alpha/\beta` 2.5 Gy (Gy, any shape).
    per_bed
        The slope :math:`s` (1/(Gy h)), of the parameter set ``response/late_kidney`` if None; draw
        it from there to show what is not known.

    Raises
    ------
    InputError
        If a BED is negative.

    Examples
    --------
    >>> hours_a_year = 365.25 * 24
    >>> print(f"{gfr_decline_rate(20.0) * hours_a_year:.3f} a year")
    0.040 a year

    References
    ----------
    Citations ``valkema_2005``, ``sabet_2014``.
    """
    bed = as_float(bed)
    if namespace(bed) is np and not np.all(bed >= 0.0):
        raise InputError("a BED must not be negative", field="bed", value=float(np.min(bed)))
    if per_bed is None:
        per_bed = parameter_set("response", "late_kidney").value("decline_per_bed")
    return as_float(per_bed) * bed


def gfr_left(bed: Any, elapsed: Any, per_bed: Any = None) -> Any:
    r"""Return the part of filtration that is left, :math:`e^{-r t}`.

    One exponential, as Valkema et al. 2005 fitted it to each patient.

    Parameters
    ----------
    bed, per_bed
        As of `gfr_decline_rate`.
    elapsed
        Time since treatment (h); broadcast against the others.

    Examples
    --------
    >>> print(f"{gfr_left(40.0, 5 * 365.25 * 24):.2f} after five years")
    0.67 after five years
    """
    rate = gfr_decline_rate(bed, per_bed)
    return namespace(rate, elapsed).exp(-rate * as_float(elapsed))
