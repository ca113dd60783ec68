"""Growth laws of a tumor, by the doubling time that was seen at a volume."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import InputError
from theratwin.core._arrays import as_float, namespace

#: The growth rate's dependence on volume V and capacity K, with the logarithm to use.
Shape = Callable[[Any, Any, Callable[[Any], Any]], Any]


@dataclass(frozen=True)
class GrowthLaw:
    r"""How the growth rate of living cells falls with the tumor's volume.

    .. math:: g(V) = \frac{\ln 2}{T_d} \frac{f(V)}{f(V_{ref})}

    so that :math:`T_d` is the doubling time at the reference volume, and :math:`f` is

    - ``exponential``: 1;
    - ``gompertz``: :math:`\ln(K/V)`;
    - ``logistic``: :math:`1 - V/K`.

    Attributes
    ----------
    name
        Its name.
    shape
        :math:`f` as a function of volume, capacity and a logarithm.
    limited
        Whether there is a capacity K, and the doubling time depends on the volume.

    References
    ----------
    ``gompertz_1825`` for the law of that name.
    """

    name: str
    shape: Shape
    limited: bool

    def rate(
        self,
        volume: Any,
        doubling_time: Any,
        reference_volume: Any = None,
        capacity: Any = None,
        log: Callable[[Any], Any] = np.log,
    ) -> Any:
        """Return the growth rate (1/h) at a volume (mL); of arrays or expressions.

        Examples
        --------
        >>> round(float(growth_law("logistic").rate(500.0, 1000.0, 10.0, 1000.0)), 8)
        0.00035008
        """
        rate = math.log(2.0) / doubling_time
        if not self.limited:
            return rate
        at_reference = self.shape(reference_volume, capacity, log)
        return rate / at_reference * self.shape(volume, capacity, log)


def _exponential(volume: Any, capacity: Any, log: Callable[[Any], Any]) -> Any:
    return 1.0


def _gompertz(volume: Any, capacity: Any, log: Callable[[Any], Any]) -> Any:
    return log(capacity / volume)


def _logistic(volume: Any, capacity: Any, log: Callable[[Any], Any]) -> Any:
    return 1.0 - volume / capacity


_LAWS = {
    "exponential": GrowthLaw("exponential", _exponential, limited=False),
    "gompertz": GrowthLaw("gompertz", _gompertz, limited=True),
    "logistic": GrowthLaw("logistic", _logistic, limited=True),
}


def growth_law(name: str) -> GrowthLaw:
    """Return a growth law.

    Raises
    ------
    InputError
        If there is no such law; the nearest name is given.
    """
    if name not in _LAWS:
        raise InputError("unknown growth law", field="growth", value=name, allowed=growth_names())
    return _LAWS[name]


def growth_names() -> list[str]:
    """Return the names of the growth laws."""
    return list(_LAWS)


def grown_volume(
    law: str,
    time: Any,
    initial_volume: Any,
    doubling_time: Any,
    reference_volume: Any = None,
    capacity: Any = None,
) -> Any:
    r"""Return the volume (mL) of an untreated tumor after a time (h), in closed form.

    .. math:: V_0 e^{gt}, \qquad K (V_0/K)^{e^{-at}}, \qquad \frac{K}{1 + (K/V_0 - 1) e^{-rt}}

    for exponential, Gompertz and logistic growth, with :math:`a` and :math:`r` the rate at the
    reference volume over :math:`f(V_{ref})`.

    Parameters
    ----------
    law
        ``exponential``, ``gompertz`` or ``logistic``.
    time
        h; all arguments broadcast.
    initial_volume, reference_volume, capacity
        mL; the last two for the laws that have a capacity.
    doubling_time
        h, at the reference volume.

    Raises
    ------
    InputError
        If the law is unknown, or a volume that it needs is missing or beyond the capacity.

    Examples
    --------
    >>> float(grown_volume("exponential", 200.0, 5.0, 100.0))
    20.0
    >>> round(float(grown_volume("gompertz", 1e6, 5.0, 100.0, 5.0, 80.0)), 6)
    80.0
    """
    form = growth_law(law)
    time, start = as_float(time), as_float(initial_volume)
    rate = math.log(2.0) / as_float(doubling_time)
    if not form.limited:
        return start * namespace(time, start, rate).exp(rate * time)
    reference, ceiling = below_capacity(form, reference_volume, capacity)
    xp = namespace(time, start, rate, reference, ceiling)
    decayed = xp.exp(-rate / form.shape(reference, ceiling, xp.log) * time)
    if law == "gompertz":
        return ceiling * xp.exp(xp.log(start / ceiling) * decayed)
    return ceiling / (1.0 + (ceiling / start - 1.0) * decayed)


def below_capacity(law: GrowthLaw, reference: Any, capacity: Any) -> tuple[Any, Any]:
    """Return both volumes (mL) of a law that has a capacity, checked.

    Raises
    ------
    InputError
        If one is missing, or the doubling time is not that at a volume below the capacity.
    """
    for name, value in (("reference_volume", reference), ("capacity", capacity)):
        if value is None:
            raise InputError(f"{law.name} growth needs it", field=name, remedy="Give it in mL")
    reference, capacity = as_float(reference), as_float(capacity)
    if namespace(reference, capacity) is np and not np.all(
        (reference > 0) & (reference < capacity)
    ):
        raise InputError(
            "the doubling time must be that at a volume below the capacity",
            field="reference_volume",
            value=reference.tolist(),
            allowed="above 0 and below the capacity",
        )
    return reference, capacity
