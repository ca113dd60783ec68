"""The microdosimetric kinetic model as a model of cell survival, for photons and helium ions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np

from theratwin.core import Component, Curve, Exposure, InputError, Parameter, parameter_set
from theratwin.response.cell_survival.linear import linear_kill
from theratwin.response.cell_survival.lq import quadratic_kill
from theratwin.response.cell_survival.model import CellModel, dose_rates
from theratwin.response.quality.domains import DomainCell
from theratwin.response.quality.slowing_down import alpha_energy, alpha_quality
from theratwin.response.repair import Repair

_SET = ("response", "microdosimetric")
_LINES = ("HSG", "V79", "HSG_2010")
_DOMAINS = ("domain_radius", "nucleus_radius", "saturation")


@dataclass(frozen=True, eq=False)
class MicrodosimetricKinetic(CellModel):
    r"""Survival with :math:`\alpha = \alpha_0 + \beta z^*_{1D}` by the LET of helium ions.

    Photons and electrons, and alphas whose `Quality` holds a LET; a mixed field by Zaider and
    Rossi. Protraction is the linear-quadratic model's, with :math:`\beta` the same for all.

    Parameters
    ----------
    cell
        ``HSG``, ``V79`` or ``HSG_2010``.

    References
    ----------
    Citations ``hawkins_1996``, ``inaniwa_2010``, ``inaniwa_2018``.

    Examples
    --------
    >>> from theratwin.core import Pulses, Quality
    >>> helium = Exposure("cells", {"alpha": Pulses([0.0], [1.0])}, {"alpha": Quality(let=70.3)})
    >>> round(float(MicrodosimetricKinetic.of().survival(helium)), 3)
    0.13
    """

    name: ClassVar[str] = "mkm"
    summary: ClassVar[str] = "microdosimetric kinetic, alpha from the LET of helium ions"
    origin: ClassVar[str] = "published"
    citations: ClassVar[tuple[str, ...]] = ("hawkins_1996", "inaniwa_2010", "inaniwa_2018")
    parameter_set: ClassVar[tuple[str, str] | None] = _SET

    cell: str = "HSG"

    def __post_init__(self) -> None:
        _known(self.cell)
        super().__post_init__()
        for name in _DOMAINS:
            if np.ndim(self.parameters[name]):
                raise InputError(
                    "one value for all patients is needed", field=f"{self.name}.{name}"
                )

    @classmethod
    def of(cls, cell: str = "HSG", **options: Any) -> MicrodosimetricKinetic:
        """Return the model of a cell line that ships."""
        if options:
            return super().of(cell=cell, **options)
        values = {name: parameter.value for name, parameter in _values(cell).items()}
        return cls(values, cell=cell)

    @classmethod
    def defaults(cls) -> Mapping[str, Parameter]:
        """Return the parameters of HSG cells."""
        return _values("HSG")

    def log_kill(self, exposure: Exposure | Curve, until: float = inf) -> Any:
        r"""Return :math:`-\ln S`; see `CellModel.log_kill`."""
        rates = dose_rates(exposure, self.name, ("photon_electron", "alpha"))
        own = dict(self.parameters)
        if "alpha" in rates:
            own["alpha.alpha"] = own["alpha"] + own["beta"] * self._saturated_energy(exposure)
            own["alpha.beta"] = own["beta"]
        repair = Repair.single(own["repair_half_time"])
        return linear_kill(own, rates, until) + quadratic_kill(own, rates, repair, until)

    def _saturated_energy(self, exposure: Exposure | Curve) -> float:
        quality = exposure.quality.get(Component.ALPHA) if isinstance(exposure, Exposure) else None
        if quality is None or quality.let is None:
            raise InputError(
                "the LET of the alphas is missing",
                field="exposure.quality",
                remedy="Give it, as Quality(let=100.0), or that of quality.nuclide_quality",
            )
        domains = [float(self.parameters[name]) for name in _DOMAINS]
        cell = DomainCell(0.0, 1.0, *domains, name=self.cell)
        return alpha_quality(alpha_energy(quality.let), cell).energies.saturated


def _values(cell: str) -> dict[str, Parameter]:
    known = parameter_set(*_SET)
    found = {**known.under(f"mkm.{_known(cell)}"), "repair_half_time": known["repair_half_time"]}
    return dict(sorted(found.items()))


def _known(cell: str) -> str:
    if cell not in _LINES:
        raise InputError("unknown cell line", field="mkm.cell", value=cell, allowed=_LINES)
    return cell
