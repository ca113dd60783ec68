"""The linear-quadratic model for mixed fields of radiation and oxygen that changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import inf, log
from operator import add
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from theratwin.core import Component, Curve, Exponentials, Exposure, InputError, UnsupportedError
from theratwin.core._arrays import as_float
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.lea_catcheside import protraction_integral
from theratwin.response.oxygen.enhancement import radioresistance
from theratwin.response.repair import Repair

if TYPE_CHECKING:
    from theratwin.dynamics import Network
    from theratwin.response.cell_survival.lq import LinearQuadratic

_PHOTONS = Component.PHOTON_ELECTRON.value
#: Components with their own values, by the prefix of these.
_DENSE = tuple(c.value for c in Component if c is not Component.PHOTON_ELECTRON)


@dataclass(frozen=True, eq=False)
class MixedField(KineticModel):
    r"""Survival in a field of several components c, at a pressure of oxygen p(t).

    .. math:: h = \sum_c \frac{\alpha_c}{R_c(p)} \dot D_c + 2 \beta\, q\, I, \qquad
              q = \sum_c \frac{\rho_c}{R'_c(p)} \dot D_c, \qquad \dot I = q - \mu I

    with the hazard h = -d ln S/dt, :math:`\alpha_c = \alpha\,\mathrm{RBE}_{max,c}`,
    :math:`\rho_c = \mathrm{RBE}_{min,c} = \sqrt{\beta_c/\beta}`, and the radioresistances R, R' of
    `response.oxygen.radioresistance`. Without oxygen in the exposure, R = 1. Sublethal damage of
    one component meets that of another (Zaider and Rossi); it counts at the oxygen at which it
    was made. With constant oxygen the integral is exact; else the network is solved.

    Parameters
    ----------
    oxygen
        Whether the network has the input ``oxygen`` (mmHg); an exposure with oxygen needs no word.

    References
    ----------
    Citations ``zaider_rossi_1980``, ``alper_howard_flanders_1956``, ``inaniwa_2021``.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> model = MixedField.of()
    >>> round(float(model.survival(Pulses([0.0], [2.0]))), 4)
    0.5036
    >>> from theratwin.response.oxygen import constant_oxygen
    >>> anoxic = Exposure("cells", {"photon_electron": Pulses([0.0], [2.0])},
    ...                   oxygen=constant_oxygen(0.0))
    >>> round(float(model.survival(anoxic)), 4)
    0.8624
    """

    name: ClassVar[str] = "lq-mixed"
    summary: ClassVar[str] = "linear-quadratic for mixed fields, with RBE and oxygen"
    origin: ClassVar[str] = "published"
    citations: ClassVar[tuple[str, ...]] = (
        "zaider_rossi_1980",
        "alper_howard_flanders_1956",
        "inaniwa_2021",
    )
    parameter_set: ClassVar[tuple[str, str] | None] = ("response", "lq_mixed")

    oxygen: bool = False

    def network(self) -> Network:
        """Return the equations: all components are inputs, and oxygen if the option says so."""
        from theratwin.response.quality.mixed_network import mixed_network

        return mixed_network(self._used(self.defaults()), oxygen=self.oxygen)

    def network_values(self) -> dict[str, Any]:
        """Return the values of the network's parameters."""
        return self._used(self.parameters)

    def _used(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out what only oxygen needs where none comes in."""
        kept = {n: v for n, v in values.items() if "oer" not in n and n != "half_pressure"}
        return dict(values) if self.oxygen else kept

    def low_dose_limit(self) -> LinearQuadratic:
        """Return the model `lq` with the same values, which this one is without oxygen."""
        from theratwin.response.cell_survival.lq import LinearQuadratic

        own = self.parameters
        values = {name: own[name] for name in ("alpha", "beta", "repair_half_time")}
        for component in _DENSE:
            values[f"{component}.alpha"] = own["alpha"] * own[f"{component}.rbe_max"]
            values[f"{component}.beta"] = own["beta"] * own[f"{component}.rbe_min"] ** 2
        return LinearQuadratic.of().with_parameters(values)

    @property
    def slowest_rate(self) -> float:
        """The rate of repair, 1/h."""
        return log(2.0) / float(np.max(self.parameters["repair_half_time"]))

    def log_kill(self, exposure: Exposure | Curve, until: float = inf) -> Any:
        r"""Return :math:`-\ln S`; see `CellModel.log_kill`."""
        pressure = self._pressure(exposure)
        if pressure is None:
            return super().log_kill(exposure, until)
        rates = _rates(exposure)
        linear = [
            self._linear(name, pressure) * curve.integral(end=until)
            for name, curve in rates.items()
        ]
        felt = [curve.scaled(self._root(name, pressure)) for name, curve in rates.items()]
        repair = Repair.single(self.parameters["repair_half_time"])
        quadratic = protraction_integral(reduce(add, felt), repair, until)
        return reduce(add, linear) + self.parameters["beta"] * quadratic

    def followed(self, exposure: Exposure | Curve, times: Any, name: str = "log_kill") -> Any:
        """Return an observable of the network at times (h); see `KineticModel.followed`."""
        _rates(exposure)  # refuses what would be ignored
        given = isinstance(exposure, Exposure) and exposure.oxygen is not None
        if self.oxygen and not given:
            raise InputError(
                "oxygen is missing",
                field="exposure.oxygen",
                remedy="Give it, as response.oxygen.constant_oxygen(40.0), or take oxygen=False",
            )
        if given and not self.oxygen:
            return type(self)(self.parameters, oxygen=True).followed(exposure, times, name)
        return super().followed(exposure, times, name)

    def _linear(self, component: str, pressure: Any) -> Any:
        """Return alpha (1/Gy) of a component at a pressure of oxygen (mmHg)."""
        rbe = 1.0 if component == _PHOTONS else self.parameters[f"{component}.rbe_max"]
        return self.parameters["alpha"] * rbe / self._resistance(component, "oer", pressure)

    def _root(self, component: str, pressure: Any) -> Any:
        """Return the weight of a component's dose in the quadratic term."""
        rbe = 1.0 if component == _PHOTONS else self.parameters[f"{component}.rbe_min"]
        return as_float(rbe) / self._resistance(component, "oer_beta", pressure)

    def _resistance(self, component: str, photons: str, pressure: Any) -> Any:
        if np.ndim(pressure) == 0 and pressure == inf:
            return 1.0
        most = self.parameters[photons if component == _PHOTONS else f"{component}.oer"]
        return radioresistance(pressure, most, self.parameters["half_pressure"])

    def _pressure(self, exposure: Exposure | Curve) -> Any:
        """Return the pressures if they stay (infinite if none is given), None if they change."""
        if not isinstance(exposure, Exposure) or exposure.oxygen is None:
            if self.oxygen:
                self.followed(exposure, [0.0])
            return inf
        course = exposure.oxygen
        if not isinstance(course, Exponentials):
            return None
        rates, starts = np.asarray(course.rates), np.asarray(course.starts)
        acting = np.asarray(course.amplitudes) != 0
        if np.any(rates[acting] != 0) or np.any(starts[acting] > 0):
            return None
        return np.sum(course.amplitudes, axis=-1)


def _rates(exposure: Exposure | Curve) -> dict[str, Curve]:
    if not isinstance(exposure, Exposure):
        return {_PHOTONS: exposure}
    if exposure.drugs:
        raise UnsupportedError(
            "the model lq-mixed does not use drugs",
            field=f"exposure of {exposure.region}",
            remedy="Give the exposure without drugs",
        )
    if exposure.quality:
        raise UnsupportedError(
            "the model lq-mixed takes its RBE from parameters, whatever the quality",
            field=f"exposure of {exposure.region}",
            value=next(iter(exposure.quality)).value,
            remedy="Take the model mkm, or give the exposure without quality",
        )
    return {component.value: curve for component, curve in exposure.dose_rate.items()}
