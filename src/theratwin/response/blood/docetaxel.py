"""A course of docetaxel: its kinetics, and what it does to the neutrophils."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from theratwin.core import Curve, InputError, parameter_set, parse
from theratwin.dynamics import (
    Bolus,
    Dose,
    Engine,
    Jump,
    Network,
    NetworkBuilder,
    System,
    couple,
    schedule,
)
from theratwin.dynamics.networks.port import numbers
from theratwin.response.blood.counts import EVERY, BloodCounts
from theratwin.response.blood.friberg import friberg
from theratwin.response.driven import felt_curve

#: Beside a reference solution the counts are right to 1e-8 of the baseline.
_RTOL, _ATOL = 1e-10, 1e-12


def docetaxel_kinetics() -> Network:
    r"""Return three compartments, a bolus going into the central one (nmol).

    .. math::

        \dot n_1 = -(k_{10} + k_{12} + k_{13}) n_1 + k_{21} n_2 + k_{31} n_3, \quad
        \dot n_2 = k_{12} n_1 - k_{21} n_2, \quad \dot n_3 = k_{13} n_1 - k_{31} n_3

    Output: ``concentration`` :math:`n_1/V_1` (nmol/mL).

    Examples
    --------
    >>> docetaxel_kinetics()
    <Network docetaxel: 3 states, 5 reactions, 6 parameters>

    References
    ----------
    Citation ``bruno_1996``.
    """
    known = parameter_set("response", "friberg").under("docetaxel")
    b = NetworkBuilder("docetaxel")
    volume, *rates = (
        b.parameter(known[name]) for name in ("volume", "k_10", "k_12", "k_21", "k_13", "k_31")
    )
    central = b.compartment("central", volume)
    outer = [b.compartment(name) for name in ("shallow", "deep")]
    drug = b.species("central.drug", central, contains=("docetaxel",))
    shallow, deep = (b.species(f"{place}.drug", place, contains=("docetaxel",)) for place in outer)
    ways = {
        "elimination": (drug, None),
        "to_shallow": (drug, shallow),
        "from_shallow": (shallow, drug),
        "to_deep": (drug, deep),
        "from_deep": (deep, drug),
    }
    for (name, (source, target)), rate in zip(ways.items(), rates, strict=True):
        b.reaction(name, source, target, rate * source)
    b.output("concentration", b.concentration(drug), "nmol/mL")
    b.observable("concentration", b.concentration(drug), "nmol/mL")
    return b.freeze()


def docetaxel_course(
    dose: str = "180 mg",
    times: Any = None,
    *,
    cycles: int = 1,
    every: str = "3 weeks",
    marrow: Curve | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> BloodCounts:
    """Return the neutrophils over a course of docetaxel; see `friberg` for the equations.

    Parameters
    ----------
    dose
        Of each cycle, a bolus, as ``"180 mg"``.
    times
        When (h), increasing from 0 on; every 12 h until 6 weeks after the last dose if None.
    cycles, every
        How many, and how far apart.
    marrow
        Dose rate of the red marrow (Gy/h) beside the drug, if there is any.
    parameters
        Those of ``response/friberg`` that differ: one number, or one for each patient.

    Raises
    ------
    InputError
        If a quantity is out of range or a parameter unknown.

    Examples
    --------
    >>> lowest = docetaxel_course("180 mg").nadir("neutrophils")
    >>> print(f"day {lowest.time[0] / 24:.1f}, grade {lowest.grade[0]}")
    day 7.6, grade 3

    References
    ----------
    Citations ``friberg_2002``, ``bruno_1996``.
    """
    values = {name: p.value for name, p in parameter_set("response", "friberg").items()}
    values |= parameters or {}
    amount = parse(dose, "g", field="dose") / np.asarray(values["docetaxel.molar_mass"], float)
    given = _times_given(dose, cycles, every)
    if times is None:
        times = np.arange(0.0, given[-1] + 42 * 24.0 + 1.0, EVERY)
    network = couple(
        "docetaxel-course",
        {"kinetics": docetaxel_kinetics(), "blood": friberg(irradiated=marrow is not None)},
        {"blood.drug.docetaxel": "kinetics.concentration"},
    )
    bindings = {} if marrow is None else {"blood.dose_rate": felt_curve(marrow, "marrow")}
    doses: list[Dose] = [Bolus("kinetics.central.drug", time, amount) for time in given]
    doses += [Jump(c.switch, c.time, c.value) for c in schedule(network, bindings)]
    system = network.system(bindings)
    found = (
        Engine(system)
        .solve(
            numbers(network, bindings) | _by_fragment(system, parameters or {}),
            times,
            doses=doses,
            keep=(),
            rtol=_RTOL,
            atol=_ATOL,
        )
        .require()
    )
    counts = found["blood.neutrophils"]
    baseline = np.broadcast_to(np.asarray(values["baseline"], float), len(counts))
    return BloodCounts(found.times, {"neutrophils": counts}, {"neutrophils": baseline})


def _times_given(dose: str, cycles: int, every: str) -> list[float]:
    gap = parse(every, "h", field="every")
    if not (parse(dose, "g", field="dose") > 0 and gap > 0 and cycles >= 1):
        raise InputError(
            "a course has doses, and time between them",
            field="dose",
            value=f"{cycles} of {dose} every {every}",
            allowed="positive numbers",
        )
    return [gap * i for i in range(cycles)]


def _by_fragment(system: System, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters by their names in the whole; the molar mass is none of the equations'."""
    places = {name.partition(".")[2]: name for name in system.parameters}
    allowed = [*places, "docetaxel.molar_mass"]
    for name in parameters:
        if name not in allowed:
            raise InputError(
                "no such parameter", field="parameters", value=name, allowed=sorted(allowed)
            )
    return {places[n]: value for n, value in parameters.items() if n in places}
