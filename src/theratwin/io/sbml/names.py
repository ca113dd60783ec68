"""Names of an SBML model's parts, where ids say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theratwin.io.sbml.parts import Document

if TYPE_CHECKING:
    from theratwin.io.sbml.model import SbmlModel


def paths(document: Document) -> dict[str, str]:
    """Return names to ids where a name is one id's.

    A species is called by its own name, and by that of its compartment, a dot and its own:
    ``Vein.Hot``. A reaction counts only where nothing else has its name.
    """
    found: dict[str, list[str]] = {}
    for species in document.species.values():
        place = document.quantities[species.compartment].name or species.compartment
        found.setdefault(f"{place}.{species.name or species.id}", []).append(species.id)
    for part in (*document.species.values(), *document.quantities.values()):
        found.setdefault(part.name, []).append(part.id)
    for reaction in document.reactions.values():
        found.setdefault(reaction.name, [reaction.id])
    return {name: ids[0] for name, ids in found.items() if name and len(ids) == 1}


def parameter_of(model: SbmlModel, name: str) -> str:
    """Return the parameter of the equations for an id or a name.

    ``Vein.Hot.initial`` is what the species *Hot* in *Vein* starts with. What stands for nothing
    comes back as it is, for those to refuse who know what is allowed.
    """
    stem, dot, last = name.rpartition(".")
    if dot and last == "initial":
        return f"{model.paths.get(stem, stem)}.initial"
    return name if name in model.ids else model.paths.get(name, name)
