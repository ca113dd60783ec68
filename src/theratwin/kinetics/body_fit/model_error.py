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


def model_error(region: str, lesions: Iterable[str], *, diagnostic: bool = False) -> float:
    """Return the relative standard deviation of a model's error in a region.

    Proportional errors, one a class of regions, describe whole-body models of radioligands best
    (Vasic et al. 2026), organs and lesions of a diagnostic apart from those of therapy; their sizes
    are assumptions.

    Examples
    --------
    >>> model_error("kidneys", ["lesion_1"]), model_error("lesion_1", ["lesion_1"])
    (0.1, 0.15)
    >>> model_error("kidneys", ["lesion_1"], diagnostic=True)
    0.15
    """
    kind = "lesion" if region in set(lesions) else _CLASSES.get(region, "organ")
    if diagnostic and kind in {"organ", "lesion"}:
        kind = f"diagnostic_{kind}"
    return parameter_set("kinetics", "model_errors").value(f"{kind}.relative")
