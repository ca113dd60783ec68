"""What is observed of a chain: activities by region and member, and their integrals."""

from __future__ import annotations

from theratwin.core.errors import InputError
from theratwin.dynamics import Expression
from theratwin.dynamics.expressions.expression import symbol
from theratwin.dynamics.networks.parts import Observable, Quadrature
from theratwin.kinetics.generators.draft import GeneratorDraft
from theratwin.kinetics.generators.routes import FREE
from theratwin.kinetics.generators.values import plain

#: Decays in an hour of one nmol, over those that make a MBq.
FACTOR = "activity_per_decay_rate"
#: Region and member to the amounts (nmol) there.
Sums = dict[tuple[str, str], list[Expression]]


def amounts_by_region(draft: GeneratorDraft, wanted: tuple[str, ...] | None) -> tuple[Sums, Sums]:
    """Return the amounts by region and member: all, and those that traveled as free elements."""
    every: Sums = {}
    traveled: Sums = {}
    for (node, member), amount in (*draft.kept.items(), *draft.free.items()):
        region = draft.carrier.sites[node].region if node in draft.carrier.sites else ""
        region = region or draft.routes.region(node)
        every.setdefault((region, member), []).append(amount)
        if node.startswith(f"{FREE}."):
            traveled.setdefault((region, member), []).append(amount)
    known = dict.fromkeys(region for region, _ in every)
    for region in wanted or ():
        if region not in known:
            raise InputError(
                "there is no such region", field="regions", value=region, allowed=known
            )

    def reported(group: Sums) -> Sums:
        return {key: a for key, a in group.items() if wanted is None or key[0] in wanted}

    return reported(every), reported(traveled)


def _activities(draft: GeneratorDraft, group: Sums) -> dict[tuple[str, str], Expression]:
    """Return the activities (MBq) of all members, those in equilibrium by their births."""
    decays: dict[tuple[str, str], Expression] = {}
    for (region, member), amounts in group.items():
        decays[region, member] = draft.decay_constant(member) * sum(amounts[1:], start=amounts[0])
    for region in dict.fromkeys(region for region, _ in group):
        for member, births in draft.chain.equilibrium.items():
            parts = [b * decays[region, j] for j, b in births.items() if (region, j) in decays]
            if parts:
                decays[region, member] = sum(parts[1:], start=parts[0])
    return {key: symbol(FACTOR) * rate for key, rate in decays.items()}


def observables(draft: GeneratorDraft, states: Sums) -> list[Observable]:
    """Return the activities as observables."""
    return [
        Observable(f"activity.{region}.{plain(member)}", "MBq", activity)
        for (region, member), activity in _activities(draft, states).items()
    ]


def quadratures(draft: GeneratorDraft, states: Sums, traveled: Sums) -> list[Quadrature]:
    """Return the time-integrated activities, all and those that traveled."""
    return [
        Quadrature(f"time_integrated_activity.{region}.{plain(member)}{end}", "MBq h", activity)
        for group, end in ((states, ""), (traveled, ".traveled"))
        for (region, member), activity in _activities(draft, group).items()
    ]
