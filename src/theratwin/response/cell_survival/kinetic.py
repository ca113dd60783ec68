"""Models of cell survival whose damage is followed through time, as networks with ports."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core import Curve, Exposure
from theratwin.response.cell_survival.model import CellModel

if TYPE_CHECKING:
    from theratwin.dynamics import Network

#: Relative and absolute tolerance of the lesions and of what they kill.
_TOLERANCE = {"rtol": 1e-9, "atol": 1e-12}


@dataclass(frozen=True, eq=False)
class KineticModel(CellModel):
    r"""A model with states: its network gets dose rates and gives the hazard of death.

    The network has the input ``dose_rate`` (Gy/h), the outputs ``hazard``
    (:math:`-d \ln S / dt`, 1/h) and ``log_kill``, and the observables ``log_kill`` and
    ``survival``. Its parameters are those of `parameters`, by the same names.
    """

    @abstractmethod
    def network(self) -> Network:
        """Return the equations, with ports."""

    @property
    @abstractmethod
    def slowest_rate(self) -> float:
        """The rate (1/h) of the slowest repair, by which damage settles after the dose."""

    def log_kill(self, exposure: Exposure | Curve, until: float = inf) -> Any:
        r"""Return :math:`-\ln S` of the cells present at exposure; see `CellModel.log_kill`."""
        from theratwin.response.driven import settled

        end = settled(exposure, self.slowest_rate) if until == inf else until
        return self._followed(exposure, [end])[..., 0]

    def over_time(self, exposure: Exposure | Curve, times: Any) -> Any:
        """Return the surviving fraction of the cells so far, shape ``(*batch, time)``."""
        return np.exp(-self._followed(exposure, times))

    def _followed(self, exposure: Exposure | Curve, times: Any) -> np.ndarray:
        from theratwin.response.driven import follow

        found = follow(
            self.network(),
            exposure,
            times,
            parameters=dict(self.parameters),
            start=min(0.0, _first(exposure)),
            keep=(),
            **_TOLERANCE,
        )
        kill = found.require()["log_kill"]
        return kill if self._batched(exposure) else kill[0]

    def _batched(self, exposure: Exposure | Curve) -> bool:
        given = [np.ndim(value) > 0 for value in self.parameters.values()]
        return any(given) or any(curve.batch_shape for curve in _curves(exposure))


def _curves(exposure: Exposure | Curve) -> list[Curve]:
    return list(exposure.dose_rate.values()) if isinstance(exposure, Exposure) else [exposure]


def _first(exposure: Exposure | Curve) -> float:
    """Return when the dose begins (h)."""
    starts = [np.asarray(curve.breakpoints) for curve in _curves(exposure)]
    return float(min((s.min() for s in starts if s.size), default=0.0))
