"""Grades of low counts, by the common terminology criteria."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core import InputError, parameter_set

#: What inside units are read in at the bedside: the unit, and the number of it in one inside unit.
CLINICAL = {
    "neutrophils": ("1e9/L", 1e-6),
    "platelets": ("1e9/L", 1e-6),
    "lymphocytes": ("1e9/L", 1e-6),
    "hemoglobin": ("g/L", 1e3),
}


def grade(line: str, count: Any) -> Any:
    """Return the grade of a count, 0 if it is normal.

    Grade 4 of anemia is a matter of symptoms and not among them. The limit of grade 1 is the
    laboratory's lower limit of normal, here a usual one.

    Parameters
    ----------
    line
        As ``platelets``.
    count
        Of any shape: 1/mL, or g/mL for ``hemoglobin``.

    Raises
    ------
    InputError
        If there are no grades for the line.

    Examples
    --------
    >>> grade("platelets", [242e6, 120e6, 60e6, 20e6]).tolist()
    [0, 1, 2, 4]

    References
    ----------
    Citation ``ctcae_5``.
    """
    limits = parameter_set("response", "blood_grades").under(line)
    if not limits:
        raise InputError("no grades are known", field="line", value=line, allowed=CLINICAL)
    count = np.asarray(count, dtype=float)
    below = [count < limit.value for limit in limits.values()]
    return np.sum(below, axis=0)
