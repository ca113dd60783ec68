r"""Blood with tissues that each exchange with it fast and slowly, as of 131I-CLR1404.

Of tissue i, with the activity :math:`A_b` in blood and the share :math:`f_i` of it in the tissue's
vessels (the structure of Neira et al. 2021):

.. math::

    \dot n_{i,f} = k_{bf}\,n_b - (k_{fb} + \lambda)\,n_{i,f}, \qquad
    \dot n_{i,s} = k_{bs}\,n_b - (k_{sb} + \lambda)\,n_{i,s}, \qquad
    A_i = f_i A_b + A_{i,f} + A_{i,s} .

The rates have to be given: those published for CLR1404's organs could not be read. `clr1404` is the
same structure with all tissues as one, calibrated to plasma.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from theratwin.case import region as registered
from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.dynamics import Network
from theratwin.kinetics.models.names import listed
from theratwin.kinetics.models.transfer import ADMINISTERED, WHOLE_BODY, transfer_network

BLOOD = "blood"
#: Where blood loses activity to, by what the rate is called.
EXCRETED = {"urinary": "urine", "fecal": "feces"}


@dataclass(frozen=True)
class Exchange:
    """How a tissue exchanges with blood.

    Parameters
    ----------
    fast_in, fast_out
        Rates (1/h) into and out of the fast compartment; zero both if there is none.
    slow_in, slow_out
        Those of the slow one; a slow compartment may keep what it takes (``slow_out=0``).
    blood_share
        The share of the blood's activity in the tissue's vessels.

    Raises
    ------
    InputError
        If a rate is negative, the share is not from 0 to 1, or the fast one is not the faster.
    """

    fast_in: float = 0.0
    fast_out: float = 0.0
    slow_in: float = 0.0
    slow_out: float = 0.0
    blood_share: float = 0.0

    def __post_init__(self) -> None:
        for name in ("fast_in", "fast_out", "slow_in", "slow_out"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise InputError("must be 0 or more", field=name, value=getattr(self, name))
        if not 0.0 <= self.blood_share <= 1.0:
            raise InputError("is a share", field="blood_share", value=self.blood_share)
        if self.fast_in > 0.0 and self.slow_in > 0.0 and not self.fast_out > self.slow_out:
            raise InputError(
                "the fast compartment empties no faster than the slow one",
                field="fast_out",
                value=self.fast_out,
                allowed=f"more than slow_out, {self.slow_out:g}",
            )


def fast_slow(
    tissues: Mapping[str, Exchange],
    excretion: Mapping[str, float],
    nuclide: str = "I-131",
    *,
    lesions: Iterable[str] = (),
    activity: float = 1.0,
    source: str = ASSUMPTION,
    note: str = "Given by the user.",
    name: str = "fast-slow",
) -> Network:
    """Return blood with tissues that exchange with it fast and slowly.

    Parameters
    ----------
    tissues
        Region to its exchange: by the registry's names, or those of ``lesions``.
    excretion
        ``"urinary"`` and ``"fecal"`` rates (1/h) out of the blood, as far as there are any.
    nuclide
        The label.
    lesions
        Names of tissues that are lesions.
    activity
        Given into the blood at the start (MBq).
    source, note
        Where the rates come from: the citation's key, or an assumption and why.
    name
        Of the network.

    Returns
    -------
    Network
        States ``blood``, ``TISSUE_fast``, ``TISSUE_slow``, ``urine``, ``feces`` (nmol);
        observables and quadratures as of `transfer_network`. The region ``blood`` is all of it,
        with what tissues' vessels hold: as sources of dose, count that in one of the two.

    Raises
    ------
    InputError
        If there is no tissue or an unknown one, one does not exchange, the shares of blood exceed
        one, or a rate or the activity is out of range.

    Examples
    --------
    >>> liver = Exchange(fast_in=0.2, fast_out=0.5, slow_in=0.02, slow_out=0.01, blood_share=0.1)
    >>> fast_slow({"liver": liver}, {"urinary": 0.01})
    <Network fast-slow: 4 states, 10 reactions, 9 parameters>
    """
    _check_tissues(tissues, listed(lesions, "lesions"))
    if not 0.0 <= activity < math.inf:
        raise InputError("must be 0 MBq or more", field="activity", value=activity)
    total = sum(each.blood_share for each in tissues.values())
    if total > 1.0:
        raise InputError("tissues hold more than all blood", field="blood_share", value=total)
    rates, held = _rates(tissues, excretion)

    def parameter(key: str, unit: str, value: float) -> Parameter:
        return Parameter(key, unit, Fixed(value), source, note=note)

    known = {key: parameter(key, "1/h", value) for key, value in rates.items()}
    known[ADMINISTERED] = parameter(ADMINISTERED, "MBq", activity)
    for region, each in tissues.items():
        if each.blood_share > 0.0:
            key = f"{region}.blood_share"
            known[key] = parameter(key, "", each.blood_share)
    excreted = [EXCRETED[way] for way in excretion]
    regions = {BLOOD: (BLOOD,), **held}
    return transfer_network(
        name, known, nuclide, enters=BLOOD, regions=regions, excreted=excreted, blood=BLOOD
    )


def _check_tissues(tissues: Mapping[str, Exchange], lesions: tuple[str, ...]) -> None:
    """Refuse tissues that are none, and lesions that have no exchange."""
    if not tissues:
        raise InputError(
            "no tissue exchanges with blood",
            field="tissues",
            remedy='Give at least one, as {"liver": Exchange(...)}',
        )
    for name in lesions:
        if name not in tissues:
            raise InputError(
                "the lesion has no exchange", field="lesions", value=name, allowed=list(tissues)
            )
    for name in tissues:
        if name not in lesions:
            _check_tissue(name)


def _check_tissue(name: str) -> None:
    try:
        known = registered(name).name
    except InputError as error:
        raise error.at("tissues") from None
    if known != name or name in (BLOOD, WHOLE_BODY):
        raise InputError(
            "not the name of a tissue",
            field="tissues",
            value=name,
            allowed=f"the registry's name, {known!r}" if known != name else "parts of the body",
        )


def _rates(
    tissues: Mapping[str, Exchange], excretion: Mapping[str, float]
) -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
    """Return the rates by name, and each tissue's compartments."""
    rates: dict[str, float] = {}
    held: dict[str, tuple[str, ...]] = {}
    for region, each in tissues.items():
        speeds = {"fast": (each.fast_in, each.fast_out), "slow": (each.slow_in, each.slow_out)}
        used = {speed: pair for speed, pair in speeds.items() if pair[0] > 0.0}
        if not used:
            raise InputError("nothing comes into the tissue", field="tissues", value=region)
        for speed, (into, out) in used.items():
            rates[f"transfer.{BLOOD}.{region}_{speed}"] = into
            rates[f"transfer.{region}_{speed}.{BLOOD}"] = out
        held[region] = tuple(f"{region}_{speed}" for speed in used)
    for way, rate in excretion.items():
        if way not in EXCRETED:
            raise InputError("unknown", field="excretion", value=way, allowed=list(EXCRETED))
        if not 0.0 <= rate < math.inf:
            raise InputError("must be 0 or more", field=f"excretion.{way}", value=rate)
        rates[f"transfer.{BLOOD}.{EXCRETED[way]}"] = rate
    return rates, held
