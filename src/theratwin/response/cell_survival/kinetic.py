"""Models of cell survival whose damage is followed through time, as networks with ports."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core import Curve, Exposure, UnsupportedError
from theratwin.response.cell_survival.model import CellModel

if TYPE_CHECKING:
    from theratwin.dynamics import Network
    from theratwin.response.cell_survival.lq import LinearQuadratic


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
        return self.followed(exposure, [end])[..., 0]

    def over_time(self, exposure: Exposure | Curve, times: Any) -> Any:
        """Return the surviving fraction of the cells so far, shape ``(*batch, time)``."""
        return np.exp(-self.followed(exposure, times))

    def followed(self, exposure: Exposure | Curve, times: Any, name: str = "log_kill") -> Any:
        """Return an observable of the network at times (h), shape ``(*batch, time)``."""
        from theratwin.response.driven import follow

        values = self.network_values()
        found = follow(self.network(), exposure, times, parameters=values, keep=())[name]
        return found if _batched(exposure, values) else found[0]

    def log_kill_slopes(
        self, exposure: Exposure | Curve, by: Iterable[str], until: float = inf
    ) -> dict[str, Any]:
        r"""Return the derivatives of :math:`-\ln S` by parameters of the network, exactly.

        Parameters
        ----------
        exposure, until
            As of `log_kill`.
        by
            Names among those of `network_values`.

        Returns
        -------
        dict
            Name to derivative, shape of the batch; integrated along with the states.

        Raises
        ------
        InputError
            If a name is unknown.
        """
        from theratwin.response.driven import follow, settled

        end = settled(exposure, self.slowest_rate) if until == inf else until
        values, names = self.network_values(), list(by)
        found = follow(
            self.network(), exposure, [end], parameters=values, keep=(), sensitivities=names
        )
        last = {name: found.slopes[name]["log_kill"][:, -1] for name in names}
        batched = _batched(exposure, values)
        return {name: slope if batched else slope[0] for name, slope in last.items()}

    def network_values(self) -> dict[str, Any]:
        """Return the values of the network's parameters."""
        return dict(self.parameters)

    def low_dose_limit(self) -> LinearQuadratic:
        """Return the linear-quadratic model that this one tends to at low dose or dose rate.

        Raises
        ------
        UnsupportedError
            If there is none in closed form.
        """
        raise UnsupportedError(
            "no linear-quadratic limit is known of this model", field="model", value=self.name
        )


def _batched(exposure: Exposure | Curve, values: Mapping[str, Any]) -> bool:
    curves = exposure.dose_rate.values() if isinstance(exposure, Exposure) else [exposure]
    return any(map(np.ndim, values.values())) or any(curve.batch_shape for curve in curves)
