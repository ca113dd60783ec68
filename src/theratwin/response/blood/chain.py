"""Cells that mature: stages in series with one rate, all relative to their number at rest."""

from __future__ import annotations

from theratwin.dynamics import Expression, NetworkBuilder


def chain(
    b: NetworkBuilder,
    name: str,
    stages: int,
    source: Expression,
    rate: Expression,
    hazard: Expression | float = 0.0,
    initial: float = 1.0,
) -> list[Expression]:
    r"""Add :math:`\dot x_i = k (x_{i-1} - x_i) - h x_i`, and return the stages.

    Without a hazard the time through :math:`n` stages is gamma distributed, with mean
    :math:`n / k` and standard deviation :math:`\sqrt n / k`.

    Parameters
    ----------
    b
        The network that they are added to, as ``NAME_1`` and on.
    name, stages
        Their name and number.
    source
        What flows into the first, relative to its value at rest.
    rate
        Rate of each (1/h).
    hazard
        Rate (1/h) at which cells die on the way.
    initial
        Where they start: at rest, 1, or empty, 0.
    """
    found: list[Expression] = []
    for i in range(stages):
        stage = b.variable(f"{name}_{i + 1}", initial)
        b.rate(stage, rate * ((found[-1] if found else source) - stage) - hazard * stage)
        found.append(stage)
    return found
