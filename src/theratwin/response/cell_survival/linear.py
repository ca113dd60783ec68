"""The linear model of cell survival: no repair, no protraction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from theratwin.core import Component, Curve, Exposure, InputError, Parameter, parameter_set
from theratwin.core._arrays import namespace
from theratwin.response.cell_survival.model import CellModel, dose_rates
from theratwin.response.cell_survival.sublethal import linear_network

if TYPE_CHECKING:
    from theratwin.dynamics import Network

_PHOTON_ELECTRON = Component.PHOTON_ELECTRON.value
_OTHERS = tuple(c.value for c in Component if c is not Component.PHOTON_ELECTRON)


def component_units(**units: str) -> dict[str, str]:
    """Return the units of values that other components than photons and electrons may have.

    Examples
    --------
    >>> component_units(alpha="1/Gy")["auger.alpha"]
    '1/Gy'
    """
    return {f"{other}.{name}": unit for other in _OTHERS for name, unit in units.items()}


def coefficient(parameters: Mapping[str, Any], component: str, name: str) -> Any:
    """Return the value of a component: that of photons and electrons stands without a prefix."""
    return parameters[name if component == _PHOTON_ELECTRON else f"{component}.{name}"]


def known_components(parameters: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the components for which every one of the names has a value."""
    others = (c for c in _OTHERS if all(f"{c}.{name}" in parameters for name in names))
    return (_PHOTON_ELECTRON, *others)


@dataclass(frozen=True, eq=False)
class Linear(CellModel):
    r"""Survival that is exponential in dose: :math:`-\ln S = \sum_c \alpha_c D_c`.

    What a low dose rate, or a high LET, tends to. Photons and electrons have ``alpha``; the
    other components of a mixed field have ``alpha.alpha``, ``recoil.alpha`` and ``auger.alpha``,
    for which nothing ships.

    References
    ----------
    Citation ``zaider_rossi_1980`` for mixed fields.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> model = Linear.of().with_parameters({"alpha": 0.3})
    >>> round(float(model.survival(Pulses([0.0], [2.0]))), 4)
    0.5488
    """

    name: ClassVar[str] = "linear"
    summary: ClassVar[str] = "exponential in dose, whatever the dose rate"
    origin: ClassVar[str] = "published"
    citations: ClassVar[tuple[str, ...]] = ("zaider_rossi_1980",)
    parameter_set: ClassVar[tuple[str, str] | None] = ("response", "linear_quadratic")

    @classmethod
    def defaults(cls) -> Mapping[str, Parameter]:
        """Return alpha with its unit, value and source."""
        return {"alpha": parameter_set("response", "linear_quadratic")["alpha"]}

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of every parameter that can be given."""
        return {"alpha": "1/Gy", **component_units(alpha="1/Gy")}

    def log_kill(self, exposure: Exposure | Curve, until: float = inf) -> Any:
        r"""Return :math:`-\ln S`; see `CellModel.log_kill`."""
        known = known_components(self.parameters, ("alpha",))
        rates = dose_rates(exposure, self.name, known)
        return linear_kill(self.parameters, rates, until)

    def network(self) -> Network:
        """Return the equations with ports; the dose rate of each component with values comes in."""
        others = known_components(self.parameters, ("alpha",))[1:]
        return linear_network(others, self.defaults()["alpha"])

    def network_values(self) -> dict[str, Any]:
        """Return the values of the network's parameters."""
        return dict(self.parameters)


def linear_kill(parameters: Mapping[str, Any], rates: Mapping[str, Curve], until: float) -> Any:
    r"""Return :math:`\sum_c \alpha_c D_c` of dose rates (Gy/h) by component."""
    parts = [
        coefficient(parameters, component, "alpha") * curve.integral(end=until)
        for component, curve in rates.items()
    ]
    kill = sum(parts[1:], parts[0])
    if namespace(kill) is np and not np.all(np.isfinite(kill)):
        raise InputError(
            "the dose has no end",
            field="exposure",
            remedy="Give `until`, the time up to which the dose counts",
        )
    return kill
