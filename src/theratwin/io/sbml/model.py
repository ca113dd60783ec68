"""A model that came as SBML, first-class: its parameters, batches, sensitivities, observables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import ZERO, Expression, symbols, walk
from theratwin.dynamics.system import State, System
from theratwin.io.sbml.document import document_of, read_document, unsupported
from theratwin.io.sbml.equations import Equations
from theratwin.io.sbml.event_equations import expressions_of, is_simple, state_event
from theratwin.io.sbml.names import paths, readable
from theratwin.io.sbml.parts import Document

#: How a species is reported: as its id stands in mathematics, or as one of the two.
FORMS = ("declared", "amount", "concentration")


@dataclass(frozen=True, eq=False)
class SbmlModel:
    """A model read from SBML, its numbers as the file has them.

    Units are not converted: the time is the model's, and so is every amount. States are called
    ``S.amount`` (species) and ``k.value``; parameters are ids, ``S.initial`` (the initial amount or
    concentration, as the file gives it) and ``reaction.local``. `system` gives the equations, with
    which an `Engine` does batches and sensitivities.

    Parameters
    ----------
    document
        What the file says.

    Examples
    --------
    >>> model = sbml_model('''<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core"
    ... level="3" version="2"><model id="decay"><listOfParameters>
    ... <parameter id="k" value="0.5" constant="true"/>
    ... <parameter id="x" value="2" constant="false"/></listOfParameters>
    ... <listOfRules><rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML">
    ... <apply><minus/><apply><times/><ci>k</ci><ci>x</ci></apply></apply></math></rateRule>
    ... </listOfRules></model></sbml>''')
    >>> model.system().states[0].derivative
    -(k * x.value)
    >>> found = model.simulate([0.0, 2.0], ["x"])
    >>> found["x"].round(6).tolist()
    [[2.0, 0.735759]]
    """

    document: Document

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the file, though it can be read."""
        return self.document.warnings

    @cached_property
    def equations(self) -> Equations:
        """What every id stands for."""
        return Equations(self.document)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """All that can be reported: species, compartments, parameters, reactions."""
        document = self.document
        return (*document.species, *document.quantities, *document.reactions)

    @cached_property
    def paths(self) -> dict[str, str]:
        """Names to ids where a name is one id's: ``Vein.Hot`` is species Hot in Vein."""
        return paths(self.document)

    @cached_property
    def readable(self) -> dict[str, str]:
        """Ids to what a reader calls them: where a tool has made up the id, the name."""
        return readable(self)

    def id_of(self, name: str) -> str:
        """Return an id for an id, or for a name that only one thing has.

        Raises
        ------
        InputError
            If there is none.
        """
        if name in self.ids:
            return name
        if name not in self.paths:
            raise InputError(
                "there is no such id or name in the model",
                field="select",
                value=name,
                allowed=sorted({*self.paths, *self.readable.values()}),
            )
        return self.paths[name]

    def expression(self, name: str, form: str = "declared") -> Expression:
        """Return what an id or name stands for; a species in one of `FORMS`."""
        if form not in FORMS:
            raise InputError("no such form", field="form", value=form, allowed=FORMS)
        id_ = self.id_of(name)
        if form == "declared":
            return self.equations.value(id_)
        if id_ not in self.document.species:
            raise InputError("only a species has amounts", field="select", value=name)
        given = self.equations.amount if form == "amount" else self.equations.concentration
        return given(id_)

    def observables(
        self,
        select: Iterable[str] | None = None,
        amounts: Iterable[str] = (),
        concentrations: Iterable[str] = (),
    ) -> dict[str, Expression]:
        """Return what is reported, by the names given; all species without any, or what changes.

        What is no species has one form only, whatever the lists ask.

        Raises
        ------
        InputError
            If a name is unknown, or a species stands as both.
        """
        amounts, concentrations = list(amounts), list(concentrations)
        both = sorted(set(amounts) & set(concentrations))
        if both:
            raise InputError("amount or concentration, not both", field="select", value=both[0])
        chosen = [*self.document.species] or self._changing() if select is None else [*select]
        chosen = list(dict.fromkeys([*chosen, *amounts, *concentrations]))
        forms = dict.fromkeys(amounts, "amount") | dict.fromkeys(concentrations, "concentration")
        species = self.document.species
        return {
            name: self.expression(
                name, forms.get(name, "declared") if self.id_of(name) in species else "declared"
            )
            for name in chosen
        }

    def _changing(self) -> list[str]:
        """Return the quantities that a rule or an event changes."""
        known = (self.equations.states, self.document.assigned)
        return [id_ for id_ in self.document.quantities if any(id_ in ids for ids in known)]

    def system(
        self,
        observables: Mapping[str, Expression] | None = None,
        quadratures: Mapping[str, Expression] | None = None,
    ) -> System:
        """Return the equations, for an `Engine`.

        Parameters
        ----------
        observables, quadratures
            What is reported, and integrated over time (see `expression`); all species without.

        Raises
        ------
        UnsupportedError
            For events with a delay, a priority, or that do not persist: `simulate` does those.
        """
        hard = [event.id for event in self.document.events.values() if not is_simple(event)]
        if hard:
            raise unsupported(
                f"event {hard[0]} in compiled equations",
                remedy="SbmlModel.simulate does events with delay or priority, and passing ones",
            )
        found = self._states_and(observables, quadratures)
        events = [event for event in self.document.events.values() if event.trigger]
        return System(**found, events=tuple(state_event(self.equations, e) for e in events))

    def bare_system(self, observables: Mapping[str, Expression] | None = None) -> System:
        """Return the equations between events."""
        return System(**self._states_and(observables, None))

    def _states_and(
        self,
        observables: Mapping[str, Expression] | None,
        quadratures: Mapping[str, Expression] | None,
    ) -> dict[str, Any]:
        equations = self.equations
        states = tuple(
            State(
                name,
                equations.start_amount(id_)
                if id_ in self.document.species
                else equations.start(id_),
                equations.derivative(id_),
                "",
            )
            for id_, name in equations.states.items()
        )
        observed = dict(self.observables() if observables is None else observables)
        sums = dict(quadratures or {})
        events = [expressions_of(equations, event) for event in self.document.events.values()]
        roots = [e for s in states for e in (s.initial, s.derivative)]
        roots += [*observed.values(), *sums.values(), *chain(*events)]
        used = symbols(*roots)
        self._require(used)
        parameters = {name: v for name, v in equations.parameters.items() if name in used}
        return {
            "states": states or (_IDLE,),
            "parameters": parameters,
            "observables": observed,
            "quadratures": sums,
        }

    def _require(self, used: Mapping[str, Expression]) -> None:
        missing = sorted(self.equations.missing & set(used))
        if missing:
            raise InputError(
                f"the file gives no value for {', '.join(missing)}",
                field=f"model {self.document.id}",
                remedy="Give it in the file",
            )

    @property
    def bare_names(self) -> tuple[str, ...]:
        """The names of the states, in their order."""
        return tuple(self.equations.states.values())

    @property
    def has_jumps(self) -> bool:
        """Whether a law has conditions, or there are events: steps are held short then."""
        if self.document.events:
            return True
        laws = [self.equations.derivative(id_) for id_ in self.equations.states]
        return any(node.op in ("select", "less", "less_equal", "floor") for node in walk(*laws))

    def simulate(
        self,
        times: Sequence[float],
        select: Iterable[str] | None = None,
        *,
        amounts: Iterable[str] = (),
        concentrations: Iterable[str] = (),
        parameters: Mapping[str, Any] | None = None,
        rtol: float = 1e-8,
        atol: float = 1e-12,
        seed: int = 1,
        **settings: Any,
    ) -> dict[str, np.ndarray]:
        """Simulate from time zero.

        Parameters
        ----------
        times
            When to report, in the model's unit of time; zero or later, rising.
        select, amounts, concentrations
            What to report: species as the model declares them, or as asked; parameters,
            compartments and reactions too. All species without.
        parameters
            Other values by id or name: one number, or one for each patient.
        rtol, atol, **settings
            Of the engine.
        seed
            Of the order in which events of equal priority happen at one moment.

        Returns
        -------
        dict
            Name to values, shape ``(patient, time)``.

        Raises
        ------
        InputError
            If a name is unknown, or the file lacks a value.
        FitError
            If a patient cannot be solved.
        """
        from theratwin.io.sbml.simulation import simulate

        observed = self.observables(select, amounts, concentrations)
        settings = {"rtol": rtol, "atol": atol, **settings}
        return simulate(self, times, observed, parameters or {}, settings, seed)


#: An engine needs a state; a model without one gets this, which is still.
_IDLE = State("nothing.value", ZERO, ZERO, "")


def read_sbml(path: str | Path) -> SbmlModel:
    """Read a model from an SBML file (levels 2 and 3, core).

    Raises
    ------
    InputError
        If the file cannot be read.
    UnsupportedError
        For delay(), algebraic rules, fast reactions, packages.
    """
    return SbmlModel(read_document(path))


def sbml_model(text: str) -> SbmlModel:
    """Return a model from the text of an SBML file; see `read_sbml`."""
    return SbmlModel(document_of(text))
