"""Whether a nuclide may be treated alone, or its progeny counts too, and with which weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.decay import HORIZON, decay_chain
from theratwin.physics.emissions import emissions
from theratwin.physics.nuclide import Nuclide, nuclide

LIMIT = 0.01  # of the parent's own energy a decay

Progeny = Literal["none", "all"] | Sequence[str]
Retention = float | Mapping[str, float]


def progeny_energy_ratio(name: str | Nuclide) -> float:
    r"""Return a bound on the progeny's energy a decay of the parent, over the parent's own.

    With :math:`n_i` decays of member i within a year of its birth (`chain_decays`),

    .. math:: E_\mathrm{progeny} \le \sum_{i>0} n_i E_i

    where energies are those of all radiations, photons included, and the progeny stays where
    it was born.

    Examples
    --------
    >>> progeny_energy_ratio("Lu-177")
    0.0
    >>> f"{progeny_energy_ratio('I-131'):.4f}"  # Xe-131m
    '0.0034'
    """
    chain = decay_chain(name)
    decays = zip(chain.members, chain.decays(HORIZON), strict=True)
    own, *progeny = (emissions(member).energy_per_decay * weight for member, weight in decays)
    return float(sum(progeny) / own)


def refuse_progeny(name: str | Nuclide) -> Nuclide:
    """Return the nuclide if its progeny adds at most 1 % to its energy, else refuse it.

    Raises
    ------
    UnsupportedError
        If the progeny counts: a chain's decays need not happen where the parent's did.
    """
    parent = name if isinstance(name, Nuclide) else nuclide(name)
    ratio = progeny_energy_ratio(parent)
    if ratio > LIMIT:
        daughters = ", ".join(parent.daughters)
        raise UnsupportedError(
            f"its progeny ({daughters}, ...) adds {ratio:.0%} to the energy of its own decay, "
            "and whether it decays in the same place has not been said",
            field="nuclide",
            value=parent.name,
            allowed=f"nuclides whose progeny adds at most {LIMIT:.0%}",
        )
    return parent


def chain_weights(
    name: str | Nuclide, progeny: Progeny | None = None, retention: Retention = 1.0
) -> dict[str, float]:
    """Return decays in the source for each decay of the parent in it, by member of the chain.

    A daughter decays within a year of its birth or is left out; of those decays the retained
    fraction happens where the parent's did, the rest far away.

    Parameters
    ----------
    name
        The parent.
    progeny
        ``none``: the parent alone; ``all``: every descendant; names: these descendants. Without
        it, the parent alone, where its progeny adds at most 1 % to its energy.
    retention
        Fraction (0 to 1) of a daughter's decays in the source, for all or by name.

    Raises
    ------
    InputError
        If a word, a name or a fraction is wrong.
    UnsupportedError
        If ``progeny`` is not given and the progeny counts.

    Examples
    --------
    >>> chain_weights("Bi-213", "all", {"Tl-209": 0.0})
    {'Bi-213': 1.0, 'Po-213': 0.9791, 'Tl-209': 0.0, 'Pb-209': 1.0}
    >>> chain_weights("Bi-213", ["Po-213"])
    {'Bi-213': 1.0, 'Po-213': 0.9791}
    """
    chain = decay_chain(name)
    parent, *daughters = chain.names
    if progeny is None and (ratio := progeny_energy_ratio(chain.parent)) > LIMIT:
        raise UnsupportedError(
            f"its progeny adds {ratio:.0%} to the energy of its own decay",
            field="nuclide",
            value=parent,
            remedy="Say whether it counts: progeny all, or none",
        )
    counted = _counted(daughters, progeny)
    decays = dict(zip(chain.names, map(float, chain.decays(HORIZON)), strict=True))
    fractions = _fractions(counted, retention)
    return {parent: 1.0, **{each: decays[each] * fractions[each] for each in counted}}


def _counted(daughters: list[str], progeny: Progeny | None) -> list[str]:
    """Return the daughters that count, in the order of the chain."""
    if progeny is None or progeny == "none":
        return []
    if progeny == "all":
        return daughters
    if isinstance(progeny, str):
        raise InputError("unknown", field="progeny", value=progeny, allowed=("none", "all"))
    named = {nuclide(each).name for each in progeny}
    if strangers := named.difference(daughters):
        raise InputError(
            "no daughter", field="progeny", value=min(strangers), allowed=daughters or None
        )
    return [each for each in daughters if each in named]


def _fractions(counted: list[str], retention: Retention) -> dict[str, float]:
    given = (
        {nuclide(name).name: value for name, value in retention.items()}
        if isinstance(retention, Mapping)
        else dict.fromkeys(counted, retention)
    )
    for name, value in given.items():
        if name not in counted:
            raise InputError(
                "no daughter that counts", field="retention", value=name, allowed=counted
            )
        if not 0 <= value <= 1:
            raise InputError("no fraction", field=f"retention[{name}]", value=value, allowed="0-1")
    return {**dict.fromkeys(counted, 1.0), **given}
