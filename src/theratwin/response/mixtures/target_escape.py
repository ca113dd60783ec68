"""Target escape: classes of cells with unlike receptors, under selection and cross-fire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from theratwin.core import InputError, parameter_set
from theratwin.dynamics import Expression, Network, NetworkBuilder, exp, log
from theratwin.dynamics.expressions.expression import ONE, ZERO, symbol
from theratwin.response.sublethal import LN2
from theratwin.response.tissues import Tissue
from theratwin.response.tumor.growth import growth_law
from theratwin.response.tumor.linear_quadratic_hazard import add_linear_quadratic_hazard

_OF_CLASS = "Of the class of cells that the network was built with."


@dataclass(frozen=True)
class AntigenClass:
    """Cells with the same receptors.

    Parameters
    ----------
    name
        Such as ``positive``.
    fraction
        Of the living cells at the start; those of all classes sum to 1.
    receptors
        Receptor density, relative to the other classes.
    cells
        Radiosensitivity and repair.
    doubling_time
        h, at the reference volume of the growth law; that of ``response/tumor`` if None.
    """

    name: str
    fraction: float
    receptors: float
    cells: Tissue
    doubling_time: float | None = None


def target_escape_network(
    classes: Sequence[AntigenClass],
    *,
    switching: Mapping[tuple[str, str], float] | None = None,
    cross_fire: float | None = None,
    receptors_in_dose: bool = False,
    growth: str = "exponential",
) -> Network:
    r"""Return a tumor whose classes of cells compete under a therapy that targets some of them.

    .. math:: \dot N_i = [g_i(V) - h_i] N_i + \sum_j (k_{ji} N_j - k_{ij} N_i), \qquad
              \dot D_i = \dot D \left[\varphi \frac{\bar r}{\bar r_0}
              + (1 - \varphi) \frac{r_i}{\bar r_0}\right], \qquad
              \bar r = \frac{\sum_i r_i N_i}{\sum_i N_i}

    with the linear-quadratic hazard :math:`h_i` of each class's own dose rate. The input is the
    dose rate :math:`\dot D` that the tumor would have, had it kept its receptors. Where kinetics
    are told of the receptors that are left (``receptors_in_dose``), it is the one that it has,
    and :math:`\bar r` stands in place of :math:`\bar r_0`.

    Parameters
    ----------
    classes
        At least one, with fractions above 0 that sum to 1.
    switching
        Rate (1/h) at which cells of one class turn into another, by ``(from, to)``.
    cross_fire
        Part of a cell's dose that comes from others, at the mean receptor density; that of
        ``response/mixtures`` if None.
    receptors_in_dose
        Whether the dose rate that comes in already follows the receptors.
    growth
        As of `tumor_network`; the rate of each class at the whole volume.

    Returns
    -------
    Network
        Input ``dose_rate`` (Gy/h). Outputs and observables ``volume``, ``living`` (mL) and
        ``receptor_factor``; observables ``fraction.NAME``; quadratures ``log_kill.NAME``.

    Raises
    ------
    InputError
        If the classes, a rate or the cross-fire are not usable.

    Notes
    -----
    A design of our own: no published model of target escape in radiopharmaceutical therapy was
    at hand.

    Examples
    --------
    >>> from theratwin.response import tissue
    >>> cells = tissue("prostate_metastasis")
    >>> positive = AntigenClass("positive", 0.99, 1.0, cells)
    >>> negative = AntigenClass("negative", 0.01, 0.0, cells)
    >>> target_escape_network([positive, negative])
    <Network target-escape: 5 states, 0 reactions, 15 parameters>
    """
    _check(classes, switching or {})
    b = NetworkBuilder("target-escape")
    known = parameter_set("response", "tumor")
    start = b.parameter(known["initial_volume"])
    logs = {
        c.name: b.variable(f"log_living.{c.name}", log(_given(b, f"{c.name}.fraction", c.fraction)))
        for c in classes
    }
    dead = b.variable("dead_volume", 0.0, "mL")
    shares = {name: exp(state) for name, state in logs.items()}
    total = b.rule("relative_living", sum(shares.values(), ZERO))
    living = b.rule("living_volume", start * total, "mL")
    volume = b.rule("whole_volume", living + dead, "mL")
    rates, factor = _dose_rates(b, classes, shares, total, cross_fire, receptors_in_dose)
    hazards = {
        c.name: add_linear_quadratic_hazard(b, rates[c.name], c.cells, f"{c.name}.")
        for c in classes
    }
    moves = _switching(b, switching or {})
    growths = _growths(b, classes, growth, volume)
    for name, state in logs.items():
        gained = growths[name] - hazards[name] + _exchanged(name, logs, moves)
        b.rate(state, gained)
        b.quadrature(f"log_kill.{name}", hazards[name])
        b.observable(f"fraction.{name}", shares[name] / total)
    died = start * sum((hazards[name] * share for name, share in shares.items()), ZERO)
    cleared = LN2 / b.parameter(known["clearance_half_time"]) * dead
    b.rate(dead, died - cleared)
    outputs = (("volume", volume, "mL"), ("living", living, "mL"), ("receptor_factor", factor, ""))
    for name, value, unit in outputs:
        b.output(name, value, unit)
        b.observable(name, value, unit)
    return b.freeze()


def _given(b: NetworkBuilder, name: str, value: float, unit: str = "") -> Expression:
    return b.parameter(name, value, unit, note=_OF_CLASS)


def _dose_rates(
    b: NetworkBuilder,
    classes: Sequence[AntigenClass],
    shares: Mapping[str, Expression],
    total: Expression,
    cross_fire: float | None,
    receptors_in_dose: bool,
) -> tuple[dict[str, Expression], Expression]:
    """Return the dose rate (Gy/h) of each class, and the mean receptor density over its start."""
    known = parameter_set("response", "mixtures")["cross_fire"]
    shared = b.parameter(known) if cross_fire is None else _given(b, "cross_fire", cross_fire)
    rate = b.input("dose_rate", "Gy/h")
    density = {c.name: _given(b, f"{c.name}.receptors", c.receptors) for c in classes}
    at_start = sum((symbol(f"{c.name}.fraction") * density[c.name] for c in classes), ZERO)
    mean = sum((density[c.name] * shares[c.name] for c in classes), ZERO) / total
    factor = b.rule("mean_receptors", mean / at_start)
    of_dose, among = (mean, ONE) if receptors_in_dose else (at_start, factor)
    return {
        name: rate * (shared * among + (1.0 - shared) * own / of_dose)
        for name, own in density.items()
    }, factor


def _growths(
    b: NetworkBuilder, classes: Sequence[AntigenClass], growth: str, volume: Expression
) -> dict[str, Expression]:
    law, known = growth_law(growth), parameter_set("response", "tumor")
    at = ()
    if law.limited:
        at = (b.parameter(known["reference_volume"]), b.parameter(known["capacity"]))
    usual = known["doubling_time"].value
    return {
        c.name: law.rate(
            volume,
            _given(b, f"{c.name}.doubling_time", c.doubling_time or usual, "h"),
            *at,
            log=log,
        )
        for c in classes
    }


def _switching(
    b: NetworkBuilder, switching: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], Expression]:
    return {
        (source, target): _given(b, f"switching.{source}_to_{target}", rate, "1/h")
        for (source, target), rate in switching.items()
    }


def _exchanged(
    name: str, logs: Mapping[str, Expression], moves: Mapping[tuple[str, str], Expression]
) -> Expression:
    """Return what switching adds to the growth rate (1/h) of a class, per cell of it."""
    rate: Expression = ZERO
    for (source, target), k in moves.items():
        if source == name:
            rate = rate - k
        if target == name:
            rate = rate + k * exp(logs[source] - logs[name])
    return rate


def _check(classes: Sequence[AntigenClass], switching: Mapping[tuple[str, str], float]) -> None:
    names = [c.name for c in classes]
    total = sum(c.fraction for c in classes)
    if not all(c.fraction > 0 and c.receptors >= 0 for c in classes) or abs(total - 1.0) > 1e-9:
        raise InputError(
            "fractions must be above 0 and sum to 1, receptors 0 or more",
            field="classes",
            value=total,
            remedy="Give a rare class a small fraction, such as 1e-6",
        )
    if not any(c.receptors > 0 for c in classes):
        raise InputError("no class has receptors", field="classes")
    for pair, rate in switching.items():
        for name in pair:
            if name not in names:
                raise InputError("no such class", field="switching", value=name, allowed=names)
        if not rate >= 0 or pair[0] == pair[1]:
            raise InputError(
                "a rate from one class to another is needed", field="switching", value=pair
            )
