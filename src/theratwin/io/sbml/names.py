"""Names of an SBML model's parts, where ids say nothing, and which parameters they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from theratwin.core.errors import InputError
from theratwin.io.sbml.parts import Document, parameter_name

if TYPE_CHECKING:
    from theratwin.io.sbml.model import SbmlModel


def paths(document: Document) -> dict[str, str]:
    """Return names to ids where a name is one id's.

    A species is called by its own name, and by that of its compartment, a dot and its own:
    ``Vein.Hot``, unless its name begins so already. A reaction counts only where nothing else has
    its name.
    """
    found: dict[str, list[str]] = {}
    for species in document.species.values():
        place = document.quantities[species.compartment].name or species.compartment
        if not species.name.startswith(f"{place}."):
            found.setdefault(f"{place}.{species.name or species.id}", []).append(species.id)
    for part in (*document.species.values(), *document.quantities.values()):
        found.setdefault(part.name, []).append(part.id)
    for reaction in document.reactions.values():
        found.setdefault(reaction.name, [reaction.id])
    return {name: ids[0] for name, ids in found.items() if name and len(ids) == 1}


def readable(model: SbmlModel) -> dict[str, str]:
    """Return every id to the name that a reader knows it by: itself where the id is the name."""
    document = model.document
    known = {id_: name for name, id_ in model.paths.items()}
    own = {id_ for id_, part in document.species.items() if part.name in ("", id_)}
    return {id_: id_ if id_ in own else known.get(id_, id_) for id_ in model.ids}


def parameter_of(model: SbmlModel, name: str) -> str:
    """Return the parameter of the equations for an id or a name.

    ``Vein.Hot.initial`` is what the species *Hot* in *Vein* starts with, ``reaction.k`` a local
    parameter. What stands for nothing comes back as it is.
    """
    if name in model.ids or name in model.paths:
        return parameter_name(name if name in model.ids else model.paths[name])
    stem, _, last = name.rpartition(".")
    return f"{model.paths.get(stem, stem)}.{last}" if stem else name


def name_of(model: SbmlModel, parameter: str) -> str:
    """Return what a reader calls a parameter of the equations."""
    stem, dot, last = parameter.rpartition(".")
    return f"{model.readable.get(stem, stem)}{dot}{last}" if dot else model.readable[parameter]


def parameters_of(
    model: SbmlModel, given: Mapping[str, Any], known: Iterable[str], field: str = "parameters"
) -> dict[str, Any]:
    """Return values by parameter of the equations, for values by id or name.

    Raises
    ------
    InputError
        If a name stands for no parameter, or for two.
    """
    allowed = set(known)
    found: dict[str, Any] = {}
    for name, value in given.items():
        parameter = parameter_of(model, name)
        if parameter not in allowed:
            raise _refusal(model, name, parameter, allowed, field)
        if parameter in found:
            raise InputError("stands there by another name too", field=field, value=name)
        found[parameter] = value
    return found


def _refusal(
    model: SbmlModel, name: str, parameter: str, allowed: set[str], field: str
) -> InputError:
    document = model.document
    stem = parameter.removesuffix(".initial")
    if stem in document.assigned or stem in document.initial:
        return InputError("a rule or an initial assignment sets it", field=field, value=name)
    if parameter in document.species:
        remedy = f"{name}.initial is what the species starts with"
        return InputError("a species is no parameter", field=field, value=name, remedy=remedy)
    if parameter in document.quantities or parameter in model.equations.parameters:
        return InputError("nothing that is asked for depends on it", field=field, value=name)
    return InputError(
        "there is no such parameter",
        field=field,
        value=name,
        allowed=sorted(name_of(model, each) for each in allowed),
    )
