"""Decay chains: the nuclides that a nuclide decays to, in order, with their branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.decay.bateman import chain_activities, chain_integrals
from theratwin.physics.decay.cumulated import chain_decays
from theratwin.physics.nuclide import Nuclide, nuclide, nuclide_names

Array = NDArray[np.float64]
FISSION = "SF"


@dataclass(frozen=True, eq=False)
class DecayChain:
    r"""A nuclide and all its radioactive descendants (ICRP-107).

    Parameters
    ----------
    members
        The parent first; each comes after all that decay to it.
    branching
        ``branching[i, j]`` is the fraction of decays of member j that go to member i, shape
        (members, members).
    ends
        Fractions that leave the chain, by where they go: a stable nuclide, or ``SF``
        (spontaneous fission); each of shape (members,).

    Examples
    --------
    >>> chain = decay_chain("Bi-213")
    >>> chain.names
    ('Bi-213', 'Po-213', 'Tl-209', 'Pb-209')
    >>> chain.activities([0.0, 1.0], {"Bi-213": 100.0}).round(3)
    array([[100.   ,   0.   ,   0.   ,   0.   ],
           [ 40.163,  39.323,   0.881,  12.381]])
    """

    members: tuple[Nuclide, ...]
    branching: Array
    ends: dict[str, Array]

    @property
    def parent(self) -> Nuclide:
        """The first member."""
        return self.members[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the members."""
        return tuple(member.name for member in self.members)

    @property
    def decay_constants(self) -> Array:
        """Decay constants of the members, 1/h."""
        return np.array([member.decay_constant for member in self.members])

    def activities(
        self, time: Any, initial: Mapping[str, float] | None = None, removal: Any = 0.0
    ) -> Any:
        """Return the members' activities over time, by `chain_activities`.

        Parameters
        ----------
        time
            h, any shape.
        initial
            Activities at time 0 by name; without it, 1 of the parent.
        removal
            Biological clearance, 1/h, one for all or shape (members,).

        Returns
        -------
        array
            Shape (\\*time, members), in the unit of ``initial``.
        """
        start = self._initial(initial)
        return chain_activities(time, self.decay_constants, self.branching, start, removal)

    def integrals(
        self, time: Any, initial: Mapping[str, float] | None = None, removal: Any = 0.0
    ) -> Any:
        """Return the members' activities integrated from 0 to a time, by `chain_integrals`."""
        start = self._initial(initial)
        return chain_integrals(time, self.decay_constants, self.branching, start, removal)

    def decays(self, horizon: float = float("inf"), removal: Any = 0.0) -> Any:
        """Return the members' decays for each decay of the parent, by `chain_decays`.

        Parameters
        ----------
        horizon
            h: a daughter that decays later than this after its birth is left out.
        removal
            Clearance of the daughters, 1/h, one for all or shape (members,).

        Returns
        -------
        array
            Shape (members,), 1 first.
        """
        return chain_decays(self.decay_constants, self.branching, horizon, removal)

    def _initial(self, initial: Mapping[str, float] | None) -> Array:
        if initial is None:
            return np.eye(len(self.members))[0]
        start = np.zeros(len(self.members))
        for name, activity in initial.items():
            known = nuclide(name).name
            if known not in self.names:
                raise InputError(
                    "no member of the chain", field="initial", value=name, allowed=self.names
                )
            start[self.names.index(known)] += activity
        return start


def decay_chain(name: str | Nuclide) -> DecayChain:
    """Return the chain of a nuclide.

    Branches that ICRP-107 leaves out (of up to some 1e-4 of the decays, see `nuclide`) are
    left out here too. Spontaneous fission ends a path.

    Parameters
    ----------
    name
        A `Nuclide`, or its name in any spelling that `nuclide` takes.

    Raises
    ------
    InputError
        If the nuclide is unknown.

    Examples
    --------
    >>> decay_chain("Mo-99").names, sorted(decay_chain("Mo-99").ends)
    (('Mo-99', 'Tc-99m', 'Tc-99'), ['Ru-99'])
    """
    return _chain(name.name if isinstance(name, Nuclide) else nuclide(name).name)


@cache
def _chain(name: str) -> DecayChain:
    known = frozenset(nuclide_names())
    members = [nuclide(member) for member in _ordered(name, known)]
    index = {member.name: i for i, member in enumerate(members)}
    branching = np.zeros((len(members), len(members)))
    ends: dict[str, Array] = {}
    for j, member in enumerate(members):
        for branch in member.branches:
            if branch.mode != FISSION and branch.daughter in index:
                branching[index[branch.daughter], j] += branch.fraction
            else:
                end = FISSION if branch.mode == FISSION else branch.daughter
                ends.setdefault(end, np.zeros(len(members)))[j] += branch.fraction
    for array in (branching, *ends.values()):
        array.setflags(write=False)
    return DecayChain(tuple(members), branching, ends)


def _ordered(name: str, known: frozenset[str]) -> list[str]:
    """Return the radioactive nuclides reached, parents first, the main branch first (DFS)."""
    done: list[str] = []

    def visit(one: str) -> None:
        if one in done or one not in known:
            return
        for daughter in reversed(nuclide(one).daughters):
            visit(daughter)
        done.append(one)

    visit(name)
    return done[::-1]
