"""The whole-body model of SSTR2 ligands, as a block of the twin."""

from __future__ import annotations

from theratwin.case import Case
from theratwin.kinetics.body_fit.block import body_block
from theratwin.kinetics.body_fit.estimated import (
    UNDELINEATED,
    UNDELINEATED_VOLUME,
    estimated,
    has_undelineated,
)
from theratwin.kinetics.body_fit.psma import fit_model
from theratwin.kinetics.curves import Block

_BINDING = frozenset({"kidneys", "liver", "spleen", "pituitary", "adrenals", "thyroid"})
_CLEARANCE = ("patient.gfr",)
#: What the kidneys hold is reabsorbed, not bound.
_REABSORBED = {"kidneys": ("uptake_maximum", "release")}


def sstr_block(case: Case, decay_constant: float) -> tuple[Block, ...]:
    """Return the whole body of a patient with an SSTR2 ligand as one block.

    Where the case states amino acids, they act, and the largest rate of the kidneys' reabsorption
    is that without them. Where it states none, the rate that is estimated is the one that would
    have had the same effect, whether they ran or not.

    Raises
    ------
    InputError
        If the ligand is none of SSTR2, an administration has no amount of ligand, a region that
        was measured is none of the model's, or nothing was measured.
    """
    from theratwin.kinetics.models import sstr_body, sstr_ligand

    ligand = sstr_ligand(case.radiopharmaceutical.ligand.name)
    what = estimated(case, ligand, "sstr", _BINDING, _CLEARANCE, _REABSORBED)
    lesions, given = case.lesion_names, {}
    if has_undelineated(case):
        lesions, given = (*lesions, UNDELINEATED), {f"{UNDELINEATED}.volume": UNDELINEATED_VOLUME}
    body = sstr_body(case, lesions=lesions, given=given, changing=tuple(what.changes))
    return (body_block(fit_model("sstr", body, case, what, decay_constant), case),)
