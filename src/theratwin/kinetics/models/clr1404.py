r"""CLR1404 (iopofosine) in plasma and tissues: blood with slow tissue, calibrated to plasma.

.. math::

    \dot n_p = k_{tp}\,n_t - (k_{pt} + k_e + \lambda)\,n_p, \qquad
    \dot n_t = k_{pt}\,n_p - (k_{tp} + \lambda)\,n_t

The structure of Neira et al. (2021) with all tissues as one, since no organ's figures could be
read. `fast_slow` takes organs for those who have their rates.
"""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.core.parameter_file import parameter_set
from theratwin.dynamics import Network
from theratwin.kinetics.models.transfer import laid_over, require_element, transfer_network

ENTERS = "plasma"
EXCRETED = ("excreta",)
REGIONS = {"plasma": ("plasma",), "tissues": ("tissues",)}


def clr1404(
    nuclide: str = "I-131", *, given: Mapping[str, float | str] | None = None, name: str = "clr1404"
) -> Network:
    """Return the kinetics of CLR1404 in plasma and the tissues together.

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
    >>> clr1404()
    <Network clr1404: 3 states, 7 reactions, 6 parameters>
    """
    require_element(nuclide, "I")
    known = laid_over([parameter_set("kinetics", "clr1404")], given)
    return transfer_network(name, known, nuclide, enters=ENTERS, regions=REGIONS, excreted=EXCRETED)
