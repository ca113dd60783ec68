"""The published model MEDRAS as a model of cell survival."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np

from theratwin.core import Component, Curve, Exposure, InputError
from theratwin.core._arrays import as_float, namespace
from theratwin.response.cell_survival.model import CellModel, dose_rates
from theratwin.response.medras.cell_line import ASYNCHRONOUS, PARAMETERS, CellLine
from theratwin.response.medras.ions import ion_survival
from theratwin.response.medras.irradiation import Field, damages
from theratwin.response.medras.misrepair import Damage, Yields, foci, repaired, yields
from theratwin.response.medras.pathways import Repair, repair_in
from theratwin.response.medras.survival import log_kill, mixed

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
        return CellLine(self.phase, self.p53, self.hr, self.nhej, self.parameters)

    def log_kill(self, exposure: Exposure | Curve, until: float = inf) -> Any:
        r"""Return :math:`-\ln S` of the cells present at exposure; see `CellModel.log_kill`."""
        return self._log_kills(exposure, [until])[0]

    def over_time(self, exposure: Exposure | Curve, times: Any) -> Any:
        """Return survival if the exposure is ended at each time, shape ``(*batch, time)``."""
        kills = self._log_kills(exposure, [float(time) for time in times])
        xp = namespace(*kills)
        return xp.exp(-xp.stack(kills, axis=-1))

    def _log_kills(self, exposure: Exposure | Curve, times: list[float]) -> list[Any]:
        photons, ions, let = field_of(exposure, self.name)
        if ions is None:
            return self._of_photons(Field(photons), times)
        return [
            -np.log(
                self._each(
                    photons,
                    ions,
                    lambda line, x, y, end=end: ion_survival(
                        line, x, y, let, self.plating_delay, end
                    ),
                )
            )
            for end in times
        ]

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
        return log_kill(self.line.at(phase), damage, repair, self.plating_delay)

    def _each(
        self, photons: Curve | None, ions: Curve, survival: Callable[..., float]
    ) -> np.ndarray:
        """Return the survival of each patient or draw in turn."""
        curves = [c for c in (photons, ions) if c is not None]
        shapes = [c.batch_shape for c in curves] + [np.shape(v) for v in self.parameters.values()]
        batch = np.broadcast_shapes(*shapes)
        found = np.empty(batch)
        for place in np.ndindex(*batch):
            values = {
                name: float(value[place] if np.ndim(value) else value)
                for name, value in self.parameters.items()
            }
            line = CellLine(self.phase, self.p53, self.hr, self.nhej, values)
            one = [c[place] if c is not None and c.batch_shape else c for c in (photons, ions)]
            found[place] = survival(line, *one)
        return found

    def repair_after(
        self, exposure: Exposure | Curve, time: Any = inf, until: float = inf
    ) -> Yields:
        """Return breaks, misrepaired breaks and aberrations at a time (h) after the exposure.

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

    def _after(self, exposure: Exposure | Curve, until: float) -> tuple[Repair, Damage]:
        from theratwin.response.medras.helium import track_overlap

        photons, ions, let = field_of(exposure, self.name)
        overlap = 0.0 if ions is None else track_overlap(self.line, let)
        repair = repair_in(self.line)
        return repair, damages(Field(photons, ions, overlap), repair, [until])[0]


def field_of(exposure: Exposure | Curve, model: str) -> tuple[Curve | None, Curve | None, float]:
    """Return the dose rates of photons and of helium ions, and the LET (keV/um) of these.

    Raises
    ------
    UnsupportedError
        If the exposure holds another component, oxygen or drugs.
    InputError
        If the LET of the ions is not known.
    """
    rates = dose_rates(exposure, model, _COMPONENTS)
    photons, ions = (rates.get(component) for component in _COMPONENTS)
    if ions is None:
        return photons, None, 0.0
    assert isinstance(exposure, Exposure)
    quality = exposure.quality.get(Component.ALPHA)
    if quality is None or quality.let is None:
        raise InputError(
            f"the model {model} needs the LET of the helium ions",
            field=f"exposure of {exposure.region}, quality.alpha.let",
            remedy="Give Exposure(..., quality={'alpha': Quality(let=100.0)})",
        )
    return photons, ions, quality.let
