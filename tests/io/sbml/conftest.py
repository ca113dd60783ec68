"""Small SBML models, written from a few lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def _math(text: str) -> Any:
    import libsbml

    tree = libsbml.parseL3Formula(text)
    assert tree is not None, libsbml.getLastParseL3Error()
    return tree


def make_text(
    *,
    parameters: dict[str, float] | None = None,
    compartments: dict[str, float] | None = None,
    species: dict[str, tuple[str, float, bool]] | None = None,
    reactions: dict[str, tuple[str, str, str]] | None = None,
    rates: dict[str, str] | None = None,
    rules: dict[str, str] | None = None,
    initial: dict[str, str] | None = None,
    events: tuple[dict[str, Any], ...] = (),
) -> str:
    """Return the text of a level 3 version 2 model.

    Species are a compartment, an initial concentration (or amount) and whether it is an amount;
    reactions one reactant, one product and a law; events a dictionary of their parts.
    """
    import libsbml

    source = libsbml.SBMLDocument(3, 2)
    model = source.createModel()
    model.setId("made")
    for id_, size in (compartments or {}).items():
        part = model.createCompartment()
        part.setId(id_)
        part.setSize(size)
        part.setSpatialDimensions(3)
        part.setConstant(False)
    for id_, value in (parameters or {}).items():
        part = model.createParameter()
        part.setId(id_)
        part.setValue(value)
        part.setConstant(False)
    for id_, (place, value, is_amount) in (species or {}).items():
        part = model.createSpecies()
        part.setId(id_)
        part.setCompartment(place)
        (part.setInitialAmount if is_amount else part.setInitialConcentration)(value)
        part.setHasOnlySubstanceUnits(is_amount)
        part.setBoundaryCondition(False)
        part.setConstant(False)
    for id_, (reactant, product, law) in (reactions or {}).items():
        part = model.createReaction()
        part.setId(id_)
        part.setReversible(False)
        for name, create in ((reactant, part.createReactant), (product, part.createProduct)):
            if name:
                reference = create()
                reference.setSpecies(name)
                reference.setStoichiometry(1.0)
                reference.setConstant(True)
        part.createKineticLaw().setMath(_math(law))
    for create, laws in (
        (model.createRateRule, rates),
        (model.createAssignmentRule, rules),
    ):
        for id_, law in (laws or {}).items():
            part = create()
            part.setVariable(id_)
            part.setMath(_math(law))
    for id_, law in (initial or {}).items():
        part = model.createInitialAssignment()
        part.setSymbol(id_)
        part.setMath(_math(law))
    for given in events:
        _event(model, given)
    return str(libsbml.writeSBMLToString(source))


def _event(model: Any, given: dict[str, Any]) -> None:
    event = model.createEvent()
    event.setUseValuesFromTriggerTime(given.get("at_trigger", True))
    trigger = event.createTrigger()
    trigger.setMath(_math(given["trigger"]))
    trigger.setInitialValue(given.get("initially", True))
    trigger.setPersistent(given.get("persistent", True))
    if "delay" in given:
        event.createDelay().setMath(_math(given["delay"]))
    if "priority" in given:
        event.createPriority().setMath(_math(given["priority"]))
    for id_, law in given["set"].items():
        assignment = event.createEventAssignment()
        assignment.setVariable(id_)
        assignment.setMath(_math(law))


@pytest.fixture
def sbml() -> Callable[..., str]:
    """Return a maker of SBML texts: `make_text`."""
    pytest.importorskip("libsbml", reason="python-libsbml is not installed")
    return make_text
