"""Where a parameter of the network comes from: the patient, or a parameter set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from theratwin.core.errors import InputError
from theratwin.core.parameter import Parameter
from theratwin.dynamics import Expression, NetworkBuilder
from theratwin.kinetics.body.plan import BodyPlan


class Values:
    """The numbers of a body, each added to the network when it is first asked for.

    Parameters
    ----------
    builder
        The network.
    plan
        The parameter sets, of which a later one replaces values of an earlier one; the patient's
        own parameters; those that are multiplied by a switch.
    """

    def __init__(self, builder: NetworkBuilder, plan: BodyPlan) -> None:
        self._builder = builder
        self._plan = plan
        self._known: dict[str, Parameter] = {}
        for each in plan.sets:
            self._known |= each.parameters
        self._given = plan.own
        self._switched = plan.switched
        self._made: dict[str, Expression] = {}
        self._optional: set[str] = set()

    def find(self, name: str, like: Iterable[str] = ()) -> Parameter | None:
        """Return the parameter of a name: the patient's, a set's, or that of what it is like."""
        _, _, last = name.rpartition(".")
        for source in (self._given, self._known):
            if name in source:
                return source[name]
        for other in like:
            if (found := self._known.get(f"{other}.{last}")) is not None:
                return found
        return None

    def has(self, name: str, like: Iterable[str] = ()) -> bool:
        """Say whether there is a value of a name."""
        return self.find(name, like) is not None

    def is_given(self, name: str) -> bool:
        """Say whether the value is this patient's own, which it may be but need not."""
        self._optional.add(name)
        return name in self._given

    def of(self, name: str, like: Iterable[str] = ()) -> Expression:
        """Return the symbol of a parameter, times its switch if it changes between cycles.

        Raises
        ------
        InputError
            If no set has a value; the names that would do are given.
        """
        if name not in self._made:
            found = self.find(name, like)
            if found is None:
                last = name.rpartition(".")[2]
                raise InputError(
                    "no parameter set has a value",
                    field=name,
                    value=", ".join(each.name for each in self._plan.sets) or None,
                    allowed=[name, *(f"{other}.{last}" for other in like)],
                    remedy="Give it, or add a parameter set that has it",
                )
            self._made[name] = self.add(replace(found, name=name))
        return self._made[name]

    def add(self, parameter: Parameter) -> Expression:
        """Add a parameter; returns its symbol, times its switch if it changes between cycles."""
        value = self._builder.parameter(parameter)
        if parameter.name not in self._switched:
            return value
        start = self._switched[parameter.name]
        return value * self._builder.switch(f"{parameter.name}.ratio", start)

    def for_ligand(self, ligand: str, name: str, like: Iterable[str] = ()) -> Expression:
        """Return a ligand's own value of a region's parameter, or that of all ligands."""
        own = f"{ligand}.{name}"
        return self.of(own if self.has(own) else name, () if self.has(own) else like)

    def require_all_used(self) -> None:
        """Raise an `InputError` for a given or changing parameter that the network lacks."""
        for kind, names in (("given", self._plan.given), ("changing", self._plan.changing)):
            for name in names:
                if name not in self._made:
                    raise InputError(
                        "the network has no such parameter",
                        field=kind,
                        value=name,
                        allowed=sorted({*self._made, *self._optional}),
                    )
