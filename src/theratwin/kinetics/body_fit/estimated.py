"""Which parameters of a whole body are estimated for a case, with what priors and changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from theratwin.case import Case
from theratwin.core import LogNormal, parameter_set
from theratwin.core.errors import UnsupportedError
from theratwin.kinetics.models.patient import patient_given
from theratwin.kinetics.priors import cycle_changes
from theratwin.kinetics.region_curve import CycleChange

_GLANDS = frozenset(
    {"parotid_glands", "submandibular_glands", "lacrimal_glands", "salivary_glands"}
)
#: All tumor that was not delineated, as one more lesion: it takes ligand from the others, and the
#: whole body's activity holds its own. Its volume (mL) is nominal; what is estimated is how much
#: it binds.
UNDELINEATED, UNDELINEATED_VOLUME = "undelineated_tumor", 100.0

#: Estimated in every region that binds the ligand.
_LOCAL = ("receptor_density", "release")
#: Whether a parameter changes from cycle to cycle.
_CHANGING = ("receptor_density", "uptake_maximum", "tubular_extraction_rate", "gfr")


@dataclass(frozen=True)
class Estimated:
    """What is estimated.

    Parameters
    ----------
    priors
        Parameter to its prior.
    changes
        Parameter to how it changes between cycles.
    begins
        Parameter of a lesion that appears later to the number of that cycle, from 0.
    """

    priors: dict[str, LogNormal]
    changes: dict[str, CycleChange]
    begins: dict[str, int]

    def scaled(self, ratios: Mapping[str, float]) -> Estimated:
        """Return the same with the medians of some priors multiplied."""
        priors = {
            name: LogNormal(prior.median * ratios.get(name, 1.0), prior.gsd)
            for name, prior in self.priors.items()
        }
        return replace(self, priors=priors)


def estimated(
    case: Case,
    ligand: str,
    target: str,
    binding: frozenset[str],
    clearance: tuple[str, ...],
    local: Mapping[str, tuple[str, ...]] | None = None,
) -> Estimated:
    """Return what is estimated for a case.

    Receptor density and release rate of the kidneys, of every other binding organ that was
    measured or whose volume is declared, of every lesion, and of all tumor that was not delineated
    if the whole body was measured, which tells of it; and the patient's clearance: the filtration
    rate where it was measured, with that measurement as its prior. The densities and the clearance
    walk from cycle to cycle as uptake does in patients: that of tumors to 73, 50 and 44 %
    (Siebinga 2024), that of organs without a trend.

    Parameters
    ----------
    case
        The case.
    ligand, target
        Branches of the parameter set ``body_priors``; the ligand's own values go first, then those
        of ``TARGET_amino_acids`` if amino acids were given.
    binding
        Organs of the model with receptors.
    clearance
        Parameters of the patient's clearance where the filtration rate was not measured.
    local
        Regions with other parameters than receptor density and release rate, to these.
    """
    kinds = _kinds(case, binding)
    protected = any(each.amino_acids is not None for each in case.schedule)
    branches = (ligand, *((f"{target}_amino_acids",) if protected else ()), target)
    priors = {
        f"{region}.{key}": _prior(branches, f"{region}.{key}", f"{kind}.{key}")
        for region, kind in kinds.items()
        for key in (local or {}).get(region, _LOCAL)
    }
    priors |= _measured(case) or {name: _prior(branches, name) for name in clearance}
    changes, begins = {}, {}
    for name in priors:
        region, _, key = name.rpartition(".")
        if key in _CHANGING:
            lesion = kinds.get(region) in {"lesion", UNDELINEATED}
            changes[name] = cycle_changes(target, lesion=lesion)["uptake"]
    for lesion in case.lesions:
        if lesion.appears is not None:
            begins[f"{lesion.name}.receptor_density"] = case.schedule.names.index(lesion.appears)
    return Estimated(priors, changes, begins)


def _measured(case: Case) -> dict[str, LogNormal]:
    """Return the prior that a measured filtration rate is; nothing if there is none."""
    given = patient_given(case).parameters
    known = {name: each.distribution for name, each in given.items() if name == "patient.gfr"}
    return {name: each for name, each in known.items() if isinstance(each, LogNormal)}


def has_undelineated(case: Case) -> bool:
    """Whether the body has tumor that was not delineated: if the whole body was measured."""
    return "whole_body" in case.regions_measured


def lesions_of(case: Case, patient: Case) -> tuple[tuple[str, ...], dict[str, float]]:
    """Return the lesions of a body, and what is given of the one that was not delineated.

    Parameters
    ----------
    case
        The therapy, or one diagnostic as a case of its own.
    patient
        The whole case, which says whether there is tumor that was not delineated.
    """
    if not has_undelineated(patient):
        return case.lesion_names, {}
    return (*case.lesion_names, UNDELINEATED), {f"{UNDELINEATED}.volume": UNDELINEATED_VOLUME}


def kind_of(region: str, lesions: Iterable[str]) -> str:
    """Return the kind of a region that binds: ``kidneys``, ``gland``, ``organ`` or ``lesion``.

    Examples
    --------
    >>> kind_of("parotid_glands", ["met"]), kind_of("met", ["met"])
    ('gland', 'lesion')
    """
    return "lesion" if region == UNDELINEATED or region in set(lesions) else _kind(region)


def _kinds(case: Case, binding: frozenset[str]) -> dict[str, str]:
    kinds = {region: _kind(region) for region in _organs(case, binding)}
    kinds |= dict.fromkeys(case.lesion_names, "lesion")
    if has_undelineated(case):
        kinds[UNDELINEATED] = UNDELINEATED
    return kinds


def _organs(case: Case, binding: frozenset[str]) -> list[str]:
    wanted = {"kidneys", *case.regions_measured, *case.patient.organs} & binding
    if wanted & {"parotid_glands", "submandibular_glands"}:
        wanted.discard("salivary_glands")  # then it is their sum
    return sorted(wanted)


def _kind(region: str) -> str:
    if region == "kidneys":
        return region
    return "gland" if region in _GLANDS else "organ"


def prior_of(ligand: str, target: str, region: str, kind: str, key: str) -> LogNormal:
    """Return the prior of a region's parameter, or that of its kind.

    Examples
    --------
    >>> prior_of("psma617", "psma", "parotid_glands", "gland", "receptor_density").median
    0.0039
    """
    return _prior((ligand, target), f"{region}.{key}", f"{kind}.{key}")


def _prior(branches: tuple[str, ...], *names: str) -> LogNormal:
    """Return the prior of the first name that a branch has, the ligand's before its target's."""
    known = parameter_set("kinetics", "body_priors")
    tried = [f"{branch}.{name}" for name in names for branch in branches]
    name = next((each for each in tried if each in known), tried[-1])
    distribution = known[name].distribution
    if not isinstance(distribution, LogNormal):
        raise UnsupportedError("this prior must be log-normal", field=name)
    return distribution
