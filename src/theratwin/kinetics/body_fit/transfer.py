"""From a diagnostic's ligand to the therapy's: what is known of their difference, what is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from theratwin.case import Case, Diagnostic
from theratwin.core import LogNormal, parameter_set
from theratwin.kinetics.body import WholeBody
from theratwin.kinetics.body_fit.block import check_regions
from theratwin.kinetics.body_fit.diagnostic import DiagnosticBody
from theratwin.kinetics.body_fit.estimated import UNDELINEATED, Estimated, kind_of, prior_of
from theratwin.kinetics.body_fit.experiment import Experiment
from theratwin.kinetics.body_fit.fit_model import fit_model
from theratwin.physics import nuclide

#: What says how much a region takes up, and what says how fast the ligand leaves.
_UPTAKE = ("receptor_density", "uptake_maximum")
_CLEARANCE = ("tubular_extraction_rate", "gfr")


def population_ratios(
    body: WholeBody, ligand: str, what: Estimated, known: Iterable[str], lesions: Iterable[str]
) -> dict[str, float]:
    """Return the ratios of a diagnostic's uptake of PSMA ligands to the therapy's: of populations.

    Parameters
    ----------
    body
        The diagnostic's body, with the values of its own ligand's set.
    ligand
        The therapy's ligand, whose priors' medians are the other population.
    what
        What is estimated of the therapy.
    known
        The parameters that the diagnostic's ligand was calibrated in, by region or kind.
    lesions
        Which regions are lesions.
    """
    values = {parameter.name: parameter.value for parameter in body.network.parameters}
    known, found = set(known), {}
    for name in what.priors:
        region, _, key = name.rpartition(".")
        kind = kind_of(region, lesions)
        # All tumor that was not delineated binds as lesions do; its own prior says how much of it.
        place = kind if region == UNDELINEATED else region
        if key in _UPTAKE and name in values and {name, f"{kind}.{key}"} & known:
            found[name] = values[name] / prior_of(ligand, "psma", place, kind, key).median
    return found


def diagnostic_body(
    name: str,
    body: WholeBody,
    case: Case,
    diagnostic: Diagnostic,
    what: Estimated,
    ratios: Mapping[str, float],
) -> DiagnosticBody:
    """Return a diagnostic as the fit sees it.

    Parameters
    ----------
    name
        The model's.
    body
        The patient's body with the diagnostic's radiopharmaceutical.
    case, diagnostic
        The case, and which of its diagnostics.
    what
        What is estimated.
    ratios
        Known ratios to the therapy, by parameter.

    Raises
    ------
    InputError
        If the body lacks a region that was measured.
    """
    study = case.of_diagnostic(diagnostic)
    decay_constant = nuclide(diagnostic.radiopharmaceutical.nuclide).decay_constant
    common = Estimated(what.priors, {}, {})
    model = fit_model(name, body, study, common, decay_constant)
    check_regions(model, diagnostic.measurements)
    experiment = Experiment(
        model,
        study.schedule.administrations,
        tuple(diagnostic.measurements),
        study.lesion_names,
        diagnostic=True,
    )
    deviations = _deviations(model.priors, case, diagnostic)
    spread = _spread(case, diagnostic)
    priors = {each: spread[_kind(each)] for each in dict.fromkeys(deviations.values())}
    return DiagnosticBody(experiment, ratios, deviations, priors)


def _deviations(shared: Iterable[str], case: Case, diagnostic: Diagnostic) -> dict[str, str]:
    """Return the deviation that scales each parameter, if the radiopharmaceutical is another."""
    given, planned = diagnostic.radiopharmaceutical, case.radiopharmaceutical
    if (given.ligand, given.nuclide) == (planned.ligand, planned.nuclide):
        return {}
    found = {}
    for name in shared:
        region, _, key = name.rpartition(".")
        if key in _UPTAKE:
            found[name] = f"transfer.{kind_of(region, case.lesion_names)}[{diagnostic.name}]"
        elif key in _CLEARANCE:
            found[name] = f"transfer.clearance[{diagnostic.name}]"
    return found


def _kind(deviation: str) -> str:
    return deviation.partition("[")[0].removeprefix("transfer.")


def _spread(case: Case, diagnostic: Diagnostic) -> dict[str, LogNormal]:
    """Return the deviations' priors: another ligand, or the same with another label."""
    same = diagnostic.radiopharmaceutical.ligand == case.radiopharmaceutical.ligand
    branch = "label" if same else "ligand"
    known = parameter_set("kinetics", "ligand_transfer")
    return {
        name.split(".")[1]: LogNormal(1.0, known.value(name))
        for name in known
        if name.startswith(f"{branch}.")
    }
