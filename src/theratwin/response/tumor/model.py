"""A lesion: how it grows, what kills its cells, its marker, and whether it is controlled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from theratwin.core import Curve, Exposure, InputError, UnsupportedError, parameter_set
from theratwin.dynamics import Network, couple
from theratwin.response.cell_survival.model import CellModel
from theratwin.response.driven import follow
from theratwin.response.tissues import Tissue
from theratwin.response.tumor.course import TumorCourse
from theratwin.response.tumor.extinction import extinction_network
from theratwin.response.tumor.growth import below_capacity, growth_law
from theratwin.response.tumor.hazard_curve import hazard_curve
from theratwin.response.tumor.markers import secreted_marker_network
from theratwin.response.tumor.network import tumor_network

_MARKER = "marker."
#: What follows from the volume but does not act back where the dose rate is given.
_FEEDBACK = ("receptor_exponent", "flow_exponent", "density")
#: What may be 0, and what must be below 1; all else is above 0.
_MAY_VANISH = ("cell_loss", "marker.background")
_FRACTIONS = ("cell_loss",)


@dataclass(frozen=True, eq=False)
class TumorModel:
    """A lesion that an exposure acts on, solved as one system.

    Parameters
    ----------
    growth
        ``exponential``, ``gompertz`` or ``logistic``; see `GrowthLaw`.
    cells
        A `Tissue` for the linear-quadratic hazard, or any cell-survival model;
        ``prostate_metastasis`` if None. Give ``medras-rpt`` with ``follow="population"``, which
        weights cells by their descendants.
    values
        Parameters that differ from the sets ``response/tumor`` and, as ``marker.NAME``,
        ``response/markers``: one number, or one for each patient. Without ``reference_volume``
        the doubling time is that at the initial volume.

    Raises
    ------
    InputError
        If a name is unknown, or a value is out of range.

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
        for name in self.names:
            check_range(name, self.value(name))
        if (law := growth_law(self.growth)).limited:
            below_capacity(law, self.value("reference_volume"), self.value("capacity"))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters that can be given."""
        known = {p.name for p in self._tumor.parameters}
        own = [name for name in parameter_set("response", "tumor") if name in known]
        own = [name for name in own if name not in _FEEDBACK]
        marker = parameter_set("response", "markers").under("secreted")
        return (*own, "cell_loss", "clonogen_density", *(f"{_MARKER}{name}" for name in marker))

    @cached_property
    def _tumor(self) -> Network:
        if isinstance(self.cells, CellModel):
            return tumor_network(self.growth, kill="hazard")
        return tumor_network(self.growth, cells=self.cells)

    @cached_property
    def _cells(self) -> Network | None:
        """The cells' own network, if their model is one."""
        written = getattr(self.cells, "network", None)
        return written() if isinstance(self.cells, CellModel) and written is not None else None

    @cached_property
    def network(self) -> Network:
        """Lesion, cells, marker and clonogens, joined; inputs are those of the cells."""
        fragments = {
            "tumor": self._tumor,
            "marker": secreted_marker_network(),
            "clonogens": extinction_network(),
        }
        links = {"marker.living": "tumor.living", "clonogens.hazard": "tumor.total_hazard"}
        if (cells := self._cells) is not None:
            fragments["cells"] = cells
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

        if self._cells is not None:
            bound = bound_to(self._cells, exposure)
            return {f"cells.{name}": curve for name, curve in bound.items()}
        if isinstance(self.cells, CellModel):
            return {"tumor.hazard": hazard_curve(self.cells, exposure, end)}
        return {f"tumor.{name}": c for name, c in bound_to(self._tumor, exposure).items()}

    def value(self, name: str) -> Any:
        """Return a parameter's value in use: as given, or the parameter set's."""
        if name in self.values:
            return self.values[name]
        if name == "reference_volume":
            return self.value("initial_volume")
        if name.startswith(_MARKER):
            own = name.removeprefix(_MARKER)
            return parameter_set("response", "markers").value(f"secreted.{own}")
        return parameter_set("response", "tumor").value(name)

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the joined network."""
        own = {p.name for p in self._tumor.parameters}
        found = {f"tumor.{name}": self.value(name) for name in self.names if name in own}
        found |= {name: self.value(name) for name in self.names if name.startswith(_MARKER)}
        found["marker.initial_living"] = self.value("initial_volume")
        for name in ("doubling_time", "cell_loss"):
            found[f"clonogens.{name}"] = self.value(name)
        volume = np.asarray(self.value("initial_volume"), dtype=float)
        found["clonogens.clonogens"] = volume * self.value("clonogen_density")
        return found | self._cell_parameters()

    def _cell_parameters(self) -> dict[str, Any]:
        """Return the values of the cells' network, unless it was written with them."""
        if self._cells is None:
            return {}
        known = {p.name for p in self._cells.parameters}
        values = self.cells.network_values()  # type: ignore[union-attr]
        if known.issuperset(values):
            return {f"cells.{name}": value for name, value in values.items()}
        if any(np.ndim(value) for value in values.values()):
            raise UnsupportedError(
                "values of several patients do not reach the network of these cells",
                field="cells",
                value=self.cells.name,  # type: ignore[union-attr]
                remedy="Solve one patient at a time",
            )
        return {}


def check_range(name: str, value: Any) -> None:
    """Refuse a value of a lesion, or of one of several patients, that makes no sense.

    Raises
    ------
    InputError
        If it is.
    """
    numbers = np.asarray(value, dtype=float)
    good = np.isfinite(numbers) & ((numbers >= 0) if name in _MAY_VANISH else (numbers > 0))
    if name in _FRACTIONS:
        good = good & (numbers < 1)
    if not np.all(good):
        least = "0 or more" if name in _MAY_VANISH else "above 0"
        raise InputError(
            "the value is out of range",
            field=f"values.{name}",
            value=numbers[~good].ravel()[0].item() if numbers.ndim else numbers.item(),
            allowed=f"{least}, below 1" if name in _FRACTIONS else least,
        )
