"""The workload as SBML text: reactions with mass-action laws, slow coefficients as parameters.

A modeler would write flows and volumes into the laws; here they are computed before and handed
over as one number each, so that the peer has no more to do than its integrator needs.
"""

from __future__ import annotations

from functools import cache
from xml.sax.saxutils import escape, quoteattr

from peers import workload
from theratwin.dynamics import model
from theratwin.dynamics.expressions.expression import Binding, Expression, substitute, walk
from theratwin.dynamics.networks.flatten import rule_values
from theratwin.dynamics.solving.normal_form import NormalForm

_TAGS = {"add": "plus", "sub": "minus", "mul": "times", "div": "divide", "neg": "minus"}


@cache
def laws() -> dict[str, Expression]:
    """Return each reaction's rate with rules put in, sums of coefficient times states."""
    network, form = model(workload.MODEL), NormalForm()
    rules = rule_values(network, {})
    return {r.name: form.of(substitute(r.rate, rules)) for r in network.reactions}


@cache
def coefficients() -> tuple[Expression, ...]:
    """Return the largest parts of the laws that do not change in time."""
    found: dict[Expression, None] = {}
    stack = list(reversed(list(laws().values())))
    while stack:
        node = stack.pop()
        if node.op == "constant":
            continue
        if node.binding <= Binding.SEGMENT:
            found.setdefault(node)
        else:
            stack.extend(reversed(node.args))
    return tuple(found)


def text() -> str:
    """Return the model."""
    network, states = model(workload.MODEL), workload.system().names
    ids = {name: f"s{i}" for i, name in enumerate(states)}
    names = {c: f"c{i}" for i, c in enumerate(coefficients())}
    species = [
        f'<species id="{i}" compartment="body" initialAmount="0" hasOnlySubstanceUnits="true" '
        'boundaryCondition="false" constant="false"/>'
        for i in ids.values()
    ]
    parameters = [f'<parameter id="{n}" value="1" constant="true"/>' for n in names.values()]
    reactions = [
        f'<reaction id={quoteattr(f"r{i}")} reversible="false">'
        + _side("listOfReactants", r.reactants, ids)
        + _side("listOfProducts", r.products, ids)
        + _modifiers(laws()[r.name], r.reactants, ids)
        + f"<kineticLaw><math xmlns={quoteattr(_MATH)}>{_math(laws()[r.name], ids, names)}"
        "</math></kineticLaw></reaction>"
        for i, r in enumerate(network.reactions)
    ]
    body = "".join(
        [
            '<listOfCompartments><compartment id="body" size="1" constant="true" '
            'spatialDimensions="3"/></listOfCompartments>',
            f"<listOfSpecies>{''.join(species)}</listOfSpecies>",
            f"<listOfParameters>{''.join(parameters)}</listOfParameters>",
            f"<listOfReactions>{''.join(reactions)}</listOfReactions>",
        ]
    )
    return f'{_HEAD}<model id="workload">{body}</model></sbml>'


_MATH = "http://www.w3.org/1998/Math/MathML"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">'
)


def _side(tag: str, side: dict, ids: dict[str, str]) -> str:
    entries = (
        f'<speciesReference species="{ids[name]}" stoichiometry="{number:g}" constant="true"/>'
        for name, number in side.items()
    )
    return f"<{tag}>{''.join(entries)}</{tag}>" if side else ""


def _modifiers(law: Expression, reactants: dict, ids: dict[str, str]) -> str:
    used = (str(node.value) for node in walk(law) if node.op == "symbol")
    more = [name for name in dict.fromkeys(used) if name in ids and name not in reactants]
    entries = (f'<modifierSpeciesReference species="{ids[name]}"/>' for name in more)
    return f"<listOfModifiers>{''.join(entries)}</listOfModifiers>" if more else ""


def _math(node: Expression, ids: dict[str, str], names: dict[Expression, str]) -> str:
    if node in names:
        return f"<ci>{names[node]}</ci>"
    if node.op == "constant":
        return f"<cn>{node.value!r}</cn>"
    if node.op == "symbol":
        return f"<ci>{escape(ids[str(node.value)])}</ci>"
    args = "".join(_math(arg, ids, names) for arg in node.args)
    return f"<apply><{_TAGS[node.op]}/>{args}</apply>"
