"""Decay: a hot label becomes a cold one where it is, and goes on occupying receptors."""

from __future__ import annotations

import math

from theratwin.core.distribution import Fixed
from theratwin.core.parameter import Parameter
from theratwin.dynamics import Expression
from theratwin.kinetics.body.draft import Draft, Label
from theratwin.physics import nuclide

#: Decays in an hour of one nmol, over those that make a MBq: Avogadro's constant (SI, exact).
MBQ_HOURS_PER_NMOL = 6.02214076e14 / 3600.0 / 1e6


def add_decay(draft: Draft) -> dict[str, Expression]:
    """Add decay in every place; returns the activity (MBq/nmol) of every hot label by its name."""
    specific: dict[str, Expression] = {}
    factor = draft.builder.parameter(
        Parameter(
            "activity_per_decay_rate",
            "MBq h/nmol",
            Fixed(MBQ_HOURS_PER_NMOL),
            "si_2019",
            where="Avogadro constant",
        )
    )
    for hot, cold in zip(draft.labels[::2], draft.labels[1::2], strict=True):
        constant = _constant(draft, hot)
        specific[hot.name] = factor * constant
        for place in draft.places:
            parent = draft.amount(place, hot)
            draft.builder.reaction(
                f"decay.{place}.{hot.name}",
                parent,
                draft.amount(place, cold),
                constant * parent,
                not_conserved=(hot.moieties[1],),
            )
    return specific


def _constant(draft: Draft, label: Label) -> Expression:
    """Return the decay constant (1/h) of a label's nuclide; the half-life is a parameter."""
    found = nuclide(label.ligand.nuclide)
    half_life = draft.builder.parameter(
        Parameter(
            f"{label.name}.half_life", "h", Fixed(found.half_life), "icrp_107", where=found.name
        )
    )
    return draft.builder.rule(f"{label.name}.decay_constant", math.log(2.0) / half_life, "1/h")
