"""Which parameters of the sets behind a whole body bear on one patient."""

from __future__ import annotations

from dataclasses import replace

from theratwin.core import parameter_set
from theratwin.kinetics.body_fit import BodyCurves
from theratwin.twin import Twin, body_of


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
    values = {
        replace(parameter, name="")
        for parameter in body.model.network.parameters
        if parameter.name not in body.model.priors
    }
    known = parameter_set("kinetics", name)
    return {path for path, each in known.items() if replace(each, name="") in values}


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
