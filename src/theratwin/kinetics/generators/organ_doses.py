"""Doses of a chain to the organs of a phantom, from decays in all of them, member by member."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from theratwin.core.errors import InputError
from theratwin.kinetics.generators.doses import MemberDose
from theratwin.kinetics.generators.generator import Generator
from theratwin.physics import emissions
from theratwin.physics.organs import SafTable, organ_s_values

_REST = "whole_body"
#: Regions that a phantom calls otherwise, or that it has as part of something larger.
_SOURCES = {
    "bladder": "bladder_contents",
    "trabecular_bone_surface": "trabecular_bone_surface",
    "cortical_bone_surface": "cortical_bone_surface",
    "trabecular_bone_volume": "trabecular_bone",
    "cortical_bone_volume": "cortical_bone",
    "bone": "cortical_bone",
    "trabecular_marrow": "red_marrow",
    "cortical_marrow": "cortical_bone",
    "parotid_glands": "salivary_glands",
    "submandibular_glands": "salivary_glands",
    "heart": "heart_wall",
    "gut": "small_intestine_wall",
    **dict.fromkeys(("soft_tissue", "other_tissues", "lacrimal_glands", "ovaries"), _REST),
}
_LEFT = ("urine", "feces", "excreta", "released")


def phantom_sources(
    model: Generator, table: SafTable, given: Mapping[str, str | None] | None = None
) -> dict[str, str]:
    """Return what the model's regions are called as sources of a phantom.

    What has left the body is no source; a region is the phantom's of the same name, or what it is
    part of there: soft tissue without a name counts as spread over the whole body.

    Parameters
    ----------
    model, table
        The chain's model; specific absorbed fractions of the phantom.
    given
        Regions to sources that replace these; None leaves a region out.

    Raises
    ------
    InputError
        If a region, such as a tumor, is not the phantom's and not given.
    """
    found: dict[str, str] = {}
    for region in model.regions:
        source = (given or {}).get(region, _SOURCES.get(region, region))
        if source is None or (region in _LEFT and region not in (given or {})):
            continue
        if source not in table.sources and region not in _SOURCES:
            raise InputError(
                "the phantom has no such source",
                field="given",
                value=region,
                allowed=table.sources,
                remedy=f"Say what it counts as, or leave it out: {{{region!r}: None}}",
            )
        found[region] = source
    return found


def organ_doses(
    model: Generator,
    integrals: Mapping[str, ArrayLike],
    table: SafTable,
    sources: Mapping[str, str],
) -> dict[str, dict[str, MemberDose]]:
    r"""Return what each member's decays in all sources give to every target of a phantom.

    .. math:: D_i(t) = \sum_s \tilde A_i(s)\, S_i(t \leftarrow s)

    (MIRD Pamphlet No. 21) with S values of the member alone, of the phantom's masses.

    Parameters
    ----------
    model
        The chain's model.
    integrals
        Its quadratures (MBq h).
    table
        Specific absorbed fractions, such as ``shipped_saf_table("AM")``.
    sources
        Region of the model to source of the table, see `phantom_sources`. Regions that are not
        named give no dose.

    Returns
    -------
    dict
        Target to member to dose (Gy), unweighted.

    Raises
    ------
    InputError
        If a region or a source is unknown.
    """
    found: dict[str, dict[str, MemberDose]] = {}
    for region, source in sources.items():
        if region not in model.regions:
            raise InputError("never there", field="sources", value=region, allowed=model.regions)
        for member in model.present(region):
            decays = np.asarray(integrals[model.time_integrated_activity(region, member)], float)
            s = organ_s_values(table, emissions(member), source)
            for i, target in enumerate(s.targets):
                parts = (decays * part[i] for part in (s.electrons, s.photons, s.alphas))
                _add(found.setdefault(target, {}), MemberDose(member, *parts))
    return found


def _add(doses: dict[str, MemberDose], new: MemberDose) -> None:
    old = doses.get(new.member)
    parts = ("electrons", "photons", "alphas")
    if old is not None:
        sums = (getattr(old, part) + getattr(new, part) for part in parts)
        new = MemberDose(new.member, *sums)
    doses[new.member] = new
