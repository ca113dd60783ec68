r"""Binding to receptors, into the cell, and out of it.

Of every label :math:`l`, with the free receptors :math:`R = \rho V - \sum_l n_{b,l}` that hot and
cold labels of all ligands compete for, and bound label still occupying after its decay:

.. math::

    \dot n_b = k_{on}\, n_i R / V_i - (K_D k_{on} + k_{int})\, n_b, \qquad
    \dot n_{in} = k_{int}\, n_b - k_{rel}\, n_{in}

A receptor that took its ligand into the cell is replaced at once (Kletting 2016).
"""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.dynamics import Expression, mass_action
from theratwin.kinetics.body.draft import Draft

#: The pool of what cells released, which counts as having left the body.
RELEASED = "released"


def add_binding(draft: Draft, name: str, like: Iterable[str], whole: Expression, near: str) -> None:
    """Add the bound and the internalized space of a region, and the way through them.

    Parameters
    ----------
    near
        The place whose ligand reaches the receptors; released label goes back to it if the plan
        says so.
    """
    bound = draft.place(f"{name}.bound", region=name)
    inside = draft.place(f"{name}.internalized", region=name)
    total = draft.own(name, "receptor_density", like) * whole
    fluid = draft.volumes[near]
    free = _free(draft, name, total)
    for label in draft.labels:
        ligand = label.ligand
        on = draft.values.of(f"{ligand.name}.k_on", ligand.like)
        off = draft.values.of(f"{ligand.name}.dissociation_constant", ligand.like) * on
        here, held = draft.amount(near, label), draft.amount(bound, label)
        bind = mass_action(on / fluid, free, here)
        draft.builder.reaction(f"{name}.binding.{label.name}", here, held, bind)
        draft.builder.reaction(f"{name}.unbinding.{label.name}", held, here, off * held)

    def own(key: str):
        return lambda label: draft.own_of(label, name, key, like)

    draft.transfer(f"{name}.internalization", bound, inside, own("internalization"))
    target = near if draft.plan.release == "back" else RELEASED
    draft.transfer(f"{name}.release", inside, target, own("release"))


def _free(draft: Draft, name: str, total: Expression) -> Expression:
    free = total
    for label in draft.labels:
        free = free - draft.amount(f"{name}.bound", label)
    return draft.builder.rule(f"{name}.free_receptors", free, "nmol")


def add_released(draft: Draft) -> None:
    """Add the pool of what cells released, if it does not go back."""
    if draft.plan.release == "pool":
        draft.place(RELEASED)
