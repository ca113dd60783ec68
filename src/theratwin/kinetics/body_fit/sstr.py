"""The whole-body model of SSTR2 ligands, as a block of the twin."""

from __future__ import annotations

from theratwin.case import Case, Diagnostic
from theratwin.kinetics.body import WholeBody
from theratwin.kinetics.body_fit.block import body_block
from theratwin.kinetics.body_fit.diagnostic import DiagnosticBody
from theratwin.kinetics.body_fit.estimated import Estimated, estimated, lesions_of
from theratwin.kinetics.body_fit.fit_model import fit_model
from theratwin.kinetics.body_fit.transfer import diagnostic_body
from theratwin.kinetics.curves import Block

_BINDING = frozenset({"kidneys", "liver", "spleen", "pituitary", "adrenals", "thyroid"})
_CLEARANCE = ("patient.gfr",)
#: What the kidneys hold is reabsorbed, not bound.
_REABSORBED = {"kidneys": ("uptake_maximum", "release")}
_CARRIER = "kidneys.uptake_maximum"


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
    lesions, given = lesions_of(case, case)
    body = sstr_body(case, lesions=lesions, given=given, changing=tuple(what.changes))
    model = fit_model("sstr", body, case, what, decay_constant)

    def of(diagnostic: Diagnostic) -> DiagnosticBody:
        study = case.of_diagnostic(diagnostic)
        sstr_ligand(diagnostic.radiopharmaceutical.ligand.name)
        lesions, given = lesions_of(study, case)
        body = sstr_body(study, lesions=lesions, given=given)
        return diagnostic_body("sstr", body, case, diagnostic, what, _unprotected(body, what))

    return (body_block(model, case, [of(diagnostic) for diagnostic in case.diagnostics]),)


def _unprotected(body: WholeBody, what: Estimated) -> dict[str, float]:
    """Return how much more the kidneys reabsorb in a diagnostic, where no amino acids run.

    The therapy's prior holds their effect unless the case states them.
    """
    known = {parameter.name: parameter.value for parameter in body.network.parameters}
    return {_CARRIER: known[_CARRIER] / what.priors[_CARRIER].median}
