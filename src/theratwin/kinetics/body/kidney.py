r"""Kidneys: filtration, a tubule, cells that give back, receptors, urine.

With the filtration rate :math:`G`, the share :math:`\varphi` of the ligand that passes the
glomerulus, and the share :math:`r` of the filtrate that is reabsorbed:

.. math::

    \dot n_t = G\varphi\,(f_u\,n_v / V_v - n_t / V_t), \qquad
    \dot n_c = G\varphi\,r\,(n_t / V_t - n_c / V_c)

that share of the outflow from the tubule enters the cells (:math:`c`), which give it back to the
vessels, and the rest becomes urine (Kletting 2016). A saturable carrier (megalin) may
take more, :math:`a\,V_m C / (K_m + \sum C)`, held back by amino acids (:math:`a < 1`).
"""

from __future__ import annotations

from collections.abc import Callable

from theratwin.dynamics import Expression
from theratwin.kinetics.body.binding import add_binding
from theratwin.kinetics.body.draft import Draft, Label
from theratwin.kinetics.body.organ import add_permeation, unbound
from theratwin.kinetics.body.physiology import filtration

NAME = "kidneys"
#: The switch that amino acids hold down while they run.
AMINO_ACIDS = "kidneys.amino_acid_factor"

Clearance = Callable[[Label], Expression]


def add_kidneys(draft: Draft, whole: Expression, vascular: Expression, excreted_to: str) -> None:
    """Add the kidneys' spaces and paths; urine goes to a place that exists."""
    rule = draft.builder.rule
    lumen = rule("kidneys.tubular_volume", draft.own(NAME, "tubular_fraction") * whole, "mL")
    inner = draft.own(NAME, "cell_share") * (whole - vascular - lumen)
    cells = draft.place(f"{NAME}.reabsorbed", rule("kidneys.cell_volume", inner, "mL"), NAME)
    blood = draft.place(f"{NAME}.vascular", vascular, NAME)
    tubule = draft.place(f"{NAME}.tubular", lumen, NAME)
    filtered = _filtered(draft)
    draft.move(
        f"{NAME}.filtration", blood, tubule, lambda label: filtered(label) * unbound(draft, label)
    )
    back = _share(draft, filtered, excreted=False)
    draft.move(f"{NAME}.reabsorption", tubule, cells, back)
    draft.move(f"{NAME}.give_back", cells, blood, back)
    draft.move(f"{NAME}.excretion", tubule, excreted_to, _share(draft, filtered, excreted=True))
    _add_receptors(draft, whole, blood, tubule)
    if draft.plan.tubular_uptake:
        _add_carrier(draft, tubule)


def _filtered(draft: Draft) -> Clearance:
    """Return the clearance (mL/h) by which a label passes the glomerulus, were it all unbound."""
    rate = filtration(draft)
    return lambda label: rate * draft.own_of(label, NAME, "filtered_share")


def _share(draft: Draft, filtered: Clearance, *, excreted: bool) -> Clearance:
    """Return the part of it that becomes urine, or that enters the cells."""

    def clearance(label: Label) -> Expression:
        share = draft.own_of(label, NAME, "reabsorbed_share")
        return filtered(label) * (1.0 - share if excreted else share)

    return clearance


def _add_receptors(draft: Draft, whole: Expression, blood: str, tubule: str) -> None:
    like = ("organ",)
    if draft.plan.kidney_receptors == "tubular":
        add_binding(draft, NAME, like, whole, tubule)
        return
    share = draft.own(NAME, "interstitial_fraction")
    fluid = draft.builder.rule("kidneys.interstitial_volume", share * whole, "mL")
    near = draft.place(f"{NAME}.interstitial", fluid, NAME)
    add_permeation(draft, NAME, like, whole, blood, near)
    add_binding(draft, NAME, like, whole, near)


def _add_carrier(draft: Draft, tubule: str) -> None:
    """Let a carrier that saturates take label from the tubule into the cell, where it stays."""
    lumen = draft.volumes[tubule]
    half = draft.own(NAME, "uptake_half_saturation")
    present = sum((draft.amount(tubule, label) / lumen for label in draft.labels), start=half)
    present = draft.builder.rule("kidneys.uptake_saturation", present, "nmol/mL")
    factor = draft.builder.switch(AMINO_ACIDS, 1.0)
    for label in draft.labels:
        here, cell = draft.amount(tubule, label), draft.amount(f"{NAME}.internalized", label)
        most = factor * draft.own_of(label, NAME, "uptake_maximum")
        rate = most * (here / lumen) / present
        draft.builder.reaction(f"{NAME}.uptake.{label.name}", here, cell, rate)
