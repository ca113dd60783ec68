"""A tissue's radiosensitivity, and those that ship with theratwin."""

from __future__ import annotations

import math
from dataclasses import dataclass

from theratwin.core import InputError, Parameter, parameter_set
from theratwin.response.repair import Repair

_TISSUES = ("response", "tissues")


@dataclass(frozen=True)
class Tissue:
    r"""What the linear-quadratic model has to know of a tissue.

    Parameters
    ----------
    alpha_beta
        :math:`\alpha/\beta` (Gy).
    repair
        Repair of sublethal damage.
    alpha
        :math:`\alpha` (1/Gy), needed for survival but not for BED; None if unknown.
    name
        How errors and reports call it.
    clonogens
        Number of clonogenic cells, needed for tumor control; None if unknown.

    Raises
    ------
    InputError
        If a value is not positive.

    Examples
    --------
    >>> kidneys = Tissue(2.5, Repair.single(2.8), name="kidneys")
    >>> tumor = Tissue(1.5, Repair.single(1.9), alpha=0.147)
    >>> round(tumor.beta, 6)
    0.098
    """

    alpha_beta: float
    repair: Repair
    alpha: float | None = None
    name: str = "tissue"
    clonogens: float | None = None

    def __post_init__(self) -> None:
        for name in ("alpha_beta", "alpha", "clonogens"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise InputError(
                    "the value is out of range",
                    field=f"Tissue.{name}",
                    value=value,
                    allowed="a positive number",
                )

    @property
    def known_alpha(self) -> float:
        """:math:`\\alpha` (1/Gy); an error if it is unknown."""
        return self._known("alpha", "BED and EQD2 do without it")

    @property
    def known_clonogens(self) -> float:
        """The number of clonogens; an error if it is unknown."""
        return self._known("clonogens", "log cell kill and BED do without it")

    @property
    def beta(self) -> float:
        """:math:`\\beta` (1/Gy²); an error if alpha is unknown."""
        return self.known_alpha / self.alpha_beta

    def _known(self, name: str, otherwise: str) -> float:
        value = getattr(self, name)
        if value is None:
            raise InputError(
                f"{name} of this tissue is unknown",
                field=f"{self.name}.{name}",
                remedy=f"Give Tissue(..., {name}=...); {otherwise}",
            )
        return value


def tissue(name: str) -> Tissue:
    """Return a tissue of the parameter set ``response/tissues``, by its central values.

    Raises
    ------
    InputError
        If there is no such tissue; the nearest name is given.

    Examples
    --------
    >>> tissue("kidneys").alpha_beta
    2.5
    """
    branch = parameter_set(*_TISSUES).under(name)
    if "alpha_beta" not in branch:
        raise InputError("unknown tissue", field="tissue", value=name, allowed=tissue_names())

    def known(key: str) -> float | None:
        return branch[key].value if key in branch else None

    return Tissue(
        branch["alpha_beta"].value, _repair(branch), known("alpha"), name, known("clonogens")
    )


def tissue_names() -> list[str]:
    """List the tissues that ship with theratwin."""
    names = (name for name in parameter_set(*_TISSUES) if name.endswith(".alpha_beta"))
    return sorted(name.removesuffix(".alpha_beta") for name in names)


def biphasic_repair() -> Repair:
    """Return the two-component repair of DNA double-strand breaks in MEDRAS.

    Examples
    --------
    >>> [round(half_time, 3) for half_time in biphasic_repair().half_times]
    [0.333, 2.662]
    """
    medras = parameter_set("response", "medras_repair")
    slow = medras.value("slow_fraction")
    rates = (medras.value("fast_rate"), medras.value("slow_rate"))
    return Repair.from_rates((1.0 - slow, slow), rates)


def _repair(branch: dict[str, Parameter]) -> Repair:
    return Repair.single(branch["repair_half_time"].value)
