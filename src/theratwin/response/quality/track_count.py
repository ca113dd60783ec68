"""Survival by the number of alpha tracks that a nucleus meets: Poisson hits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import InputError
from theratwin.core._arrays import as_float, namespace
from theratwin.physics.cells import SingleEvent


@dataclass(frozen=True, eq=False)
class TrackCount:
    r"""Survival of cells whose nuclei are hit at random, each hit with the same odds.

    .. math:: S(D) = \sum_{j < k} \frac{x^j}{j!} e^{-x}, \qquad
              x = n_{hit} (1 - s_1), \quad n_{hit} = D / z_F

    For k = 1, :math:`S = e^{-n_{hit} (1 - s_1)}` (citation ``roeske_stinchcomb_1997``).

    Parameters
    ----------
    single
        Spectrum of the nucleus, of `physics.cells.single_event` or `medium_event`.
    hit_survival
        :math:`s_1`, the probability to survive one hit.
    lethal_hits
        k, effective hits that kill; below it all are survived.

    Raises
    ------
    InputError
        If the probability is none, or the number no whole number from 1 up.
    """

    single: SingleEvent
    hit_survival: float
    lethal_hits: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.hit_survival < 1:
            raise InputError(
                "no probability below one", field="hit_survival", value=self.hit_survival
            )
        if int(self.lethal_hits) != self.lethal_hits or self.lethal_hits < 1:
            raise InputError(
                "no number of hits",
                field="lethal_hits",
                value=self.lethal_hits,
                allowed="1, 2, ...",
            )

    @classmethod
    def by_sensitivity(cls, single: SingleEvent, sensitivity: float) -> TrackCount:
        r"""Return the model in which a nucleus survives z with :math:`e^{-z / z_0}`.

        Then :math:`s_1 = \int f_1(z) e^{-z/z_0} dz`, and alphas that only graze kill less.

        Parameters
        ----------
        single
            As for the class.
        sensitivity
            :math:`z_0`, the specific energy that e⁻¹ of the cells survive, Gy.

        Examples
        --------
        >>> from theratwin.physics.cells import Cell, single_event
        >>> event = single_event("At-211", Cell(5e-3, 4e-3), "CS", progeny="none")
        >>> model = TrackCount.by_sensitivity(event, 0.5)
        >>> f"survives a hit: {model.hit_survival:.2f}; D37 {model.d37:.2f} Gy"
        'survives a hit: 0.62; D37 0.65 Gy'
        """
        if not 0 < sensitivity < float("inf"):
            raise InputError("not a positive number", field="sensitivity", value=sensitivity)
        kept = float(np.exp(-single.z / sensitivity) @ single.probability)
        return cls(single, kept)

    @property
    def alpha(self) -> float:
        r"""Slope of :math:`-\ln S` at small doses for one lethal hit, 1/Gy."""
        return (1.0 - self.hit_survival) / self.single.frequency_mean

    @property
    def d37(self) -> float:
        """Mean dose (Gy) that e⁻¹ of the cells survive if one hit can kill."""
        return 1.0 / self.alpha

    def effective_hits(self, dose: Any) -> Any:
        """Return the mean number of hits that would each kill if k were 1, any shape."""
        return as_float(dose) * self.alpha

    def survival(self, dose: Any) -> Any:
        """Return the surviving fraction at mean doses by alphas to the nucleus (Gy)."""
        hits = self.effective_hits(dose)
        xp = namespace(hits)
        if self.lethal_hits == 1:
            return xp.exp(-hits)
        term = total = xp.exp(-hits)
        for j in range(1, int(self.lethal_hits)):
            term = term * hits / j
            total = total + term
        return total

    def untouched(self, dose: Any) -> Any:
        """Return the fraction of nuclei without any hit, which no alpha can kill."""
        hits = as_float(dose) / self.single.frequency_mean
        return namespace(hits).exp(-hits)
