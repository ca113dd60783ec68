"""A tumor and its lymphocytes under radiation and checkpoint inhibition; experimental."""

from __future__ import annotations

from typing import NamedTuple

from theratwin.core import parameter_set
from theratwin.dynamics import Expression, Network, NetworkBuilder
from theratwin.response.blood.chain import chain
from theratwin.response.blood.hazard import radiation
from theratwin.response.immune.delay import ACTIVATION_STAGES, DEATH_STAGES

_SET = ("response", "immune_lite")


class _Effectors(NamedTuple):
    """Lymphocytes in the tumor and in the blood, and what one of them kills (cells per h)."""

    tumor: Expression
    blood: Expression
    kill: Expression


def immune_lite(*, own_tumor: bool = True) -> Network:
    r"""Return the immune model of few states, after Friedrich et al. 2022; experimental.

    Tumor cells :math:`T` that radiation hits become moribund :math:`X_j`, and dying release
    antigen :math:`A`; after a delay it calls up lymphocytes from those in the blood that dose has
    left, :math:`N`. They go into the tumor, :math:`L`, and around, :math:`B`, where a second
    lesion :math:`T_2` meets them.

    .. math::

        \dot T &= \mu(T + X)\,T - c L \tfrac{T}{T + T_h} - h T, \qquad
        \mu(n) = a\,(n / 10^6)^{-b} \\
        \dot X_j &= r (X_{j-1} - X_j), \quad r X_0 = h T, \qquad
        \dot A = \rho (T + T_2) + \psi r X_5 - \lambda A \\
        p &= 2 c_4 N Q_7, \quad \dot Q_j = q (Q_{j-1} - Q_j), \quad Q_0 = A, \qquad
        \dot N = (1 - N)/\tau - \alpha_b \dot D_b N \\
        \dot L &= g p - (c + \mu_L) L - h_L L, \qquad
        \dot B = (1 - g) p - \mu_L B - \alpha_b \dot D_b B \\
        \dot T_2 &= \mu_2(T_2)\,T_2 - w c B \tfrac{T_2}{T_2 + T_h}, \qquad
        c = c_1 + (c_1^+ - c_1)\, u

    The checkpoint inhibitor :math:`u` raises what a lymphocyte kills. Differences from the
    publication: rates in place of fractions, chains of stages in place of delays (`Delay`), kill
    that saturates where the program cuts off at zero, moribund cells that neither divide nor are
    killed, and :math:`N`, so that dose to blood lowers the response.

    Inputs: ``hazard`` (1/h) from any cell model, ``dose_rate`` of the tumor, ``dose_rate_blood``
    (Gy/h), ``checkpoint`` (0 to 1). Outputs: ``tumor_cells`` with those that die, ``second_cells``,
    ``immune_hazard`` (1/h). Parameters: the set ``response/immune_lite``.

    Parameters
    ----------
    own_tumor
        Whether the tumor's cells are the model's own; else they come in through ``living``, from a
        model of the tumor that is bound to ``immune_hazard`` and starts with ``tumor.cells``.

    Examples
    --------
    >>> immune_lite()
    <Network immune-lite: 19 states, 0 reactions, 23 parameters>

    References
    ----------
    Citation ``friedrich_2022``.
    """
    b = NetworkBuilder("immune-lite")
    unused = () if own_tumor else ("tumor.growth", "tumor.growth_power")
    known = {n: p for n, p in parameter_set(*_SET).items() if n not in unused}
    p = {name: b.parameter(parameter) for name, parameter in known.items()}
    hazard = b.input("hazard", "1/h")
    tumor = b.variable("tumor", p["tumor.cells"]) if own_tumor else b.input("living")
    second = b.variable("second", p["second.cells"])
    death = DEATH_STAGES / p["death.delay"]
    moribund = chain(b, "moribund", DEATH_STAGES, hazard * tumor / death, death, initial=0.0)
    cells = b.rule("cells", sum(moribund, tumor))
    antigen = _antigen(b, p, tumor, second, death * moribund[-1])
    effectors = _effectors(b, p, antigen)
    killed = b.rule("immune_hazard", _killed(p, effectors.kill * effectors.tumor, tumor), "1/h")
    if own_tumor:
        own = b.rule("growth", _growth(p, "tumor", cells, tumor), "1/h")
        b.rate(tumor, (own - killed - hazard) * tumor)
    there = p["second.infiltration"] * effectors.kill * effectors.blood
    growth = b.rule("second.net_growth", _growth(p, "second", second, second), "1/h")
    b.rate(second, (growth - _killed(p, there, second)) * second)
    for name, value, unit in (
        ("tumor_cells", cells, ""),
        ("second_cells", second, ""),
        ("immune_hazard", killed, "1/h"),
    ):
        b.output(name, value, unit)
    b.observable("tumor_cells", cells)
    b.observable("second_cells", second)
    return b.freeze()


def _growth(p: dict, lesion: str, cells: Expression, living: Expression) -> Expression:
    """Return the rate of growth; less than a cell does not grow, so that a tumor can vanish."""
    per_million = (cells + 1.0) / 1e6
    rate = p[f"{lesion}.growth"] * per_million ** (-p[f"{lesion}.growth_power"])
    return rate * living / (living + 1.0)


def _killed(p: dict, kill: Expression, living: Expression) -> Expression:
    return kill / (living + p["lymphocytes.saturation"])


def _antigen(
    b: NetworkBuilder, p: dict, tumor: Expression, second: Expression, dying: Expression
) -> Expression:
    """Add the antigen, from the level at which it is as a share of the cells that release it."""
    begin = p["antigen.release"] * (p["tumor.cells"] + p["second.cells"]) / p["antigen.decay"]
    antigen = b.variable("antigen", begin)
    released = p["antigen.release"] * (tumor + second) + p["antigen.per_death"] * dying
    b.rate(antigen, released - p["antigen.decay"] * antigen)
    return antigen


def _effectors(b: NetworkBuilder, p: dict, antigen: Expression) -> _Effectors:
    felt = radiation(
        b,
        b.input("dose_rate", "Gy/h"),
        p["lymphocytes.alpha_beta"],
        p["lymphocytes.repair_half_time"],
    )
    lost = b.rule("blood.hazard", p["blood.alpha"] * b.input("dose_rate_blood", "Gy/h"), "1/h")
    checkpoint = b.input("checkpoint")
    plain = p["lymphocytes.kill"]
    kill = b.rule("kill", plain + (p["lymphocytes.kill_inhibited"] - plain) * checkpoint, "1/h")
    signal = chain(
        b,
        "activation",
        ACTIVATION_STAGES,
        antigen,
        ACTIVATION_STAGES / p["activation.delay"],
        initial=0.0,
    )
    naive = b.variable("naive", 1.0)
    b.rate(naive, (1.0 - naive) / p["blood.recovery_time"] - lost * naive)
    made = b.rule("made", 2.0 * p["activation.rate"] * naive * signal[-1], "1/h")
    inside, around = b.variable("lymphocytes", 0.0), b.variable("blood_lymphocytes", 0.0)
    share, decay = p["lymphocytes.into_tumor"], p["lymphocytes.decay"]
    hit = felt.hazard(p["lymphocytes.alpha"])
    b.rate(inside, share * made - (kill + decay + hit) * inside)
    b.rate(around, (1.0 - share) * made - (decay + lost) * around)
    return _Effectors(inside, around, kill)
