"""An SBML file read by libSBML: what we cannot do is refused by name, before anything is built."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.io.sbml.parts import (
    Document,
    Event,
    Math,
    Quantity,
    Reaction,
    Reference,
    Species,
    nodes_in,
)
from theratwin.io.sbml.xml_text import check_xml, checked_bytes

#: Packages that say how a model is drawn or sorted, not what it does.
_HARMLESS = frozenset({"layout", "render", "groups", "l3v2extendedmath"})


def unsupported(name: str, remedy: str | None = None, field: str | None = None) -> UnsupportedError:
    """Return the refusal of a construct, by its name."""
    return UnsupportedError(f"unsupported: {name}", field=field, remedy=remedy)


def libsbml() -> Any:
    """Return the library.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        import libsbml as found
    except ImportError:
        raise InputError(
            "SBML needs the package python-libsbml", remedy="pip install python-libsbml"
        ) from None
    return found


def read_document(path: str | Path) -> Document:
    """Return what an SBML file says.

    Raises
    ------
    InputError
        If it cannot be read.
    UnsupportedError
        For delay(), algebraic rules, fast reactions, and packages that change the meaning.
    """
    return _read(read_source(path), str(path))


def document_of(text: str, field: str = "model") -> Document:
    """Return what the text of an SBML file says; ``field`` names it in errors."""
    # Text has no encoding any more, whatever it says of itself.
    check_xml(re.sub(r"^\s*<\?xml[^>]*>", "", text).encode(), field)
    return _read(libsbml().readSBMLFromString(text), field)


def read_source(path: str | Path) -> Any:
    """Return libSBML's document of a file, which may be wrong.

    Raises
    ------
    InputError
        If there is no such file, or it is no XML that libSBML should read.
    """
    checked_bytes(path)
    return libsbml().readSBMLFromFile(str(path))


def _read(source: Any, field: str) -> Document:
    library, model = libsbml(), source.getModel()
    worst = [e for e in _errors(source) if e.getSeverity() >= library.LIBSBML_SEV_FATAL]
    if model is None or worst:
        first = next(iter(_errors(source)), None)
        reason = " ".join(first.getMessage().split()) if first else "it holds no model"
        raise InputError(f"this is no SBML that can be read: {reason}", field=field)
    if source.getLevel() not in (2, 3):
        raise unsupported(
            f"SBML level {source.getLevel()}", "Convert the file to level 2 or 3", field
        )
    _refuse(source, model, field)
    found = _document(source, model)
    delays = (n.getType() == library.AST_FUNCTION_DELAY for t in found.trees() for n in nodes_in(t))
    if any(delays):
        raise unsupported("delay()", "Put a chain of compartments in its place", field)
    return found


def _errors(source: Any) -> Iterable[Any]:
    return [source.getError(i) for i in range(source.getNumErrors())]


def _refuse(source: Any, model: Any, field: str) -> None:
    packages = [source.getPlugin(i).getPackageName() for i in range(source.getNumPlugins())]
    for i in range(source.getNumUnknownPackages()):
        packages.append(source.getUnknownPackageURI(i))
    for package in packages:
        if package not in _HARMLESS:
            raise unsupported(f"package {package}", field=field)
    if any(rule.isAlgebraic() for rule in model.getListOfRules()):
        raise unsupported("algebraic rule", "Solve it for one quantity: an assignment rule", field)
    if any(reaction.getFast() for reaction in model.getListOfReactions()):
        raise unsupported("fast reaction", "Give it a law with a large rate constant", field)


def _document(source: Any, model: Any) -> Document:
    level = source.getLevel()
    places = {c.getId(): c for c in model.getListOfCompartments()}
    quantities = [_compartment(c, level) for c in places.values()]
    quantities += [
        Quantity(p.getId(), p.getName(), "parameter", p.getValue() if p.isSetValue() else None)
        for p in model.getListOfParameters()
    ]
    reactions = [_reaction(r, level) for r in model.getListOfReactions()]
    quantities += [
        Quantity(r.id, "", "species reference", r.stoichiometry)
        for reaction in reactions
        for r in (*reaction.reactants, *reaction.products)
        if r.id
    ]
    rules = [rule for rule in model.getListOfRules() if rule.isSetMath()]
    events = [_event(e, i, level) for i, e in enumerate(model.getListOfEvents())]
    initial = [a for a in model.getListOfInitialAssignments() if a.isSetMath()]
    functions = [f for f in model.getListOfFunctionDefinitions() if f.isSetMath()]
    return Document(
        id=model.getId() or "model",
        name=model.getName(),
        level=level,
        version=source.getVersion(),
        quantities={q.id: q for q in quantities},
        species={s.getId(): _species(s, places) for s in model.getListOfSpecies()},
        reactions={r.id: r for r in reactions},
        events={e.id: e for e in events},
        functions={f.getId(): f.getMath().deepCopy() for f in functions},
        assigned={r.getVariable(): r.getMath().deepCopy() for r in rules if r.isAssignment()},
        rates={r.getVariable(): r.getMath().deepCopy() for r in rules if r.isRate()},
        initial={a.getSymbol(): a.getMath().deepCopy() for a in initial},
        factor=model.getConversionFactor() if level > 2 else "",
        warnings=tuple(_warnings(source)),
    )


def _compartment(part: Any, level: int) -> Quantity:
    dimensions = 3.0
    if part.isSetSpatialDimensions() or level < 3:
        dimensions = float(part.getSpatialDimensionsAsDouble())
    value = part.getSize() if part.isSetSize() else None
    return Quantity(part.getId(), part.getName(), "compartment", value, dimensions)


def _species(part: Any, places: Mapping[str, Any]) -> Species:
    amount = part.isSetInitialAmount()
    value = part.getInitialAmount() if amount else None
    if not amount and part.isSetInitialConcentration():
        value = part.getInitialConcentration()
    place = places.get(part.getCompartment())
    if place is None:
        raise InputError(
            "the species is in no compartment of the model",
            field=f"species {part.getId()}",
            value=part.getCompartment(),
            allowed=sorted(places),
        )
    pointlike = (
        place.isSetSpatialDimensions()
        and place.getSpatialDimensionsAsDouble() == 0.0
        and not place.isSetSize()
    )
    return Species(
        id=part.getId(),
        name=part.getName(),
        compartment=part.getCompartment(),
        value=value,
        value_is_amount=amount or pointlike,
        symbol_is_amount=part.getHasOnlySubstanceUnits() or pointlike,
        boundary=part.getBoundaryCondition(),
        constant=part.getConstant(),
        factor=part.getConversionFactor() if part.isSetConversionFactor() else "",
    )


def _reaction(part: Any, level: int) -> Reaction:
    law = part.getKineticLaw()
    known = [] if law is None else [*law.getListOfParameters(), *law.getListOfLocalParameters()]
    return Reaction(
        id=part.getId(),
        name=part.getName(),
        reactants=tuple(_reference(r, level) for r in part.getListOfReactants()),
        products=tuple(_reference(r, level) for r in part.getListOfProducts()),
        law=_math(law),
        local={p.getId(): p.getValue() if p.isSetValue() else None for p in known},
    )


def _reference(part: Any, level: int) -> Reference:
    math = part.getStoichiometryMath() if level == 2 else None
    value = part.getStoichiometry() if level == 2 or part.isSetStoichiometry() else None
    return Reference(part.getSpecies(), part.getId(), value, _math(math))


def _math(part: Any) -> Math:
    """Return the mathematics of a part; None if there is no part, or it has none."""
    return part.getMath().deepCopy() if part is not None and part.isSetMath() else None


def _event(part: Any, index: int, level: int) -> Event:
    trigger = part.getTrigger()
    # Level 2 has neither: its events are persistent, and their triggers count as true before.
    told = trigger if level > 2 else None
    return Event(
        id=part.getId() or f"event_{index + 1}",
        trigger=_math(trigger),
        delay=_math(part.getDelay()),
        priority=_math(part.getPriority()) if level > 2 else None,
        assignments={
            a.getVariable(): a.getMath().deepCopy()
            for a in part.getListOfEventAssignments()
            if a.isSetMath()
        },
        at_trigger=part.getUseValuesFromTriggerTime(),
        initially=told is None or told.getInitialValue(),
        persistent=told is None or told.getPersistent(),
    )


def _warnings(source: Any) -> list[str]:
    """Return what libSBML's check of consistency finds wrong, units apart, alike things once."""
    library = libsbml()
    source.setConsistencyChecks(library.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    source.setConsistencyChecks(library.LIBSBML_CAT_MODELING_PRACTICE, False)
    source.checkConsistency()
    errors = [e for e in _errors(source) if e.getSeverity() >= library.LIBSBML_SEV_ERROR]
    counted = Counter((e.getErrorId(), e.getShortMessage()) for e in errors)
    lines: dict[int, int] = {}
    for error in errors:
        lines.setdefault(error.getErrorId(), error.getLine())
    return [
        f"not valid SBML (libSBML {number}, {count} times, first in line {lines[number]}): {text}"
        for (number, text), count in counted.items()
    ]
