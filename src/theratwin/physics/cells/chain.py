"""Decays of each member of a chain for each decay of its parent, within a year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.nuclide import Nuclide, nuclide, nuclide_names
from theratwin.physics.progeny import HORIZON, LIMIT, progeny_energy_ratio

Progeny = Literal["none", "all"]
Retention = float | Mapping[str, float]


def chain_weights(
    parent: Nuclide, progeny: Progeny | None = None, retention: Retention = 1.0
) -> dict[str, float]:
    """Return decays in the source compartment for each decay of the parent in it.

    A daughter decays within a year of its birth or is left out; of those decays the retained
    fraction happens where the parent's did, the rest far away.

    Parameters
    ----------
    parent
        The nuclide.
    progeny
        ``none``: the parent alone; ``all``: every descendant. Without it, the parent alone,
        where its progeny adds at most 1 % to its energy.
    retention
        Fraction (0 to 1) of a daughter's decays in the source compartment, for all or by name.

    Raises
    ------
    InputError
        If a word, a name or a fraction is wrong.
    UnsupportedError
        If ``progeny`` is not given and the progeny counts.

    Examples
    --------
    >>> chain = chain_weights(nuclide("Bi-213"), "all", {"Tl-209": 0.0})
    >>> {name: round(weight, 4) for name, weight in chain.items()}
    {'Bi-213': 1.0, 'Po-213': 0.9791, 'Pb-209': 1.0, 'Tl-209': 0.0}
    """
    if progeny not in (None, "none", "all"):
        raise InputError("unknown", field="progeny", value=progeny, allowed=("none", "all"))
    if progeny is None and (ratio := progeny_energy_ratio(parent)) > LIMIT:
        raise UnsupportedError(
            f"its progeny adds {ratio:.0%} to the energy of its own decay",
            field="nuclide",
            value=parent.name,
            remedy="Say whether it counts: progeny all, or none",
        )
    total = {parent.name: 1.0}
    if progeny == "all":
        _add_daughters(parent, 1.0, total, frozenset(nuclide_names()))
    fractions = _fractions(parent.name, total, retention)
    return {name: weight * fractions[name] for name, weight in total.items()}


def _add_daughters(
    parent: Nuclide, weight: float, total: dict[str, float], known: frozenset[str]
) -> None:
    for branch in parent.branches:
        if branch.daughter in known:
            daughter = nuclide(branch.daughter)
            reached = weight * branch.fraction * (1 - 2 ** (-HORIZON / daughter.half_life))
            total[daughter.name] = total.get(daughter.name, 0.0) + reached
            _add_daughters(daughter, reached, total, known)


def _fractions(parent: str, total: dict[str, float], retention: Retention) -> dict[str, float]:
    daughters = [name for name in total if name != parent]
    given = (
        {nuclide(name).name: value for name, value in retention.items()}
        if isinstance(retention, Mapping)
        else dict.fromkeys(daughters, retention)
    )
    for name, value in given.items():
        if name not in daughters:
            raise InputError(
                "no daughter that counts", field="retention", value=name, allowed=daughters
            )
        if not 0 <= value <= 1:
            raise InputError("no fraction", field=f"retention[{name}]", value=value, allowed="0-1")
    return {parent: 1.0, **dict.fromkeys(daughters, 1.0), **given}
