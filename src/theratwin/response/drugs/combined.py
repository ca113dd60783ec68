"""Cells, what drugs do to their repair, and where the drugs come from, joined into one network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Expression, Network, couple
from theratwin.dynamics.expressions.expression import Binding, symbol
from theratwin.dynamics.networks.parts import Input, Observable, Output, Rule
from theratwin.response.drugs.drug import Drug
from theratwin.response.drugs.pharmacodynamics import OUTPUTS, TRAPPING, drug_effects
from theratwin.response.drugs.pharmacokinetics import oral

CELLS, EFFECTS = "cells", "effects"


def with_drugs(cells: Network, drugs: Iterable[Drug], *, by_mouth: Iterable[str] = ()) -> Network:
    """Return cells under partner drugs, as one network.

    Parts stand in the name spaces ``cells``, ``effects`` and, for drugs taken by mouth, that of
    the drug, whose state ``NAME.depot`` takes the doses. The ports keep their own names: the
    inputs ``dose_rate`` and ``drug.NAME`` (free concentration, nmol/mL) of the drugs not taken by
    mouth, and what the cells give out.

    Parameters
    ----------
    cells
        A cell-survival network with ports for the inhibition of repair, such as that of
        medras-rpt with its ``drugs`` on.
    drugs
        The drugs.
    by_mouth
        Names of those whose concentration comes from doses.

    Raises
    ------
    UnsupportedError
        If the cells have no port for what a drug does, or a drug's pharmacokinetics are unknown.
    InputError
        If a name is no drug of these, or the cells' port belongs to no drug.

    Examples
    --------
    >>> from theratwin.response.cell_survival import cell_model
    >>> from theratwin.response.drugs import drug
    >>> cells = cell_model("medras-rpt", drugs="parp").network()
    >>> network = with_drugs(cells, [drug("olaparib")])
    >>> [port.name for port in network.inputs]
    ['dose_rate', 'drug.olaparib']
    """
    given, mouths = list(drugs), list(by_mouth)
    effects = drug_effects(given)
    _check_mouths(given, mouths)
    ports = _ports(cells, given)
    fragments = {CELLS: cells, EFFECTS: effects}
    connections = {f"{CELLS}.{port}": f"{EFFECTS}.{port}" for port in ports}
    for each in given:
        if each.name in mouths:
            fragments[each.name] = oral(each)
            connections[f"{EFFECTS}.drug.{each.name}"] = f"{each.name}.free"
    joined = couple(f"{cells.name} with {', '.join(d.name for d in given)}", fragments, connections)
    return _lifted(joined, cells)


def _ports(cells: Network, drugs: list[Drug]) -> list[str]:
    """Return the cells' ports for drugs; every drug must have its own."""
    known = {port.name for port in cells.inputs}
    for each in drugs:
        wanted = f"{each.target}_inhibition"
        if wanted not in known:
            raise UnsupportedError(
                f"the cells have no port for inhibitors of {each.target}",
                field=f"drug {each.name}",
                value=wanted,
                allowed=sorted(known),
                remedy=f'Turn it on: cell_model("medras-rpt", drugs="{each.target}")',
            )
    targets = {each.target for each in drugs}
    ports = [name for name in OUTPUTS if name in known]
    for name in ports:
        target = "parp" if name == TRAPPING else name.removesuffix("_inhibition")
        if target not in targets:
            raise InputError(
                "no drug is given for this port of the cells",
                field="drugs",
                value=name,
                remedy=f"Give an inhibitor of {target}, or turn the port off",
            )
    return ports


def _check_mouths(drugs: list[Drug], mouths: list[str]) -> None:
    names = [each.name for each in drugs]
    for name in mouths:
        if name not in names:
            raise InputError("no such drug here", field="by_mouth", value=name, allowed=names)
        if name in (CELLS, EFFECTS):
            raise InputError("the name is taken", field="by_mouth", value=name)


def _lifted(joined: Network, cells: Network) -> Network:
    """Return the whole with its ports, and what the cells report, under their own names."""
    inputs, rules = [], list(joined.rules)
    for port in joined.inputs:
        _, _, own = port.name.partition(".")
        inputs.append(Input(own, port.unit))
        rules.append(Rule(port.name, port.unit, symbol(own, Binding.STATE)))
    shown = {o.name: (o.unit, _inner(joined, "outputs", o.name)) for o in cells.outputs}
    outputs = [Output(name, *what) for name, what in shown.items()]
    shown |= {o.name: (o.unit, _inner(joined, "observables", o.name)) for o in cells.observables}
    observables = [Observable(name, *what) for name, what in shown.items()]
    return replace(
        joined,
        inputs=tuple(inputs),
        rules=tuple(rules),
        outputs=(*joined.outputs, *outputs),
        observables=(*joined.observables, *observables),
    )


def _inner(joined: Network, kind: str, name: str) -> Expression:
    return next(o.value for o in getattr(joined, kind) if o.name == f"{CELLS}.{name}")
