"""Pharmacokinetics of a drug by mouth: a network, and its solution in closed form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from theratwin.core import Exponentials
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.units import parse
from theratwin.dynamics import Bolus, Network, NetworkBuilder
from theratwin.response.drugs.drug import Drug

#: Rates nearer than this, over the larger, are one; the closed form then has another shape.
_NEAR = 1e-6


@dataclass(frozen=True)
class Doses:
    """When a drug is taken, and how much.

    Parameters
    ----------
    times
        h.
    amounts
        nmol, one for each time.

    Raises
    ------
    InputError
        If numbers are missing, not finite or negative.

    Examples
    --------
    >>> from theratwin.response.drugs import drug
    >>> Doses.regular(drug("olaparib"), "300 mg", every="12 h", number=3).times
    (0.0, 12.0, 24.0)
    """

    times: tuple[float, ...]
    amounts: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("times", "amounts"):
            object.__setattr__(self, name, tuple(float(x) for x in getattr(self, name)))
        if len(self.times) != len(self.amounts) or not self.times:
            raise InputError(
                "each dose needs a time and an amount",
                field="Doses",
                value=(len(self.times), len(self.amounts)),
            )
        if not (np.isfinite([*self.times, *self.amounts]).all() and min(self.amounts) >= 0):
            raise InputError(
                "times and amounts must be finite, amounts not negative", field="Doses"
            )

    @classmethod
    def regular(
        cls, drug: Drug, dose: str | float, *, every: str | float, number: int, start: float = 0.0
    ) -> Doses:
        """Return equal doses at equal intervals: text with units, or nmol and h."""
        interval = parse(every, "h", field="every") if isinstance(every, str) else float(every)
        if number < 1 or not interval > 0:
            raise InputError("at least one dose, at a positive interval", field="Doses.regular")
        times = tuple(start + interval * i for i in range(number))
        return cls(times, (drug.amount(dose),) * number)

    def boluses(self, state: str = "depot") -> list[Bolus]:
        """Return the doses for the engine, into the state of the depot."""
        return [Bolus(state, t, n) for t, n in zip(self.times, self.amounts, strict=True)]


def oral(drug: Drug) -> Network:
    r"""Return a drug's absorption, distribution and clearance, with ``concentration`` and ``free``.

    .. math::

        \dot n_d = -k_a n_d, \qquad
        \dot n_1 = k_a n_d - \frac{CL}{V_1} n_1 - Q\Big(\frac{n_1}{V_1}-\frac{n_2}{V_2}\Big),
        \qquad \dot n_2 = Q\Big(\frac{n_1}{V_1}-\frac{n_2}{V_2}\Big)

    The second compartment is there if the drug has one. Volumes and clearance are apparent, over
    the oral bioavailability. Doses are boluses into the state ``depot`` (nmol); the outputs are in
    nmol/mL of plasma, ``free`` what is not bound to protein.

    Raises
    ------
    UnsupportedError
        If the drug's pharmacokinetics are not known.

    Examples
    --------
    >>> from theratwin.response.drugs import drug
    >>> oral(drug("talazoparib"))
    <Network talazoparib: 3 states, 4 reactions, 6 parameters>
    """
    b = NetworkBuilder(drug.name)

    def own(name: str) -> Any:
        drug.value(name)  # the error says what is missing
        return b.parameter(replace(drug.parameters[name], name=name))

    volume, clearance = own("volume"), own("clearance")
    absorption, unbound = own("absorption"), own("unbound")
    depot = b.species("depot", b.compartment("gut"), contains=("drug",))
    central = b.species("central", b.compartment("plasma", volume), contains=("drug",))
    b.reaction("absorption_of_drug", depot, central, absorption * depot)
    b.reaction("elimination", central, None, b.carried(clearance, central))
    if drug.has_periphery:
        tissue = b.compartment("tissue", own("peripheral_volume"))
        far, flow = b.species("peripheral", tissue, contains=("drug",)), own("exchange")
        b.reaction("distribution", central, far, b.carried(flow, central))
        b.reaction("return", far, central, b.carried(flow, far))
    concentration = b.concentration(central)
    for name, value in (("concentration", concentration), ("free", unbound * concentration)):
        b.output(name, value, "nmol/mL")
        b.observable(name, value, "nmol/mL")
    return b.freeze()


def free_concentration(drug: Drug, doses: Doses) -> Exponentials:
    r"""Return the free concentration (nmol/mL) over time, exactly, as an exposure takes it.

    .. math:: c(t) = f_u \sum_d n_d \sum_i a_i e^{-\lambda_i (t-t_d)}

    with :math:`\lambda_i` the absorption rate and the rates of disposition.

    Raises
    ------
    UnsupportedError
        If the drug's pharmacokinetics are not known, or two rates coincide.

    Examples
    --------
    >>> from theratwin.response.drugs import drug
    >>> veliparib = drug("veliparib")
    >>> curve = free_concentration(veliparib, Doses((0.0,), (veliparib.amount("40 mg"),)))
    >>> round(float(curve(1.5)), 3)
    0.387
    """
    amplitudes, rates = unit_response(drug)
    amounts = np.repeat(doses.amounts, len(rates))
    starts = np.repeat(doses.times, len(rates))
    number = len(doses.times)
    free = drug.value("unbound") * np.tile(amplitudes, number) * amounts
    return Exponentials(free, np.tile(rates, number), starts)


def unit_response(drug: Drug) -> tuple[np.ndarray, np.ndarray]:
    r"""Return amplitudes (1/mL) and rates (1/h) of the plasma concentration after 1 nmol.

    With the rates of disposition :math:`\beta_j`, the return rate :math:`k_{21}=Q/V_2` (without a
    second compartment there is one rate and no such factor) and the absorption rate :math:`k_a`:

    .. math::

        a_i = \frac{k_a}{V_1}\,\frac{k_{21}-\lambda_i}{\prod_{j\ne i}(\lambda_j-\lambda_i)}

    Raises
    ------
    UnsupportedError
        If two rates coincide, so that there is a term :math:`t e^{-\lambda t}`.
    """
    rates, back = _disposition(drug)
    rates = np.append(rates, drug.value("absorption"))
    apart = np.abs(rates[:, None] - rates) + np.diag(np.full(len(rates), np.inf))
    if np.any(apart <= _NEAR * rates.max()):
        raise UnsupportedError(
            "the rates of absorption and elimination coincide",
            field=f"{drug.name}.absorption",
            value=drug.value("absorption"),
            remedy="Solve the network oral(drug), or change the rate a little",
        )
    gaps = rates - rates[:, None]
    np.fill_diagonal(gaps, 1.0)
    numerators = 1.0 if back is None else back - rates
    return drug.value("absorption") / drug.value("volume") * numerators / gaps.prod(axis=1), rates


def _disposition(drug: Drug) -> tuple[np.ndarray, float | None]:
    """Return the rates of disposition (1/h), and the return rate if there is a periphery."""
    leaving = drug.value("clearance") / drug.value("volume")
    if not drug.has_periphery:
        return np.array([leaving]), None
    out = drug.value("exchange") / drug.value("volume")
    back = drug.value("exchange") / drug.value("peripheral_volume")
    total = leaving + out + back
    fast = 0.5 * (total + np.sqrt(total**2 - 4.0 * leaving * back))
    return np.array([fast, leaving * back / fast]), back  # the product of both loses no digits


def steady_peak(drug: Drug, dose: str | float, every: str | float) -> tuple[float, float]:
    """Return the highest and the lowest free concentration (nmol/mL) under endless equal doses.

    Found on a grid of 4001 points of the interval; see `Doses.regular` for the arguments.
    """
    interval = parse(every, "h", field="every") if isinstance(every, str) else float(every)
    amplitudes, rates = unit_response(drug)
    time = np.linspace(0.0, interval, 4001)
    sums = amplitudes / -np.expm1(-rates * interval)
    shape = np.exp(-np.multiply.outer(time, rates)) @ sums
    level = drug.value("unbound") * drug.amount(dose) * shape
    return float(np.max(level)), float(np.min(level))
