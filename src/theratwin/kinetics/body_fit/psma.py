"""The whole-body model of PSMA ligands, as a block of the twin."""

from __future__ import annotations

from theratwin.case import Case, Diagnostic
from theratwin.kinetics.body_fit.block import body_block
from theratwin.kinetics.body_fit.diagnostic import DiagnosticBody
from theratwin.kinetics.body_fit.estimated import estimated, lesions_of
from theratwin.kinetics.body_fit.fit_model import fit_model
from theratwin.kinetics.body_fit.transfer import diagnostic_body, population_ratios
from theratwin.kinetics.curves import Block

_BINDING = frozenset(
    {
        "kidneys",
        "liver",
        "spleen",
        "prostate",
        "parotid_glands",
        "submandibular_glands",
        "lacrimal_glands",
        "salivary_glands",
    }
)
_CLEARANCE = ("patient.tubular_extraction_rate",)


def psma_block(case: Case, decay_constant: float) -> tuple[Block, ...]:
    """Return the whole body of a PSMA patient as one block.

    Raises
    ------
    InputError
        If the ligand is no PSMA ligand, an administration has no amount of ligand, a region that
        was measured is none of the model's, or nothing was measured.
    """
    from theratwin.kinetics.models import psma_body, psma_calibrated, psma_ligand

    ligand = psma_ligand(case.radiopharmaceutical.ligand.name)
    what = estimated(case, ligand, "psma", _BINDING, _CLEARANCE)
    lesions, given = lesions_of(case, case)
    body = psma_body(case, lesions=lesions, given=given, changing=tuple(what.changes))
    model = fit_model("psma", body, case, what, decay_constant)

    def of(diagnostic: Diagnostic) -> DiagnosticBody:
        study = case.of_diagnostic(diagnostic)
        other = psma_ligand(diagnostic.radiopharmaceutical.ligand.name)
        lesions, given = lesions_of(study, case)
        body = psma_body(study, lesions=lesions, given=given)
        known = () if other == ligand else psma_calibrated(other)
        ratios = population_ratios(body, ligand, what, known, study.lesion_names)
        return diagnostic_body("psma", body, case, diagnostic, what, ratios)

    return (body_block(model, case, [of(diagnostic) for diagnostic in case.diagnostics]),)
