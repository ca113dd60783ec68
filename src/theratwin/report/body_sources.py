"""Which parameters of the sets behind a whole body bear on one patient."""

from __future__ import annotations

from dataclasses import replace

from theratwin.core import Parameter, parameter_set
from theratwin.kinetics.body_fit import BodyCurves
from theratwin.twin import Twin, body_of

#: Whose values stand in for regions that have none of their own.
_KINDS = frozenset({"organ", "gland", "lesion"})


def body_bearing(twin: Twin) -> dict[str, set[str]]:
    """Return, by set, the names of the parameters that are in a whole body's equations.

    A set is laid over others, so that a name counts where the body's value is this set's; of what
    is estimated the prior counts, not the set's value. Nothing for curves.
    """
    body = body_of(twin)
    if body is None:
        return {}
    found = {f"kinetics/{name}": _used(body, name) for name in body.model.sets}
    return found | {"kinetics/body_priors": _priors(body, twin)}


def _used(body: BodyCurves, name: str) -> set[str]:
    by_key: dict[str, list[Parameter]] = {}
    for parameter in body.model.network.parameters:
        if parameter.name not in body.model.priors:
            by_key.setdefault(parameter.name.rpartition(".")[2], []).append(parameter)
    return {
        path
        for path, each in parameter_set("kinetics", name).items()
        if any(_is(each, other) for other in by_key.get(path.rpartition(".")[2], ()))
    }


def _is(known: Parameter, used: Parameter) -> bool:
    """Whether a body's parameter is a set's, under its own name or that of its kind."""
    kind = known.name.partition(".")[0]
    return replace(known, name=used.name) == used and (known.name == used.name or kind in _KINDS)


def _priors(body: BodyCurves, twin: Twin) -> set[str]:
    """Return the priors that were taken: of this ligand or its target, and of equal spread."""
    target = twin.case.radiopharmaceutical.ligand.target
    kinds = {name.rpartition(".")[2]: set() for name in body.model.priors}
    for name, prior in body.model.priors.items():
        kinds[name.rpartition(".")[2]].add(prior)
    return {
        path
        for path, each in parameter_set("kinetics", "body_priors").items()
        if path.startswith(target) and each.distribution in kinds.get(path.rpartition(".")[2], ())
    }
