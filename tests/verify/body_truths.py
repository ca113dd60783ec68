"""What is true of simulated bodies: parameters from the fit's priors, or from the population."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from theratwin.core import LogNormal
from theratwin.core.distribution import Distribution, Fixed
from theratwin.core.parameter import Parameter
from theratwin.kinetics.body_fit.estimated import UNDELINEATED
from theratwin.kinetics.body_fit.model import BodyModel

GENERATORS = ("priors", "population")
#: Cycles up to which a truth is drawn.
STEPS = 12
#: Geometric standard deviations, by the last part of the name, of what the population's sets hold
#: without a spread and the fit holds fixed. They are choices: what physiology varies by.
SPREADS = {
    "flow_share": 1.15,
    "plasma_perfusion": 1.3,
    "blood_perfusion": 1.3,
    "blood_perfusion_at_birth": 1.15,
    "permeability": 1.3,
    "internalization": 1.3,
    "interstitial_fraction": 1.1,
    "blood_fraction": 1.2,
    "plasma_fraction": 1.2,
    "reabsorbed_share": 1.3,
    "k_on": 1.2,
    "dissociation_constant": 1.2,
    "hematocrit": 1.08,
    "receptor_density": 1.5,
    "release": 1.2,
}
#: Tumor that was not delineated (mL).
_HIDDEN_VOLUME = LogNormal(50.0, 3.0)

Streams = Callable[..., np.random.Generator]


def true_parameters(generator: str, model: BodyModel, stream: Streams) -> dict[str, float]:
    """Return what differs from the network's own values, each from a stream of its name."""
    if generator == "priors":
        drawn: dict[str, Distribution] = dict(model.priors)
    else:
        drawn = {each.name: _spread(each) for each in model.network.parameters}
        drawn[f"{UNDELINEATED}.volume"] = _HIDDEN_VOLUME
    return {
        name: float(spread.sample(stream("true", name), 1)[0])
        for name, spread in drawn.items()
        if not isinstance(spread, Fixed)
    }


def _spread(parameter: Parameter) -> Distribution:
    gsd = SPREADS.get(parameter.name.rpartition(".")[2])
    if gsd is None or not isinstance(parameter.distribution, Fixed):
        return parameter.distribution
    return LogNormal(parameter.value, gsd)


def true_ratios(model: BodyModel, stream: Streams) -> dict[str, np.ndarray]:
    """Return what each parameter that changes is multiplied by in every cycle, from the first."""
    found = {}
    for name, change in model.changes.items():
        person = stream("changes", name)
        steps = [change.ratio(step).sample(person, 1)[0] for step in range(1, STEPS)]
        found[name] = np.cumprod([1.0, *steps])
    return found


def factor(relative: float, person: np.random.Generator) -> float:
    """Return a log-normal factor of median one with a relative standard uncertainty."""
    return float(np.exp(np.sqrt(np.log1p(relative**2)) * person.standard_normal()))
