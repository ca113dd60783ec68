"""A tumor of unlike parts: what survives, the uniform dose that it is worth, and control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import Curve, Exposure, InputError
from theratwin.core._arrays import as_float, namespace
from theratwin.response.linear_quadratic import dose_of_bed, effect_of
from theratwin.response.mixtures.uptake_spread import log_survival_of_spread
from theratwin.response.tissues import Tissue
from theratwin.response.tumor.extinction import control


@dataclass(frozen=True)
class Part:
    """Cells that are alike, but for the spread of their uptake.

    Parameters
    ----------
    fraction
        Of the tumor's cells, relative to the other parts.
    uptake
        Receptor density or uptake, relative to the other parts; or, without cross-fire, dose.
    cells
        Radiosensitivity and repair.
    spread
        Coefficient of variation of the uptake from cell to cell.
    """

    fraction: float
    uptake: float
    cells: Tissue
    spread: float = 0.0

    def __post_init__(self) -> None:
        for name in ("fraction", "uptake", "spread"):
            value = getattr(self, name)
            if not 0 <= value < np.inf:
                raise InputError("must be 0 or more", field=f"Part.{name}", value=value)


@dataclass(frozen=True, eq=False)
class MixtureEffect:
    """What a course does to a mixture, one entry a draw.

    Parameters
    ----------
    dose
        Mean absorbed dose (Gy) over the cells.
    log_kill
        :math:`-\\ln` of the mean survival over the cells.
    eubed
        The BED (Gy) that would do the same, given to all cells evenly: the EUBED.
    eud
        The dose (Gy) of that BED by the same course: the EUD.
    part_log_kill
        :math:`-\\ln` of each part's own survival, shape ``(..., part)``.
    """

    dose: Any
    log_kill: Any
    eubed: Any
    eud: Any
    part_log_kill: Any


@dataclass(frozen=True)
class Mixture:
    r"""Parts of a tumor, and how much of a cell's dose comes from other cells.

    A part of uptake :math:`u_i` gets :math:`D_i = D [\varphi + (1 - \varphi) u_i / \bar u]` of
    the mean dose D, with the mean uptake :math:`\bar u` and the cross-fire :math:`\varphi`.

    Parameters
    ----------
    parts
        At least one.
    cross_fire
        From 0 (each part its own dose) to 1 (the same dose for all).

    Raises
    ------
    InputError
        If there is no part, no uptake, or the cross-fire is no fraction.

    Examples
    --------
    A tenth of the cells without receptors takes most of the effect away:

    >>> from theratwin.core import Exponentials
    >>> from theratwin.response import tissue
    >>> cells = tissue("prostate_metastasis")
    >>> cycle = Exponentials.from_half_lives([40.0 * 0.6931471805599453 / 51.0], [51.0])
    >>> for cross_fire in (0.0, 0.5, 1.0):
    ...     mixture = Mixture([Part(0.9, 1.0, cells), Part(0.1, 0.0, cells)], cross_fire)
    ...     print(f"{float(mixture.effect(cycle).eud):.1f} Gy")
    12.1 Gy
    27.3 Gy
    40.0 Gy
    """

    parts: Sequence[Part]
    cross_fire: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))
        if not self.parts or not sum(p.fraction * p.uptake for p in self.parts) > 0:
            raise InputError("a part with uptake is needed", field="Mixture.parts")
        if not 0 <= self.cross_fire <= 1:
            raise InputError(
                "not a fraction",
                field="Mixture.cross_fire",
                value=self.cross_fire,
                allowed="0 to 1",
            )

    @classmethod
    def of_volumes(cls, doses: Any, volumes: Any, cells: Tissue) -> Mixture:
        """Return a dose-volume histogram: relative doses and volumes, shape ``(part,)``."""
        pairs = zip(np.ravel(as_float(volumes)), np.ravel(as_float(doses)), strict=True)
        return cls([Part(float(v), float(d), cells) for v, d in pairs])

    @property
    def fractions(self) -> np.ndarray:
        """Fractions of the cells; they sum to 1."""
        given = np.array([part.fraction for part in self.parts], dtype=float)
        return given / given.sum()

    @property
    def relative_doses(self) -> np.ndarray:
        """The dose of each part over the mean dose."""
        uptakes = np.array([part.uptake for part in self.parts], dtype=float)
        own = uptakes / (self.fractions @ uptakes)
        return self.cross_fire + (1.0 - self.cross_fire) * own

    def effect(
        self, irradiation: Exposure | Curve, reference: Tissue | None = None
    ) -> MixtureEffect:
        r"""Return what a course of the mean dose rate does.

        .. math:: \mathrm{EUBED} = -\frac{1}{\alpha} \ln \sum_i f_i \bar S_i

        Parameters
        ----------
        irradiation
            Mean dose rate over the cells: a curve (Gy/h), or an exposure to photons and electrons.
        reference
            Whose :math:`\alpha`, :math:`\alpha/\beta` and repair EUBED and EUD refer to; those of
            the first part if None.

        References
        ----------
        ``niemierko_1997``; with a spread of uptake within parts, `log_survival_of_spread`.
        """
        base = reference or self.parts[0].cells
        effects = {
            cells.repair: effect_of(irradiation, cells)
            for cells in (base, *(part.cells for part in self.parts))
        }
        dose = effects[base.repair].dose
        each = [
            self._log_kill(part, relative, dose, effects[part.cells.repair].quadratic)
            for part, relative in zip(self.parts, self.relative_doses, strict=True)
        ]
        xp = namespace(*each)
        kills = xp.stack(each, axis=-1)
        kill = -_log_mean(kills, self.fractions)
        eubed = kill / base.known_alpha
        squared = as_float(dose) ** 2
        G = effects[base.repair].quadratic / xp.where(squared > 0, squared, 1.0)
        # Rounding may leave a kill of -1e-17 where there is no dose.
        eud = dose_of_bed(xp.maximum(eubed, 0.0), G, base.alpha_beta)
        return MixtureEffect(dose, kill, eubed, eud, kills)

    def control(self, effect: MixtureEffect, clonogens: Any) -> Any:
        """Return the probability that no clonogen survives; ``clonogens`` are those of all parts.

        Of the parts' numbers and survivals: `theratwin.response.tumor.control`.
        """
        xp = namespace(effect.part_log_kill)
        numbers = as_float(clonogens)[..., None] * self.fractions
        return control(numbers, xp.minimum(-effect.part_log_kill, 0.0), parts=True)

    def _log_kill(self, part: Part, relative: float, dose: Any, quadratic: Any) -> Any:
        cells = part.cells
        linear = cells.known_alpha * relative * as_float(dose)
        squared = cells.beta * relative**2 * as_float(quadratic)
        if part.spread == 0.0 or relative == 0.0:
            return linear + squared
        # Only the part of the dose that a cell's own part gives varies with its uptake.
        shared = self.cross_fire / relative
        return -log_survival_of_spread(linear, squared, part.spread, shared)


def _log_mean(kills: Any, fractions: np.ndarray) -> Any:
    """Return the logarithm of the mean survival, without underflow."""
    xp = namespace(kills)
    least = xp.min(kills, axis=-1, keepdims=True)
    return xp.log(xp.sum(fractions * xp.exp(least - kills), axis=-1)) - least[..., 0]
