"""The published model MEDRAS as a model of cell survival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np

from theratwin.core import Component, Curve, Exposure, InputError, UnsupportedError
from theratwin.core._arrays import as_float, namespace
from theratwin.response.cell_survival.model import CellModel, dose_rates
from theratwin.response.medras.cell_line import ASYNCHRONOUS, PARAMETERS, CellLine, published
from theratwin.response.medras.ions import ion_survival, let_of, one_of
from theratwin.response.medras.irradiation import Field, damages
from theratwin.response.medras.misrepair import Damage, Yields, foci, repaired, yields
from theratwin.response.medras.pathways import Repair, repair_in
from theratwin.response.medras.survival import Causes, causes, mixed
from theratwin.response.medras.tracks import Tracks, tracks_of

_COMPONENTS = (Component.PHOTON_ELECTRON.value, Component.ALPHA.value)


@dataclass(frozen=True, eq=False)
class Medras(CellModel):
    r"""MEDRAS: breaks, their repair and misrepair by pathway, and what cells die of.

    Photons and electrons, and helium ions as the component ``alpha``, whose quality has to give
    the LET. Cells stay in their phase. Survival is that after all repair; ``until`` ends the
    exposure, and cells may proliferate from then on (or from ``plating_delay`` later). A dose rate
    that decays, without ``until``, ends when nothing is left: no breaks remain then to die of in
    G1 or in mitosis, however many the exposure made.

    Parameters
    ----------
    parameters
        Those of the set ``response/medras``; numbers, or arrays over patients or draws.
    phase
        ``G1``, ``S``, ``G2``, ``M``, or ``asynchronous``: 66 % in G1 and 34 % in G2. Survival in S
        is theratwin's assumption.
    p53, hr, nhej
        See `CellLine`.
    plating_delay
        Time (h) after the exposure before cells may proliferate.

    References
    ----------
    Citations ``mcmahon_2016``, ``mcmahon_2017``, ``mcmahon_2021`` and the published program.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> model = Medras.of(phase="G1", p53="mutant")
    >>> print(f"{model.survival(Pulses([0.0], [2.0])):.6f}")
    0.743435
    """

    phase: str = ASYNCHRONOUS
    p53: str = "wildtype"
    hr: str = "proficient"
    nhej: str = "proficient"
    plating_delay: float = 0.0

    name: ClassVar[str] = "medras"
    summary: ClassVar[str] = "repair and misrepair of double-strand breaks in a fixed phase"
    origin: ClassVar[str] = "published"
    citations: ClassVar[tuple[str, ...]] = ("mcmahon_2016", "mcmahon_2017", "mcmahon_2021")
    parameter_set: ClassVar[tuple[str, str] | None] = PARAMETERS

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0.0 <= self.plating_delay < inf:
            raise InputError(
                "a delay is 0 or more", field="plating_delay", value=self.plating_delay, allowed="h"
            )
        self.line  # noqa: B018 - refuses unknown choices now

    @property
    def line(self) -> CellLine:
        """The cell line."""
        return self._line(self.parameters)

    def _line(self, values: Mapping[str, Any]) -> CellLine:
        own = {name: value for name, value in values.items() if name in published()}
        return CellLine(self.phase, self.p53, self.hr, self.nhej, own)

    def log_kill(self, exposure: Exposure | Curve, until: float = inf) -> Any:
        r"""Return :math:`-\ln S` of the cells present at exposure; see `CellModel.log_kill`."""
        return self._log_kills(exposure, [until])[0]

    def over_time(self, exposure: Exposure | Curve, times: Any) -> Any:
        """Return survival if the exposure is ended at each time, shape ``(*batch, time)``."""
        kills = self._log_kills(exposure, [float(time) for time in times])
        xp = namespace(*kills)
        return xp.exp(-xp.stack(kills, axis=-1))

    def _log_kills(self, exposure: Exposure | Curve, times: list[float]) -> list[Any]:
        photons, ions = self._dose_rates(exposure)
        if ions is None:
            return self._of_photons(Field(photons), times)
        with np.errstate(divide="ignore"):  # no survivors in numbers: an infinite kill
            return [-np.log(self._of_ions(exposure, photons, ions, time)) for time in times]

    def _of_ions(
        self, exposure: Exposure | Curve, photons: Curve | None, ions: Curve, until: float
    ) -> np.ndarray:
        """Return the survival of each patient or draw in turn."""
        curves = [curve for curve in (photons, ions) if curve is not None]
        shapes = [curve.batch_shape for curve in curves]
        batch = np.broadcast_shapes(*shapes, *map(np.shape, self.parameters.values()))
        found = np.empty(batch)
        for place in np.ndindex(*batch):
            values = {
                name: float(value[place] if np.ndim(value) else value)
                for name, value in self.parameters.items()
            }
            line = self._line(values)
            tracks = self._tracks(line, exposure, values)
            found[place] = ion_survival(
                line,
                None if photons is None else one_of(photons, place),
                one_of(ions, place),
                tracks,
                self.plating_delay,
                until,
            )
        return found

    def _dose_rates(self, exposure: Exposure | Curve) -> tuple[Curve | None, Curve | None]:
        rates = dose_rates(exposure, self.name, _COMPONENTS)
        photons, ions = (rates.get(component) for component in _COMPONENTS)
        return photons, ions

    def _tracks(
        self, line: CellLine, exposure: Exposure | Curve, values: Mapping[str, Any]
    ) -> Tracks:
        """Return the tracks of the ions of an exposure, in a line with all its values."""
        return tracks_of(line, let_of(exposure, self.name))

    def _of_photons(self, field: Field, times: list[float]) -> list[Any]:
        mixture = self.line.mixture
        by_phase = []
        for phase in mixture:
            by_phase.append(
                [
                    self._phase_kill(phase, repair, damage)
                    for repair, damage in self._damages(phase, field, times)
                ]
            )
        if "M" in mixture:
            # What mitosis spares goes on to die in G1.
            after = [
                self._phase_kill("G1", repair, damage)
                for repair, damage in self._damages("G1", field, times)
            ]
            return [own + later for own, later in zip(by_phase[0], after, strict=True)]
        parts = list(mixture.values())
        return [mixed(parts, list(kills)) for kills in zip(*by_phase, strict=True)]

    def _damages(self, phase: str, field: Field, times: list[float]) -> list[tuple[Repair, Damage]]:
        repair = repair_in(self.line, phase)
        return [(repair, damage) for damage in damages(field, repair, times)]

    def _phase_kill(self, phase: str, repair: Repair, damage: Damage) -> Any:
        return causes(self.line.at(phase), damage, repair, self.plating_delay).total

    def repair_after(
        self, exposure: Exposure | Curve, time: Any = inf, until: float = inf
    ) -> Yields:
        """Return breaks, misrepaired breaks and aberrations at a time (h) after the exposure.

        Of the breaks that can be repaired.

        Parameters
        ----------
        exposure
            Of photons and electrons, and of helium ions as a mean over cells.
        time
            Hours after the end of exposure, any shape that broadcasts with the batch.
        until
            When the exposure is ended (h).

        Raises
        ------
        InputError
            If the cells are asynchronous: repair is that of one phase.

        Examples
        --------
        >>> from theratwin.core import Pulses
        >>> found = Medras.of(phase="G1").repair_after(Pulses([0.0], [2.0]), [0.0, 1.0, 24.0])
        >>> print(["%.3f" % breaks for breaks in found.breaks])
        ['70.000', '28.346', '0.059']
        """
        repair, damage = self._after(exposure, until)
        return yields(repaired(damage, repair, as_float(time)), repair)

    def foci_after(self, exposure: Exposure | Curve, time: Any, until: float = inf) -> Any:
        """Return the foci of repair at a time (h) after the exposure; see `repair_after`.

        Examples
        --------
        >>> from theratwin.core import Pulses
        >>> Medras.of(phase="G1").foci_after(Pulses([0.0], [2.0]), [0.0, 1.0, 24.0]).round(3)
        array([70.   , 35.731,  0.161])
        """
        repair, damage = self._after(exposure, until)
        value = self.line.value
        clearance = [as_float(value(f"foci_rate.{path}")) for path in ("fast", "slow")]
        xp = namespace(*clearance)
        rates = xp.stack(xp.broadcast_arrays(*clearance), axis=-1)
        return foci(damage, repair, rates, as_float(time))

    def causes(self, exposure: Exposure | Curve, until: float = inf) -> Causes:
        r"""Return :math:`-\ln S` by what cells die of, in one phase, of photons and electrons.

        In mitosis, of what kills there; what it spares goes on in G1.

        Raises
        ------
        InputError
            If the cells are asynchronous.
        UnsupportedError
            If there are ions, after which cells differ by the number of their tracks.

        Examples
        --------
        >>> from theratwin.core import Pulses
        >>> found = Medras.of(phase="G1").causes(Pulses([0.0], [2.0]))
        >>> print(f"{found.apoptosis:.4f} {found.aberrations:.4f} {found.base:.4f}")
        0.7819 0.2447 0.0517
        """
        if self._dose_rates(exposure)[1] is not None:
            raise UnsupportedError(
                "causes of death are those of photons and electrons alone",
                field="exposure",
                value=Component.ALPHA.value,
                remedy="Ask for survival",
            )
        repair, damage = self._after(exposure, until)
        return causes(self.line, damage, repair, self.plating_delay)

    def _after(self, exposure: Exposure | Curve, until: float) -> tuple[Repair, Damage]:
        photons, ions = self._dose_rates(exposure)
        field = Field(photons)
        if ions is not None:
            tracks = self._tracks(self.line, exposure, self.parameters)
            field = Field(photons, ions.scaled(1.0 - tracks.unrepairable), tracks.overlap)
        repair = repair_in(self.line)
        return repair, damages(field, repair, [until])[0]
