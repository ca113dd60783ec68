r"""Which members of a chain a network follows, and which are in equilibrium at every moment.

A member with decay constant :math:`\lambda_d` so large that nothing carries it away is as active
as its births: :math:`A_d(t) = \sum_j b_{dj} A_j(t)` in the same place. Its activity lags by
:math:`1/\lambda_d`, so the relative error is

.. math:: \epsilon \approx \frac{1}{\lambda_d} \left|\frac{d \ln A_j}{dt}\right|,

for a parent that stands in equilibrium its own decay constant over :math:`\lambda_d` (1.1e-4 for
At-217 under Fr-221). Its decays, the integral, are exact; those carried away with blood are a
part :math:`k / \lambda_d` for a rate of transport :math:`k`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from theratwin.core.errors import InputError
from theratwin.physics import DecayChain, Nuclide, decay_chain

#: Branches smaller than this are rounding of the branches' sum.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Passage:
    """One way from a decay of a followed member to the next followed member, or to an end.

    Parameters
    ----------
    daughter
        The followed member that is born; None for a stable end.
    fraction
        Of the decays that go this way.
    steps
        Pairs of parent and daughter passed through, members in equilibrium among them.
    """

    daughter: str | None
    fraction: float
    steps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class FollowedChain:
    """A chain, divided into members that are states and members in equilibrium.

    Parameters
    ----------
    chain
        The chain.
    followed
        Members that are states, the parent first.
    passages
        Followed member to the ways from its decay; their fractions sum to one.
    equilibrium
        Member in equilibrium to its decays for each decay of followed members.

    Examples
    --------
    >>> lead = followed_chain("Pb-212", equilibrium=1 / 3600)
    >>> lead.followed, dict(lead.equilibrium)
    (('Pb-212', 'Bi-212', 'Tl-208'), {'Po-212': {'Bi-212': 0.6406}})
    """

    chain: DecayChain
    followed: tuple[str, ...]
    passages: Mapping[str, tuple[Passage, ...]]
    equilibrium: Mapping[str, Mapping[str, float]]

    @property
    def parent(self) -> str:
        """The name of the parent."""
        return self.followed[0]

    def member(self, name: str) -> Nuclide:
        """Return a member by its name."""
        return self.chain.members[self.chain.names.index(name)]

    def mode(self, parent: str, daughter: str) -> str:
        """Return the mode of a decay: ``alpha``, ``beta-``, ``EC`` and so on."""
        return next(b.mode for b in self.member(parent).branches if b.daughter == daughter)


def followed_chain(name: str | Nuclide, equilibrium: float = 0.0) -> FollowedChain:
    """Return the chain of a nuclide with members of short half-lives in equilibrium.

    Parameters
    ----------
    name
        The parent.
    equilibrium
        Half-life (h) below which a daughter is in equilibrium; 0 follows all.

    Raises
    ------
    InputError
        If the nuclide is unknown, or the bound negative.
    """
    if not equilibrium >= 0:
        raise InputError("must not be negative", field="equilibrium", value=equilibrium)
    chain = decay_chain(name)
    short = {m.name for m in chain.members[1:] if m.half_life < equilibrium}
    followed = tuple(m for m in chain.names if m not in short)
    passages = {m: tuple(_passages(chain, m, short, 1.0, ())) for m in followed}
    return FollowedChain(chain, followed, passages, _equilibrium(chain, followed, short))


def _passages(
    chain: DecayChain,
    start: str,
    short: set[str],
    fraction: float,
    steps: tuple[tuple[str, str], ...],
) -> list[Passage]:
    """Return the ways from a decay, through members in equilibrium, with their fractions."""
    found: list[Passage] = []
    rest = 1.0
    for name, branch in _daughters(chain, start).items():
        rest -= branch
        passed = (*steps, (start, name))
        if name in short:
            found += _passages(chain, name, short, fraction * branch, passed)
        else:
            found.append(Passage(name, fraction * branch, passed))
    if rest > _ROUNDING:
        found.append(Passage(None, fraction * rest, steps))
    return found


def _daughters(chain: DecayChain, name: str) -> dict[str, float]:
    column = chain.branching[:, chain.names.index(name)]
    return {m: float(b) for m, b in zip(chain.names, column, strict=True) if b > 0}


def _equilibrium(
    chain: DecayChain, followed: tuple[str, ...], short: set[str]
) -> dict[str, dict[str, float]]:
    """Return decays of members in equilibrium for each decay of the followed, in their order."""
    found: dict[str, dict[str, float]] = {}
    for name in chain.names:
        if name not in short:
            continue
        births: dict[str, float] = {}
        for parent in chain.names:
            branch = _daughters(chain, parent).get(name, 0.0)
            sources = {parent: 1.0} if parent in followed else found.get(parent, {})
            for source, decays in sources.items() if branch else ():
                births[source] = births.get(source, 0.0) + branch * decays
        found[name] = births
    return found
