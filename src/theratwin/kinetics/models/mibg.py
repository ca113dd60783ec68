r"""MIBG in an adult: taken up by liver and salivary glands, kept by tissues, excreted in urine.

A central compartment (blood and what exchanges with it within minutes) exchanges with the others:

.. math::

    \dot n_c = \sum_i k_{ic}\,n_i - \Big(\sum_i k_{ci} + k_{cb} + \lambda\Big) n_c, \qquad
    \dot n_i = k_{ci}\,n_c - (k_{ic} + \lambda)\,n_i

with i the liver, the salivary glands and all other tissues; b is the bladder, which empties at a
rate. Calibrated to published excretion and doses of humans: parameter set ``mibg``.
"""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.core.parameter_file import parameter_set
from theratwin.dynamics import Network
from theratwin.kinetics.models.transfer import laid_over, require_element, transfer_network

ENTERS = "central"
EXCRETED = ("urine",)
#: By the names of sources of organ doses.
REGIONS = {
    "liver": ("liver",),
    "salivary_glands": ("salivary_glands",),
    "bladder_contents": ("bladder",),
    "remainder": ("central", "tissues"),
}


def mibg(
    nuclide: str = "I-131", *, given: Mapping[str, float | str] | None = None, name: str = "mibg"
) -> Network:
    """Return the kinetics of MIBG in an adult without tumors that take up much of it.

    Parameters
    ----------
    nuclide
        The label: an isotope of iodine.
    given
        Parameters that differ from the set.
    name
        Of the network.

    Raises
    ------
    InputError
        If the label is not iodine, or a given parameter is unknown, negative, or has a wrong unit.

    Examples
    --------
    >>> mibg()
    <Network mibg: 6 states, 15 reactions, 11 parameters>
    """
    require_element(nuclide, "I")
    known = laid_over([parameter_set("kinetics", "mibg")], given)
    return transfer_network(name, known, nuclide, enters=ENTERS, regions=REGIONS, excreted=EXCRETED)
