"""Specific energy of many alpha particles: compound Poisson by Fourier transform."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.cells.specific_energy import SingleEvent

Array = NDArray[np.float64]
_LARGEST = 2**22


@dataclass(frozen=True, eq=False)
class MultiEvent:
    """Specific energy of a nucleus at a mean number of hits.

    Parameters
    ----------
    z
        Gy, evenly spaced from 0, shape (values,).
    probability
        Of each z, summing to 1; the first holds the nuclei without a hit, and a share of hits
        that leave less than one step.
    mean_hits
        Poisson mean.
    """

    z: Array
    probability: Array
    mean_hits: float

    @property
    def mean(self) -> float:
        """Mean dose, Gy."""
        return float(self.z @ self.probability)

    @property
    def variance(self) -> float:
        """Gy2; hits times the mean square of z, up to the grid."""
        return float(self.z**2 @ self.probability) - self.mean**2

    @property
    def untouched(self) -> float:
        """Fraction of nuclei without a hit, exp(-hits)."""
        return float(np.exp(-self.mean_hits))

    def survival(self, inactivation: float) -> float:
        r"""Return :math:`\int f(z)\,e^{-z/z_0}\mathrm{d}z`, z_0 = 1 / ``inactivation`` (1/Gy)."""
        return float(np.exp(-inactivation * self.z) @ self.probability)


def multi_event(single: SingleEvent, mean_hits: float) -> MultiEvent:
    r"""Return the Poisson mixture of sums of single events.

    .. math:: f(z) = \mathcal{F}^{-1}\left[e^{n(\mathcal{F}[f_1] - 1)}\right]

    on a grid that reaches ten standard deviations beyond the mean, padded to a power of two,
    so that what wraps around is below rounding.

    Parameters
    ----------
    single
        Of `single_event`.
    mean_hits
        n, as of ``single.hits(dose)``.

    Raises
    ------
    InputError
        If the number is negative or not finite.
    UnsupportedError
        If the spectrum would need more than four million values.

    Examples
    --------
    >>> import numpy as np
    >>> one = SingleEvent(np.arange(3.0), np.array([0, 0.5, 0.5]), 1.5, 5 / 3, 1.0)
    >>> many = multi_event(one, 2.0)
    >>> round(many.mean, 6), round(float(many.probability[0]), 6)
    (3.0, 0.135335)
    """
    if not 0 <= mean_hits < float("inf"):
        raise InputError(
            "no mean number of hits", field="mean_hits", value=mean_hits, allowed="0 or more"
        )
    step = float(single.z[1] - single.z[0])
    spread = np.sqrt(mean_hits * single.frequency_mean * single.dose_mean)
    reach = mean_hits * single.frequency_mean + 10 * spread + 10 * float(single.z[-1])
    size = 1 << int(np.ceil(np.log2(reach / step)))
    if size > _LARGEST:
        raise UnsupportedError(
            "too many hits for this grid",
            field="mean_hits",
            value=mean_hits,
            remedy="Take fewer `values` for the single event",
        )
    transform = np.fft.rfft(single.probability, size)
    density = np.fft.irfft(np.exp(mean_hits * (transform - 1)), size)
    z = np.linspace(0.0, step * (size - 1), size)
    return MultiEvent(z, np.maximum(density, 0.0), mean_hits)
