"""Myelosuppression by drugs: a proliferating pool, transit, and feedback from the blood."""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.core import InputError, parameter_set
from theratwin.dynamics import Expression, Network, NetworkBuilder
from theratwin.response.blood.chain import chain
from theratwin.response.blood.hazard import radiation

#: Transit compartments between the proliferating pool and the blood.
TRANSITS = 3

_SET = ("response", "friberg")


def friberg(drugs: Iterable[str] = ("docetaxel",), *, irradiated: bool = False) -> Network:
    r"""Return the model of Friberg et al. 2002, with drugs, with radiation, or with both.

    .. math::

        \dot P = k\,P\,(1 - E)\,(C_0/C)^{\gamma} - k P - h P, \quad
        \dot T_i = k\,(T_{i-1} - T_i), \quad \dot C = k\,(T_3 - C), \quad
        E = \sum_d s_d\, c_d, \quad k = 4 / \mathrm{MTT}

    The hazard of radiation :math:`h = \alpha\dot D + 2\beta\dot D I` on the proliferating pool is
    not part of the publication. States are relative to their value at rest.

    Inputs: ``drug.NAME`` (nmol/mL) for each drug, and ``dose_rate`` (Gy/h) if irradiated. Output:
    ``neutrophils`` (1/mL). Parameters: the set ``response/friberg``.

    Parameters
    ----------
    drugs
        Drugs with a slope in the parameter set.
    irradiated
        Whether it has an input for the dose rate of the marrow.

    Raises
    ------
    InputError
        If a drug is unknown, or nothing acts on the cells.

    Examples
    --------
    >>> friberg()
    <Network friberg: 5 states, 0 reactions, 4 parameters>

    References
    ----------
    Citation ``friberg_2002``.
    """
    known = parameter_set(*_SET)
    drugs = tuple(drugs)
    for drug in drugs:
        if f"{drug}.slope" not in known:
            allowed = [n.removesuffix(".slope") for n in known if n.endswith(".slope")]
            raise InputError("no slope is known", field="drugs", value=drug, allowed=allowed)
    if not drugs and not irradiated:
        raise InputError("nothing acts on the cells", field="drugs", remedy="Name a drug")
    b = NetworkBuilder("friberg")
    base, time, feedback = (b.parameter(known[n]) for n in ("baseline", "transit_time", "feedback"))
    rate = b.rule("transit_rate", (TRANSITS + 1) / time, "1/h")
    effect = _effect(b, [(d, b.parameter(known[f"{d}.slope"])) for d in drugs])
    hazard = _hazard(b) if irradiated else 0.0
    pool = b.variable("proliferating", 1.0)
    transit = chain(b, "transit", TRANSITS, pool, rate)
    circulating = b.variable("circulating", 1.0)
    made = (1.0 - effect) * circulating ** (-feedback)
    b.rate(pool, rate * pool * (made - 1.0) - hazard * pool)
    b.rate(circulating, rate * (transit[-1] - circulating))
    b.output("neutrophils", base * circulating, "1/mL")
    b.observable("neutrophils", base * circulating, "1/mL")
    return b.freeze()


def _effect(b: NetworkBuilder, slopes: list[tuple[str, Expression]]) -> Expression | float:
    effect: Expression | float = 0.0
    for drug, slope in slopes:
        effect = slope * b.input(f"drug.{drug}", "nmol/mL") + effect
    return effect


def _hazard(b: NetworkBuilder) -> Expression:
    known = parameter_set(*_SET).under("radiation")
    alpha, alpha_beta, half_time = (
        b.parameter(known[n]) for n in ("alpha", "alpha_beta", "repair_half_time")
    )
    return radiation(b, b.input("dose_rate", "Gy/h"), alpha_beta, half_time).hazard(alpha)
