"""A lesion: how it grows, what kills its cells, its marker, and whether it is controlled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from theratwin.core import Curve, Exposure, InputError, parameter_set
from theratwin.dynamics import Network, couple
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.cell_survival.model import CellModel
from theratwin.response.driven import follow
from theratwin.response.tissues import Tissue
from theratwin.response.tumor.course import TumorCourse
from theratwin.response.tumor.extinction import extinction_network
from theratwin.response.tumor.hazard_curve import hazard_curve
from theratwin.response.tumor.markers import secreted_marker_network
from theratwin.response.tumor.network import tumor_network

_MARKER = "marker."


@dataclass(frozen=True, eq=False)
class TumorModel:
    """A lesion that an exposure acts on, solved as one system.

    Parameters
    ----------
    growth
        ``exponential``, ``gompertz`` or ``logistic``; see `GrowthLaw`.
    cells
        A `Tissue` for the linear-quadratic hazard, or any cell-survival model;
        ``prostate_metastasis`` if None.
    values
        Parameters that differ from the sets ``response/tumor`` and, as ``marker.NAME``,
        ``response/markers``: one number, or one for each patient. Without ``reference_volume``
        the doubling time is that at the initial volume.

    Raises
    ------
    InputError
        If a name is unknown.

    Notes
    -----
    Births and deaths of single clonogens go on at the doubling time given, whatever the growth
    law says of smaller volumes.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> cycle = Exponentials.from_half_lives([0.5], [51.0])
    >>> course = TumorModel(values={"doubling_time": 1500.0}).course(cycle, np.arange(0.0, 9e3, 24))
    >>> f"{course.nadir[0]:.3f} mL after {course.nadir_time[0] / 24:.0f} days"
    '0.096 mL after 374 days'
    """

    growth: str = "exponential"
    cells: Tissue | CellModel | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.values:
            if name not in self.names:
                raise InputError(
                    "no such parameter of this tumor",
                    field="values",
                    value=name,
                    allowed=sorted(self.names),
                )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters that can be given."""
        known = {p.name for p in self._tumor.parameters}
        own = [name for name in parameter_set("response", "tumor") if name in known]
        marker = parameter_set("response", "markers").under("secreted")
        return (*own, "cell_loss", "clonogen_density", *(f"{_MARKER}{name}" for name in marker))

    @cached_property
    def _tumor(self) -> Network:
        if isinstance(self.cells, CellModel):
            return tumor_network(self.growth, kill="hazard")
        return tumor_network(self.growth, cells=self.cells)

    @cached_property
    def network(self) -> Network:
        """Lesion, cells, marker and clonogens, joined; inputs are those of the cells."""
        fragments = {
            "tumor": self._tumor,
            "marker": secreted_marker_network(),
            "clonogens": extinction_network(),
        }
        links = {"marker.living": "tumor.living", "clonogens.hazard": "tumor.total_hazard"}
        if isinstance(self.cells, KineticModel):
            fragments["cells"] = self.cells.network()
            links["tumor.hazard"] = "cells.hazard"
        return couple("tumor-course", fragments, links)

    def course(self, exposure: Exposure | Curve, times: Any, **settings: Any) -> TumorCourse:
        """Return what becomes of the lesion.

        Parameters
        ----------
        exposure
            What the cells' model takes; curves may have an axis of patients if it is a network.
        times
            h, increasing; the first is the baseline.
        settings
            As of `theratwin.response.driven.follow`.

        Raises
        ------
        UnsupportedError
            If the exposure holds what the cells' model would have to ignore.
        """
        solution = follow(
            self.network,
            self._inputs(exposure, float(np.max(times))),
            times,
            parameters=self.parameters(),
            keep=("clonogens.excess_death", "tumor.log_kill", *self._dose),
            **settings,
        )
        return TumorCourse.of(solution, "tumor")

    @property
    def _dose(self) -> tuple[str, ...]:
        return () if isinstance(self.cells, CellModel) else ("tumor.dose",)

    def _inputs(self, exposure: Exposure | Curve, end: float) -> dict[str, Any]:
        """Return what each input of the whole is bound to, by its full name."""
        from theratwin.response.driven import bound_to

        if isinstance(self.cells, KineticModel):
            bound = bound_to(self.cells.network(), exposure)
            return {f"cells.{name}": curve for name, curve in bound.items()}
        if isinstance(self.cells, CellModel):
            return {"tumor.hazard": hazard_curve(self.cells, exposure, end)}
        return {f"tumor.{name}": c for name, c in bound_to(self._tumor, exposure).items()}

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the joined network."""
        known = {p.name: p.value for p in parameter_set("response", "tumor").values()}
        given = {**known, "reference_volume": self._value("initial_volume"), **self.values}
        own = {p.name for p in self._tumor.parameters}
        found = {f"tumor.{name}": value for name, value in given.items() if name in own}
        found["clonogens.doubling_time"] = given["doubling_time"]
        found["clonogens.cell_loss"] = given["cell_loss"]
        volume = np.asarray(given["initial_volume"], dtype=float)
        found["clonogens.clonogens"] = volume * given["clonogen_density"]
        found["marker.initial_living"] = given["initial_volume"]
        found |= {name: value for name, value in given.items() if name.startswith(_MARKER)}
        if isinstance(self.cells, KineticModel):
            found |= {f"cells.{name}": value for name, value in self.cells.parameters.items()}
        return found

    def _value(self, name: str) -> Any:
        default = parameter_set("response", "tumor").value(name)
        return self.values.get(name, default)
