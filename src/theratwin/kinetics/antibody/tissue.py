r"""An organ under an antibody: through the wall by pores, through its cells with FcRn's help.

Of every label, with concentrations in plasma :math:`c_v`, tissue fluid :math:`c_i` and endosomes
:math:`c_e`, the amount :math:`n_b` that FcRn holds there, and free FcRn :math:`F`:

.. math::

    \dot n_i = L (a\, c_v - b\, c_i) - (1 - \sigma_L) L c_i - u V_e c_i
    + (1 - f)\, u\, n_b, \qquad
    \dot n_e = u V_e (c_v + c_i) - k_{on} F c_e + k_{off}\, n_b - k_{deg}\, n_e

.. math:: \dot n_b = k_{on} F c_e - (k_{off} + u)\, n_b

The share f of what FcRn carries goes back to plasma. What it did not bind is digested; its label
stays in the cell and leaves slowly (Shah and Betts 2012; label by choice).
"""

from __future__ import annotations

from theratwin.dynamics import Expression, mass_action
from theratwin.kinetics.antibody.vessels import NODES
from theratwin.kinetics.body.binding import RELEASED
from theratwin.kinetics.body.draft import Draft, Label


def add_spaces(draft: Draft, name: str) -> None:
    """Add the spaces of an organ: plasma, tissue fluid, endosomes, FcRn's cargo, catabolites."""
    draft.place(f"{name}.vascular", size(draft, name, "plasma_volume"), name)
    draft.place(f"{name}.interstitial", size(draft, name, "interstitial_volume"), name)
    endosomes = size(draft, name, "endosomal_volume")
    draft.place(f"{name}.endosomes", endosomes, name)
    draft.place(f"{name}.recycling", endosomes, name)
    draft.place(f"{name}.catabolites", region=name)


def size(draft: Draft, name: str, key: str) -> Expression:
    """Return a volume (mL) of an organ; bone's is the skeleton's less the marrow's."""
    if name != "bone":
        return draft.own(name, key)
    left = draft.own("skeleton", key) - draft.own("red_marrow", key)
    return draft.builder.rule(f"bone.{key}", left, "mL")


def add_exchange(
    draft: Draft, name: str, lymph: Expression, outward: Expression, inward: Expression | None
) -> None:
    """Add what passes the wall per lymph flow, and what the lymph takes on to the nodes."""
    inside, outside = f"{name}.vascular", f"{name}.interstitial"
    draft.move(f"{name}.filtration", inside, outside, lambda label: outward * lymph)
    if inward is not None:
        draft.move(f"{name}.return", outside, inside, lambda label: inward * lymph)
    passing = 1.0 - draft.values.of("lymph.reflection")
    draft.move(f"{name}.lymph", outside, NODES, lambda label: passing * lymph)


def add_endosomes(draft: Draft, name: str) -> None:
    """Add uptake by pinocytosis, binding to FcRn, recycling and digestion."""
    values, space = draft.values, draft.volumes[f"{name}.endosomes"]
    uptake = values.of("endosome.pinocytosis")
    for side in ("vascular", "interstitial"):
        source = f"{name}.{side}"
        draft.move(
            f"{name}.uptake_{side}", source, f"{name}.endosomes", lambda label: uptake * space
        )
    _bind_fcrn(draft, name, space)
    back = values.of("fcrn.recycled_to_plasma")
    held = f"{name}.recycling"
    draft.transfer(f"{name}.fcrn_return", held, f"{name}.vascular", lambda label: back * uptake)
    draft.transfer(
        f"{name}.transcytosis", held, f"{name}.interstitial", lambda label: (1.0 - back) * uptake
    )
    digestion, release = values.of("endosome.degradation"), values.of("catabolites.release")
    waste = f"{name}.catabolites"
    draft.transfer(f"{name}.digestion", f"{name}.endosomes", waste, lambda label: digestion)
    draft.transfer(f"{name}.catabolite_release", waste, RELEASED, lambda label: release)


def _bind_fcrn(draft: Draft, name: str, space: Expression) -> None:
    """Add binding to FcRn, for which all labels compete."""
    values = draft.values
    free = values.of("fcrn.concentration") * space
    for label in draft.labels:
        free = free - draft.amount(f"{name}.recycling", label)
    free = draft.builder.rule(f"{name}.free_fcrn", free, "nmol")

    def bind(label: Label) -> None:
        loose, held = (draft.amount(f"{name}.{p}", label) for p in ("endosomes", "recycling"))
        on = mass_action(values.of("fcrn.k_on") / space, free, loose)
        draft.builder.reaction(f"{name}.fcrn_binding.{label.name}", loose, held, on)
        off = values.of("fcrn.k_off") * held
        draft.builder.reaction(f"{name}.fcrn_unbinding.{label.name}", held, loose, off)

    for label in draft.labels:
        bind(label)
