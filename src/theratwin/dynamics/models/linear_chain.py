"""A chain of nuclides, each decaying into the next: Bateman's equations."""

from __future__ import annotations

import math

from theratwin.dynamics.expressions.expression import Expression
from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.network import Network

_NOTE = "Synthetic: half-lives that differ by seven decades, to test tolerances."
HALF_LIVES = ("240 h", "5 min", "46 min", "4 s")


def network() -> Network:
    r"""Return :math:`\dot n_i = \lambda_{i-1} n_{i-1} - \lambda_i n_i` for four members.

    A daughter's tolerance scale is the share of the parent's atoms that it has at equilibrium,
    :math:`\lambda_1 / \lambda_i`.
    """
    b = NetworkBuilder("linear-chain")
    dose = b.parameter("dose", 1.0, "nmol", note=_NOTE)
    body = b.compartment("body")
    hours = [float(t.split()[0]) * _HOURS[t.split()[1]] for t in HALF_LIVES]
    members: list[tuple[Expression, Expression]] = []
    for i, half_life in enumerate(HALF_LIVES):
        decay = math.log(2.0) / b.parameter(f"half_life_{i + 1}", half_life, "h", note=_NOTE)
        amount = b.species(
            f"member_{i + 1}",
            body,
            dose if i == 0 else 0.0,
            tolerance_scale=min(1.0, hours[i] / hours[0]),
            contains=("atom",),
        )
        members.append((amount, decay))
    for i, (amount, decay) in enumerate(members):
        daughter = members[i + 1][0] if i + 1 < len(members) else None
        b.reaction(f"decay_{i + 1}", amount, daughter, decay * amount)
    return b.freeze()


_HOURS = {"h": 1.0, "min": 1 / 60, "s": 1 / 3600}
