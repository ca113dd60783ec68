"""The limits that a plan is held to unless the user gives others."""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.core import Parameter, citation, parameter_set
from theratwin.core.errors import InputError
from theratwin.planning.limit import Limit, bed, canonical, dose


def default_limits(*, without: Iterable[str] = ()) -> tuple[Limit, ...]:
    """Return the limits on kidneys and red marrow, with their sources.

    Parameters
    ----------
    without
        Regions whose limit is left out on purpose.

    Raises
    ------
    InputError
        If a region in ``without`` has no default limit.

    Examples
    --------
    >>> for limit in default_limits():
    ...     print(limit)
    P(bed(kidneys) <= 40 Gy) >= 0.95
    P(dose(red_marrow) <= 2 Gy) >= 0.95
    """
    clinical = parameter_set("response", "clinical_limits")
    choices = parameter_set("planning", "choices")
    kidneys, marrow = clinical["kidneys.bed"], clinical["marrow.absorbed_dose"]
    limits = (
        Limit(
            bed("kidneys"), kidneys.value, clinical.value("kidneys.probability"), _source(kidneys)
        ),
        Limit(
            dose("red_marrow"), marrow.value, choices.value("marrow.probability"), _source(marrow)
        ),
    )
    regions = [limit.quantity.region for limit in limits]
    left_out = [canonical(name) for name in without]
    for name in left_out:
        if name not in regions:
            raise InputError(
                "no default limit stands there", field="without", value=name, allowed=regions
            )
    return tuple(limit for limit in limits if limit.quantity.region not in left_out)


def _source(parameter: Parameter) -> str:
    origin = "assumption." if parameter.is_assumption else str(citation(parameter.source))
    return f"{origin} {parameter.note}".strip()
