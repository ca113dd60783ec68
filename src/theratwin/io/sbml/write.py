"""A network written as SBML level 3 version 2, with its units: hours, nmol and mL.

Species are amounts. Parameters, switches, variables, rules, observables and integrals are
parameters, constant, with a rate rule, or with an assignment rule. A name stands as ``name``; its
id has two underscores for a dot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theratwin.core.errors import InputError
from theratwin.core.files import write_text
from theratwin.dynamics.expressions.dimension import Unit, infer
from theratwin.dynamics.expressions.expression import (
    Binding,
    Expression,
    is_constant,
    symbols,
)
from theratwin.io.sbml.document import libsbml, read_source, unsupported
from theratwin.io.sbml.formula import formula, identifiers, mathematics
from theratwin.io.sbml.unit_definitions import Units

if TYPE_CHECKING:
    from theratwin.dynamics import Network


def write_sbml(
    network: Network, path: str | Path, inputs: Mapping[str, float] | None = None
) -> Path:
    """Write a network as an SBML file; see `sbml_text`."""
    return write_text(path, sbml_text(network, inputs))


def sbml_text(network: Network, inputs: Mapping[str, float] | None = None) -> str:
    """Return a network as SBML level 3 version 2.

    Parameters
    ----------
    network
        The network.
    inputs
        The value of every input port, a number in the port's unit.

    Raises
    ------
    InputError
        If an input has no value.
    UnsupportedError
        If an input is bound to a curve: write the network that makes it, coupled.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> text = sbml_text(model("one-compartment"))
    >>> 'level="3" version="2"' in text, "kineticLaw" in text
    (True, True)
    """
    return _Writer(network, dict(inputs or {})).text()


class _Writer:
    def __init__(self, network: Network, inputs: Mapping[str, Any]) -> None:
        self.network, self.inputs = network, inputs
        self._check_inputs()
        library = libsbml()
        self.source = library.SBMLDocument(3, 2)
        self.model = self.source.createModel()
        self.units = Units(self.model)
        self._inferred: dict[Expression, Unit | None] = {}
        taken: set[str] = set()
        self.ids = identifiers([name for name in network.symbols if name != "time"], taken)
        # What is reported keeps its name where a compartment or a reaction has the same.
        parts = ("observables", "quadratures", "reactions", "events", "compartments")
        self.other = {k: identifiers([p.name for p in getattr(network, k)], taken) for k in parts}
        self.places = self.other["compartments"]

    def _check_inputs(self) -> None:
        known = [port.name for port in self.network.inputs]
        for name, value in self.inputs.items():
            if name not in known:
                raise InputError("no such input", field="inputs", value=name, allowed=known)
            if not isinstance(value, int | float):
                raise unsupported(
                    f"curve at the input {name}", "Couple the network that makes the curve"
                )
        missing = [name for name in known if name not in self.inputs]
        if missing:
            raise InputError(
                f"the inputs {', '.join(missing)} have no value",
                field=f"network {self.network.name}",
                remedy="Give each a number, or couple the network that makes it",
            )

    def text(self) -> str:
        """Return the file's text."""
        model, units = self.model, self.units
        model.setId(identifiers([self.network.name])[self.network.name])
        model.setName(self.network.name)
        model.setTimeUnits(units.id_of("h"))
        model.setSubstanceUnits(units.id_of("nmol"))
        model.setExtentUnits(units.id_of("nmol"))
        model.setVolumeUnits(units.id_of("mL"))
        self._compartments()
        self._species()
        self._parameters()
        self._reactions()
        self._events()
        return str(libsbml().writeSBMLToString(self.source))

    def math(self, law: Expression, unit: str) -> Any:
        """Return the tree of a law; zero has the unit that the law must have."""
        if is_constant(law, 0.0):
            return mathematics(f"0 {self.units.id_of(unit)}")
        return mathematics(formula(law, self.ids, self._unit_of))

    def _unit_of(self, part: Expression) -> str:
        """Return the id of the unit of a part of a law; none of zero, which has any."""
        unit = infer(part, self.network.units, found=self._inferred)
        return "" if unit is None else self.units.id_of_unit(unit)

    def _compartments(self) -> None:
        for part in self.network.compartments:
            made, volume = self.model.createCompartment(), part.volume
            made.setId(self.places[part.name])
            made.setName(part.name)
            made.setSpatialDimensions(0 if volume is None else 3)
            still = volume is None or volume.binding <= Binding.PATIENT
            made.setConstant(still)
            if volume is None:
                made.setUnits("dimensionless")
                continue
            made.setUnits(self.units.id_of("mL"))
            if is_constant(volume):
                made.setSize(float(volume.value or 0.0))
            else:
                self._assign(self.places[part.name], volume, "mL", initial=still)

    def _assign(self, id_: str, law: Expression, unit: str, initial: bool) -> None:
        """Write an initial assignment, or an assignment rule."""
        if initial:
            made = self.model.createInitialAssignment()
            made.setSymbol(id_)
        else:
            made = self.model.createAssignmentRule()
            made.setVariable(id_)
        made.setMath(self.math(law, unit))

    def _species(self) -> None:
        for part in self.network.species:
            made = self.model.createSpecies()
            made.setId(self.ids[part.name])
            made.setName(part.name)
            made.setCompartment(self.places[part.compartment])
            made.setSubstanceUnits(self.units.id_of("nmol"))
            made.setHasOnlySubstanceUnits(True)
            made.setBoundaryCondition(False)
            made.setConstant(False)
            if is_constant(part.initial):
                made.setInitialAmount(float(part.initial.value or 0.0))
            else:
                self._assign(made.getId(), part.initial, "nmol", initial=True)

    def _parameter(
        self, name: str, id_: str, unit: str, value: float | None, constant: bool
    ) -> None:
        made = self.model.createParameter()
        made.setId(id_)
        made.setName(name)
        made.setUnits(self.units.id_of(unit))
        made.setConstant(constant)
        if value is not None:
            made.setValue(value)

    def _parameters(self) -> None:
        network, ids = self.network, self.ids
        used = symbols(*_laws(network))
        for p in (p for p in network.parameters if p.name in used):
            self._parameter(p.name, ids[p.name], p.unit, p.value, constant=True)
        for s in network.switches:
            self._parameter(s.name, ids[s.name], s.unit, s.value, constant=False)
        for port in network.inputs:
            value = float(self.inputs[port.name])
            self._parameter(port.name, ids[port.name], port.unit, value, constant=True)
        for v in network.variables:
            self._integral(v.name, ids[v.name], v.unit, v.initial, v.rate)
        for rule in network.rules:
            self._parameter(rule.name, ids[rule.name], rule.unit, None, constant=False)
            self._assign(ids[rule.name], rule.value, rule.unit, initial=False)
        for o in network.observables:
            if network.symbols.get(o.name) is o.value:
                continue  # it reports what there is under its own name
            id_ = self.other["observables"][o.name]
            self._parameter(o.name, id_, o.unit, None, constant=False)
            self._assign(id_, o.value, o.unit, initial=False)
        for q in network.quadratures:
            id_ = self.other["quadratures"][q.name]
            self._integral(q.name, id_, q.unit, None, q.integrand)

    def _integral(
        self, name: str, id_: str, unit: str, initial: Expression | None, rate: Expression
    ) -> None:
        plain = initial is None or is_constant(initial)
        value = float(initial.value or 0.0) if initial is not None and plain else 0.0
        self._parameter(name, id_, unit, value, constant=False)
        if initial is not None and not plain:
            self._assign(id_, initial, unit, initial=True)
        rule = self.model.createRateRule()
        rule.setVariable(id_)
        rule.setMath(self.math(rate, f"{unit or '1'}/h"))

    def _reactions(self) -> None:
        species = {part.name for part in self.network.species}
        for part in self.network.reactions:
            made = self.model.createReaction()
            made.setId(self.other["reactions"][part.name])
            made.setName(part.name)
            made.setReversible(True)
            sides = ((part.reactants, made.createReactant), (part.products, made.createProduct))
            for side, create in sides:
                for name, number in side.items():
                    reference = create()
                    reference.setSpecies(self.ids[name])
                    reference.setStoichiometry(number)
                    reference.setConstant(True)
            for name in sorted(species & set(symbols(part.rate))):
                if name not in part.reactants and name not in part.products:
                    made.createModifier().setSpecies(self.ids[name])
            made.createKineticLaw().setMath(self.math(part.rate, "nmol/h"))

    def _events(self) -> None:
        for part in self.network.events:
            made = self.model.createEvent()
            made.setId(self.other["events"][part.name])
            made.setName(part.name)
            made.setUseValuesFromTriggerTime(True)
            trigger = made.createTrigger()
            trigger.setInitialValue(part.initially)
            trigger.setPersistent(True)
            rises = formula(part.trigger, self.ids, self._unit_of)
            trigger.setMath(mathematics(f"{rises} > 0 {self._unit_of(part.trigger)}"))
            for target, value in part.assignments.items():
                assignment = made.createEventAssignment()
                assignment.setVariable(self.ids[target])
                assignment.setMath(self.math(value, self.network.units[target]))


def _laws(network: Network) -> Iterator[Expression]:
    """Yield every law that is written."""
    yield from (c.volume for c in network.compartments if c.volume is not None)
    yield from (s.initial for s in network.species)
    yield from (law for v in network.variables for law in (v.initial, v.rate))
    yield from (part.value for part in (*network.rules, *network.observables))
    yield from (q.integrand for q in network.quadratures)
    yield from (r.rate for r in network.reactions)
    yield from (law for e in network.events for law in (e.trigger, *e.assignments.values()))


def converted(path: str | Path) -> str:
    """Return an SBML file of another level as level 3 version 2, by libSBML.

    Raises
    ------
    InputError
        If libSBML cannot read or convert it.
    """
    library = libsbml()
    source = read_source(path)
    if source.getModel() is None:
        raise InputError("this is no SBML that can be read", field=str(path))
    source.getErrorLog().clearLog()
    if not source.setLevelAndVersion(3, 2, False):
        first = source.getError(0).getMessage() if source.getNumErrors() else "libSBML refuses"
        raise InputError(f"cannot be converted: {' '.join(first.split())}", field=str(path))
    return str(library.writeSBMLToString(source))
