"""Every balance of a network at once."""

from __future__ import annotations

from theratwin.dynamics.networks.balance import check_flows, check_reactions
from theratwin.dynamics.networks.network import Network


def check_balance(network: Network) -> None:
    """Raise an `InputError` that names the node if reactions or flows do not balance.

    Building a network does so as well; this is for networks changed with care, and for tests.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> check_balance(model("benchmark-88"))
    """
    check_reactions(network)
    check_flows(network)
