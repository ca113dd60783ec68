"""How far a whole-body model misses what it describes, by class of region."""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.core import parameter_set

_CLASSES = {
    "blood": "blood",
    "plasma": "blood",
    "excreted_urine": "excreta",
    "bladder_contents": "excreta",
    "bladder": "excreta",
    "whole_body": "whole_body",
    "remainder": "whole_body",
}


def model_error(region: str, lesions: Iterable[str]) -> float:
    """Return the relative standard deviation of a model's error in a region.

    Proportional errors, one a class of regions, describe whole-body models of radioligands best
    (Vasic et al. 2026); their sizes are assumptions.

    Examples
    --------
    >>> model_error("kidneys", ["lesion_1"]), model_error("lesion_1", ["lesion_1"])
    (0.1, 0.15)
    """
    kind = "lesion" if region in set(lesions) else _CLASSES.get(region, "organ")
    return parameter_set("kinetics", "model_errors").value(f"{kind}.relative")
