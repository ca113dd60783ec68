"""Whether a nuclide may be treated alone, or its progeny's energy counts too."""

from __future__ import annotations

from theratwin.core.errors import UnsupportedError
from theratwin.physics.emissions import emissions
from theratwin.physics.nuclide import Nuclide, nuclide, nuclide_names

HORIZON = 24 * 365.2422  # h: what decays later than a year after its parent is left out
LIMIT = 0.01  # of the parent's own energy a decay


def progeny_energy_ratio(name: str | Nuclide) -> float:
    r"""Return a bound on the progeny's energy a decay of the parent, over the parent's own.

    Each member of the chain decays within a year :math:`T` of its birth with probability
    :math:`1 - 2^{-T / T_{1/2}}`, so that along a path of branches :math:`b_i`

    .. math:: E_\mathrm{progeny} \le \sum_\mathrm{paths} \prod_i b_i (1 - 2^{-T / T_i}) E_i

    where energies are those of all radiations, photons included, and the progeny stays where
    it was born.

    Examples
    --------
    >>> progeny_energy_ratio("Lu-177")
    0.0
    >>> f"{progeny_energy_ratio('I-131'):.4f}"  # Xe-131m
    '0.0034'
    """
    parent = name if isinstance(name, Nuclide) else nuclide(name)
    known = frozenset(nuclide_names())
    return _below(parent, known) / emissions(parent).energy_per_decay


def _below(parent: Nuclide, known: frozenset[str]) -> float:
    """Return the progeny's energy within the horizon, MeV a decay of the parent."""
    energy = 0.0
    for branch in parent.branches:
        if branch.daughter in known:
            daughter = nuclide(branch.daughter)
            reached = branch.fraction * (1 - 2 ** (-HORIZON / daughter.half_life))
            own = emissions(daughter).energy_per_decay
            energy += reached * (own + _below(daughter, known))
    return energy


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
            "and the dose of decay chains is not treated",
            field="nuclide",
            value=parent.name,
            allowed=f"nuclides whose progeny adds at most {LIMIT:.0%}",
        )
    return parent
