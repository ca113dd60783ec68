"""The whole-body model of PSMA ligands, as a block of the twin."""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.case import Case, Diagnostic
from theratwin.kinetics.body import WholeBody
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

    The priors of a ligand whose set lies over another's are that one's, with the medians of its
    own population.

    Raises
    ------
    InputError
        If the ligand is no PSMA ligand, an administration has no amount of ligand, a region that
        was measured is none of the model's, or nothing was measured.
    """
    from theratwin.kinetics.models import psma_base, psma_body, psma_calibrated, psma_ligand

    ligand = psma_ligand(case.radiopharmaceutical.ligand.name)
    base = psma_base(ligand)
    what = estimated(case, base, "psma", _BINDING, _CLEARANCE)
    lesions, given = lesions_of(case, case)
    body = psma_body(case, lesions=lesions, given=given, changing=tuple(what.changes))

    def ratios_to_base(other: str, body: WholeBody, lesions: Iterable[str]) -> dict[str, float]:
        known = () if other == base else psma_calibrated(other)
        return population_ratios(body, base, what, known, lesions)

    own = ratios_to_base(ligand, body, case.lesion_names)
    what = what.scaled(own)
    model = fit_model("psma", body, case, what, decay_constant)

    def of(diagnostic: Diagnostic) -> DiagnosticBody:
        study = case.of_diagnostic(diagnostic)
        lesions, given = lesions_of(study, case)
        body = psma_body(study, lesions=lesions, given=given)
        other = psma_ligand(diagnostic.radiopharmaceutical.ligand.name)
        found = ratios_to_base(other, body, study.lesion_names)
        ratios = {name: found.get(name, 1.0) / own.get(name, 1.0) for name in {**found, **own}}
        return diagnostic_body("psma", body, case, diagnostic, what, ratios)

    return (body_block(model, case, [of(diagnostic) for diagnostic in case.diagnostics]),)
