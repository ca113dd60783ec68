"""The workload as SBML text: its reactions, in two forms.

As it is written, flows and volumes stand in the laws, and rules beside them. Prepared, whatever
does not change in time is computed before and handed over as one number each, so that the peer has
no more to do than its integrator needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from peers import workload
from theratwin.dynamics import model
from theratwin.dynamics.expressions.expression import Binding, Expression, substitute, walk
from theratwin.dynamics.networks.flatten import rule_values
from theratwin.dynamics.networks.network import Network
from theratwin.dynamics.networks.parts import Reaction
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


def text(as_written: bool = False) -> str:
    """Return the model, as written or with coefficients prepared."""
    network = model(workload.MODEL)
    ids = {name: f"s{i}" for i, name in enumerate(workload.system().names)}
    names = {network.symbols[name]: found for name, found in ids.items()}
    if as_written:
        constants = {network.symbols[p.name]: f"p{i}" for i, p in enumerate(network.parameters)}
        rules = {network.symbols[r.name]: f"q{i}" for i, r in enumerate(network.rules)}
        rates = {r.name: r.rate for r in network.reactions}
    else:
        constants = {c: f"c{i}" for i, c in enumerate(coefficients())}
        rules, rates = {}, laws()
    names |= constants | rules
    body = [
        '<listOfCompartments><compartment id="body" size="1" constant="true" '
        'spatialDimensions="3"/></listOfCompartments>',
        _list("Species", (_SPECIES.format(i) for i in ids.values())),
        _list(
            "Parameters",
            [
                *(f'<parameter id="{n}" value="1" constant="true"/>' for n in constants.values()),
                *(f'<parameter id="{n}" constant="false"/>' for n in rules.values()),
            ],
        ),
        _list(
            "Rules",
            (
                f'<assignmentRule variable="q{i}">{_law(r.value, names)}</assignmentRule>'
                for i, r in enumerate(network.rules if rules else ())
            ),
        ),
        _list("Reactions", (_reaction(i, r, rates, ids, names) for i, r in _numbered(network))),
    ]
    return f'{_HEAD}<model id="workload">{"".join(body)}</model></sbml>'


def _numbered(network: Network) -> list[tuple[int, Reaction]]:
    return list(enumerate(network.reactions))


def _list(kind: str, entries: Iterable[str]) -> str:
    inside = "".join(entries)
    return f"<listOf{kind}>{inside}</listOf{kind}>" if inside else ""


def _reaction(
    number: int,
    reaction: Reaction,
    rates: dict[str, Expression],
    ids: dict[str, str],
    names: dict[Expression, str],
) -> str:
    rate = rates[reaction.name]
    return (
        f'<reaction id="r{number}" reversible="false">'
        + _side("listOfReactants", reaction.reactants, ids)
        + _side("listOfProducts", reaction.products, ids)
        + _modifiers(rate, reaction.reactants, ids)
        + f"<kineticLaw>{_law(rate, names)}</kineticLaw></reaction>"
    )


def _law(law: Expression, names: dict[Expression, str]) -> str:
    return f'<math xmlns="{_MATH}">{_math(law, names)}</math>'


_SPECIES = (
    '<species id="{}" compartment="body" initialAmount="0" hasOnlySubstanceUnits="true" '
    'boundaryCondition="false" constant="false"/>'
)
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


def _math(node: Expression, names: dict[Expression, str]) -> str:
    if node in names:
        return f"<ci>{names[node]}</ci>"
    if node.op == "constant":
        return f"<cn>{node.value!r}</cn>"
    args = "".join(_math(arg, names) for arg in node.args)
    return f"<apply><{_TAGS[node.op]}/>{args}</apply>"
