"""What reactions change of a species: the sum of rates times how many, in units of its amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import ZERO, Expression, constant
from theratwin.io.sbml.parts import Reference

if TYPE_CHECKING:
    from theratwin.io.sbml.equations import Equations


def turnover(equations: Equations, species: str) -> Expression:
    """Return the rate of change of a species' amount by all reactions.

    Raises
    ------
    InputError
        If a reaction does not say how many.
    UnsupportedError
        If it has no law.
    """
    document, total = equations.document, ZERO
    for reaction in document.reactions.values():
        for sign, references in ((-1.0, reaction.reactants), (1.0, reaction.products)):
            for reference in references:
                if reference.species == species:
                    turns = constant(sign) * _stoichiometry(equations, reference)
                    total = total + turns * equations.value(reaction.id)
    factor = document.species[species].factor or document.factor
    return total * equations.value(factor) if factor else total


def _stoichiometry(equations: Equations, reference: Reference) -> Expression:
    if reference.id:
        return equations.value(reference.id)
    if reference.math is not None:
        return equations.mathematics(reference.math)
    if reference.stoichiometry is None or reference.stoichiometry != reference.stoichiometry:
        raise InputError(
            "the reaction does not say how many",
            field=f"species reference of {reference.species}",
            remedy="Give it a stoichiometry",
        )
    return constant(reference.stoichiometry)
