"""Antibodies for the library of models, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from theratwin.core.distribution import Fixed
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.dynamics import Network
from theratwin.kinetics.antibody.body import antibody_body

_MODELS = {
    "antibody": ("none", "no target, Y-90"),
    "antibody-cd66": ("cd66", "Y-90 anti-CD66, calibrated to published coefficients"),
    "antibody-cd45": ("cd45", "Y-90 anti-CD45, antigen by order of magnitude"),
}
#: Given into the vein at the start (nmol): a GBq of Y-90 in 2 mg of 150 kDa.
_HOT, _COLD = 0.553, 12.78


def antibody_entries() -> dict[str, tuple[str, Callable[[], Network]]]:
    """Return antibodies by name: what each is in one line, and a function that writes it.

    Examples
    --------
    >>> list(antibody_entries())
    ['antibody', 'antibody-cd66', 'antibody-cd45']
    """
    return {
        name: (f"whole body with two pores and FcRn, {what}", partial(_written, target, name))
        for name, (target, what) in _MODELS.items()
    }


def _written(target: str, name: str) -> Network:
    given = {
        f"dose.{label}": Parameter(
            f"dose.{label}", "nmol", Fixed(amount), ASSUMPTION, note="1 GBq of Y-90 in 2 mg."
        )
        for label, amount in (("hot", _HOT), ("cold", _COLD))
    }
    return antibody_body(target, "Y-90", given=given, name=name).network
