"""A synthetic whole-body model, for speed alone: 16 organs, labels that compete for receptors.

The numbers are made up in the range of a human; time is in minutes, amounts in nmol. With two
labels and receptors eliminated it has 88 states, the size of published whole-body models.
"""

from __future__ import annotations

import numpy as np

from theratwin.core.seed import stream
from theratwin.dynamics import State, System
from theratwin.dynamics.expressions.expression import ZERO, Binding, Expression, constant, symbol

#: Organ to plasma flow (L/min), vascular and interstitial volume (L), permeability (L/min).
ORGANS = {
    "lung": (3.2, 0.105, 0.2, 0.3),
    "heart": (0.128, 0.04, 0.05, 0.06),
    "brain": (0.384, 0.05, 0.03, 0.0005),
    "muscle": (0.544, 0.5, 3.6, 0.55),
    "adipose": (0.16, 0.13, 2.2, 0.25),
    "skin": (0.16, 0.12, 1.2, 0.3),
    "bone": (0.08, 0.12, 0.9, 0.12),
    "marrow": (0.10, 0.09, 0.15, 0.1),
    "gut": (0.45, 0.08, 0.25, 0.2),
    "spleen": (0.096, 0.05, 0.035, 0.06),
    "liver": (0.208, 0.27, 0.36, 0.5),
    "kidney": (0.608, 0.07, 0.055, 0.25),
    "glands": (0.03, 0.006, 0.02, 0.02),
    "prostate": (0.012, 0.003, 0.01, 0.008),
    "tumor": (0.02, 0.008, 0.03, 0.015),
    "rest": (0.22, 0.25, 1.5, 0.3),
}
RECEPTORS = {"kidney": 14.0, "glands": 4.0, "liver": 6.0, "spleen": 2.5, "tumor": 12.0}
PORTAL = ("gut", "spleen")
RATES = {"on": 0.046, "off": 0.0046, "gfr": 0.11, "arterial": 0.75, "venous": 1.6}
DECAY = np.log(2.0) / (6.647 * 1440.0)
TIMES = np.concatenate([[0.0], np.geomspace(1.0, 168.0 * 60.0, 40)])


class _Builder:
    """Collects flows from state to state."""

    def __init__(self, labels: int, free_states: bool) -> None:
        self.labels, self.free_states = labels, free_states
        self.rates: dict[str, Expression] = {}
        self.parameters: dict[str, float] = {**RATES, "decay": float(DECAY)}
        for organ, numbers in ORGANS.items():
            if organ != "lung":
                self.parameters[f"flow.{organ}"] = numbers[0]
            for name, value in zip(("vessel", "space", "surface"), numbers[1:], strict=True):
                self.parameters[f"{name}.{organ}"] = value
        for organ, amount in RECEPTORS.items():
            self.parameters |= {f"receptors.{organ}": amount}
            self.parameters |= {f"inside.{organ}": 0.001, f"release.{organ}": 1e-4}

    def state(self, name: str) -> Expression:
        self.rates.setdefault(name, ZERO)
        return symbol(name, Binding.STATE)

    def flow(self, source: str, target: str | None, rate: Expression) -> None:
        self.state(source)
        self.rates[source] = self.rates[source] - rate
        if target is not None:
            self.state(target)
            self.rates[target] = self.rates[target] + rate

    def linear(self, source: str, target: str | None, coefficient: Expression) -> None:
        self.flow(source, target, coefficient * self.state(source))

    def organ(self, organ: str, label: int) -> None:
        p, vessel, space = symbol, f"vessel.{organ}.{label}", f"space.{organ}.{label}"
        arterial, venous = f"arterial.{label}", f"venous.{label}"
        flows = [symbol(f"flow.{o}") for o in ORGANS if o != "lung"]
        cardiac = sum(flows[1:], flows[0])
        volume = p(f"vessel.{organ}")
        if organ == "lung":
            self.linear(venous, vessel, cardiac / p("venous"))
            self.linear(vessel, arterial, cardiac / volume)
        else:
            own = p(f"flow.{organ}")
            self.linear(arterial, vessel, own / p("arterial"))
            leaving = own + p("flow.gut") + p("flow.spleen") if organ == "liver" else own
            target = f"vessel.liver.{label}" if organ in PORTAL else venous
            self.linear(vessel, target, leaving / volume)
        self.linear(vessel, space, p(f"surface.{organ}") / volume)
        self.linear(space, vessel, p(f"surface.{organ}") / p(f"space.{organ}"))
        if organ == "kidney":
            self.linear(vessel, None, p("gfr") / volume)

    def free(self, organ: str) -> Expression:
        if self.free_states:
            return self.state(f"free.{organ}")
        bound = (self.state(f"bound.{organ}.{label}") for label in range(self.labels))
        return sum((-b for b in bound), symbol(f"receptors.{organ}"))

    def binding(self, organ: str, label: int) -> None:
        space, bound = f"space.{organ}.{label}", f"bound.{organ}.{label}"
        inside, free = f"inside.{organ}.{label}", self.free(organ)
        on = symbol("on") / symbol(f"space.{organ}") * free * self.state(space)
        self.flow(space, bound, on)
        for target, name in ((space, "off"), (inside, f"inside.{organ}")):
            rate = symbol(name) * self.state(bound)
            self.flow(bound, target, rate)
            if self.free_states:
                self.rates[f"free.{organ}"] = self.rates[f"free.{organ}"] + rate
        if self.free_states:
            self.rates[f"free.{organ}"] = self.rates[f"free.{organ}"] - on
        self.linear(inside, None, symbol(f"release.{organ}"))

    def system(self) -> System:
        for label in range(self.labels):
            for organ in ORGANS:
                self.organ(organ, label)
            for organ in RECEPTORS:
                self.binding(organ, label)
        for label in range(self.labels - 1):
            for name in [n for n in self.rates if n.endswith(f".{label}")]:
                self.linear(name, f"{name.rsplit('.', 1)[0]}.{label + 1}", symbol("decay"))
        initial = {"venous.0": constant(10.2), "venous.1": constant(90.0)}
        initial |= {f"free.{o}": symbol(f"receptors.{o}") for o in RECEPTORS}
        states = [State(n, initial.get(n, ZERO), rate) for n, rate in self.rates.items()]
        return System(tuple(states), self.parameters)


def whole_body(labels: int = 2, free_states: bool = False) -> System:
    """Return the model; receptors are states or eliminated."""
    return _Builder(labels, free_states).system()


def population(count: int, system: System) -> dict[str, np.ndarray]:
    """Return log-normal parameters, 30 % about their defaults; the decay constant is fixed."""
    random, width = stream(1, "whole-body population"), np.sqrt(np.log(1.09))
    return {
        name: value * np.exp(width * random.standard_normal(count) - width**2 / 2)
        for name, value in system.parameters.items()
        if name != "decay"
    }
