"""The ports that networks of cell survival share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from theratwin.core import Parameter

if TYPE_CHECKING:
    from theratwin.dynamics import Expression, Network, NetworkBuilder


def declare(b: NetworkBuilder, parameters: Mapping[str, Parameter]) -> dict[str, Expression]:
    """Add parameters to a network, with their sources; return them by name."""
    return {name: b.parameter(parameter) for name, parameter in parameters.items()}


def finish(
    b: NetworkBuilder, hazard: Expression, log_kill: Expression, left: Expression | None = None
) -> Network:
    r"""Return the network with the ports of a model of cell survival.

    Parameters
    ----------
    b
        The builder, with its input and states.
    hazard
        :math:`-d \ln S / dt` (1/h).
    log_kill
        :math:`-\ln S`, the integral of the hazard.
    left
        Mean lesions that kill if the cells are plated now, where the model counts them.
    """
    from theratwin.dynamics import exp

    b.output("hazard", hazard, "1/h")
    b.output("log_kill", log_kill)
    b.observable("log_kill", log_kill)
    b.observable("survival", exp(-log_kill))
    if left is not None:
        b.observable("log_kill_if_plated", log_kill + left)
    return b.freeze()
