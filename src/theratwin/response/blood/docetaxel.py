"""A course of docetaxel: its kinetics, and what it does to the neutrophils."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core import InputError, parameter_set, parse
from theratwin.dynamics import Bolus, Engine, Network, NetworkBuilder, couple
from theratwin.response.blood.counts import EVERY, BloodCounts
from theratwin.response.blood.friberg import friberg

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
    dose: str = "180 mg", times: Any = None, *, cycles: int = 1, every: str = "3 weeks"
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

    Raises
    ------
    InputError
        If a quantity is out of range.

    Examples
    --------
    >>> lowest = docetaxel_course("180 mg").nadir("neutrophils")
    >>> print(f"day {lowest.time[0] / 24:.1f}, grade {lowest.grade[0]}")
    day 7.6, grade 3

    References
    ----------
    Citations ``friberg_2002``, ``bruno_1996``.
    """
    known = parameter_set("response", "friberg")
    amount = parse(dose, "g", field="dose") / known.value("docetaxel.molar_mass")
    gap = parse(every, "h", field="every")
    if not (amount > 0 and gap > 0 and cycles >= 1):
        raise InputError(
            "a course has doses, and time between them",
            field="dose",
            value=f"{cycles} of {dose} every {every}",
            allowed="positive numbers",
        )
    given = [gap * i for i in range(cycles)]
    if times is None:
        times = np.arange(0.0, given[-1] + 42 * 24.0 + 1.0, EVERY)
    network = couple(
        "docetaxel-course",
        {"kinetics": docetaxel_kinetics(), "blood": friberg()},
        {"blood.drug.docetaxel": "kinetics.concentration"},
    )
    doses = [Bolus("kinetics.central.drug", time, amount) for time in given]
    engine = Engine(network.system())
    found = engine.solve({}, times, doses=doses, keep=(), rtol=_RTOL, atol=_ATOL).require()
    baseline = np.array([known.value("baseline")])
    return BloodCounts(
        found.times, {"neutrophils": found["blood.neutrophils"]}, {"neutrophils": baseline}
    )
