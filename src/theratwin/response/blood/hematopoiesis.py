"""Blood cells under radiation: one pool of stem cells, and the lines that it feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from theratwin.core import InputError, parameter_set
from theratwin.dynamics import Expression, Network, NetworkBuilder, exp
from theratwin.response.blood.chain import chain
from theratwin.response.blood.hazard import Radiation, radiation
from theratwin.response.blood.lymphocytes import lymphocytes

#: The lines, in the order in which they are reported.
LINES = ("neutrophils", "platelets", "hemoglobin", "lymphocytes")

#: Stages on the way from the stem cell to the proliferating pool, and from there to the blood.
COMMITTED, TRANSITS = 3, 3

#: Stages of age in the blood. Red cells die of age, 120 d with a standard deviation of 35 d; other
#: cells at random.
AGES = {"hemoglobin": 12}

Values = Mapping[str, Expression]


def hematopoiesis(lines: Iterable[str] = LINES) -> Network:
    r"""Return blood counts driven by the dose rates of marrow and blood; ours, after Friberg.

    Quiescent stem cells :math:`S` recover slowly and feed each line through committed stages
    :math:`Q_j` that take a time :math:`\tau_Q`; the proliferating pool :math:`P` renews itself in
    part, :math:`\varphi`, and answers to the count :math:`C` in the blood.

    .. math::

        \dot S &= S\,(1 - S/K)/\tau_S - h_S S, \qquad K = e^{-\rho D} \\
        \dot Q_j &= \tfrac{3}{\tau_Q} (Q_{j-1} - Q_j) - h Q_j, \qquad Q_0 = S \\
        \dot P &= k\,\left[\left((1-\varphi)\,Q_3 + \varphi P\right) C^{-\gamma} - P\right] - h P \\
        \dot T_i &= k\,(T_{i-1} - T_i), \qquad k = 4 / \mathrm{MTT}, \qquad
        \dot C = (T_3 - C)/\tau_C

    with the hazards :math:`h = \alpha\dot D + 2\beta\dot D I`; everything is relative to its value
    at rest. With :math:`\varphi = 1` a line is the model of Friberg et al. 2002. Red cells age in
    twelve stages in place of the last equation. Lymphocytes are killed in the blood: `lymphocytes`.

    Inputs: ``dose_rate`` of marrow, and ``dose_rate_blood`` if there are lymphocytes (Gy/h).
    Outputs: the counts (1/mL) and ``hemoglobin`` (g/mL). Parameters: the set
    ``response/blood_lines``.

    Parameters
    ----------
    lines
        Among `LINES`.

    Raises
    ------
    InputError
        If a line is unknown, or there is none.

    Examples
    --------
    >>> hematopoiesis(["platelets"])
    <Network hematopoiesis: 11 states, 0 reactions, 12 parameters>

    References
    ----------
    Citations ``friberg_2002``, ``henrich_2017``.
    """
    chosen = _checked(lines)
    known = parameter_set("response", "blood_lines")
    b = NetworkBuilder("hematopoiesis")
    fed = [line for line in chosen if line != "lymphocytes"]
    if fed:
        shared = {n: b.parameter(known[n]) for n in known if n.startswith(("stem.", "marrow."))}
        felt = radiation(
            b,
            b.input("dose_rate", "Gy/h"),
            shared["marrow.alpha_beta"],
            shared["marrow.repair_half_time"],
        )
        stem = _stem(b, felt, shared)
        for line in fed:
            own = {n: b.parameter(p) for n, p in _own(line).items()}
            _line(b, line, own, stem, felt)
    if "lymphocytes" in chosen:
        lymphocytes(b, {n: b.parameter(p) for n, p in _own("lymphocytes").items()})
    return b.freeze()


def _checked(lines: Iterable[str]) -> list[str]:
    given = [lines] if isinstance(lines, str) else list(lines)
    for line in given:
        if line not in LINES:
            raise InputError("no such line", field="lines", value=line, allowed=LINES)
    if not given:
        raise InputError("at least one line is needed", field="lines", allowed=LINES)
    return [line for line in LINES if line in given]


def _own(line: str) -> dict:
    known = parameter_set("response", "blood_lines")
    return {name: known[f"{line}.{name}"] for name in known.under(line)}


def _stem(b: NetworkBuilder, felt: Radiation, p: Values) -> Expression:
    """Add the pool of stem cells; what never recovers lowers its capacity."""
    dose = b.variable("dose", 0.0, "Gy")
    b.rate(dose, felt.dose_rate)
    capacity = b.rule("stem.capacity", exp(-p["stem.persistent_loss"] * dose))
    stem = b.variable("stem", 1.0)
    growth = stem * (1.0 - stem / capacity) / p["stem.recovery_time"]
    b.rate(stem, growth - felt.hazard(p["stem.alpha"]) * stem)
    return stem


def _line(b: NetworkBuilder, line: str, p: Values, stem: Expression, felt: Radiation) -> None:
    hazard = b.rule(f"{line}.hazard", felt.hazard(p["alpha"]), "1/h")
    committed = chain(
        b, f"{line}.committed", COMMITTED, stem, COMMITTED / p["committed_time"], hazard
    )
    rate = b.rule(f"{line}.transit_rate", (TRANSITS + 1) / p["transit_time"], "1/h")
    pool = b.variable(f"{line}.proliferating", 1.0)
    transit = chain(b, f"{line}.transit", TRANSITS, pool, rate)
    ages = AGES.get(line, 1)
    aging = chain(b, f"{line}.age", ages, transit[-1], ages / p["circulating_time"])
    circulating = b.rule(f"{line}.circulating", sum(aging[1:], aging[0]) / ages)
    renewal = p["self_renewal"]
    made = ((1.0 - renewal) * committed[-1] + renewal * pool) * circulating ** (-p["feedback"])
    b.rate(pool, rate * (made - pool) - hazard * pool)
    unit = "g/mL" if line == "hemoglobin" else "1/mL"
    b.output(line, p["baseline"] * circulating, unit)
    b.observable(line, p["baseline"] * circulating, unit)
