"""Poor scores of electrons, replaced by what starts in a group and crosses its faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from theratwin.physics.organs.contact import Contact, contact, face_areas, reach
from theratwin.physics.organs.phantom import VoxelPhantom
from theratwin.physics.organs.saf_case import Deposits

CaseKey = tuple[str, str, float]  # source, particle, energy
CONTACT_UP_TO = 0.4  # MeV: electrons that reach the next voxel at most
CONTACT_ERROR = 0.1  # relative: steps of surfaces and matter differ from pair to pair
START_ERROR = 0.01  # relative: bremsstrahlung leaves


def with_contacts(
    phantom: VoxelPhantom, runs: Mapping[CaseKey, Deposits], parts: Sequence[Sequence[int]]
) -> dict[CaseKey, Deposits]:
    """Return cases with what starts in a group and crosses its faces in place of poor scores.

    Parameters
    ----------
    runs
        Deposits by source, particle and energy; those of photons stay as they are.
    """
    better = dict(runs)
    areas = face_areas(phantom)
    touching = {s: contact(phantom, s, parts, areas) for s in {key[0] for key in runs}}
    for energy in {key[2] for key in runs if key[1] == "electron"}:
        keys = [key for key in runs if key[1:] == ("electron", energy)]
        scored = straight = 0.0
        for key in keys:
            touch = touching[key[0]]
            beside = (touch.start == 0) & (touch.into > 0)
            scored += runs[key].fraction[beside].sum()
            straight += reach(energy) * touch.into[beside].sum()
        scale = reach(energy) * scored / straight if straight > 0 else 0.0
        for key in keys:
            better[key] = _with_contact(runs[key], touching[key[0]], scale)
    return better


def _with_contact(deposits: Deposits, touch: Contact, scale: float) -> Deposits:
    """Return the deposits with those of groups replaced that `Contact` tells better."""
    expected = touch.start + scale * (touch.into - touch.out)
    error = CONTACT_ERROR * scale * (touch.into + touch.out) + START_ERROR * touch.start
    known = touch.start > 0 if deposits.case.energy > CONTACT_UP_TO else touch.into > 0
    scored = deposits.standard_error
    # no score at all has no error either
    poor = (deposits.fraction == 0) | (scored > np.maximum(error, CONTACT_ERROR * expected))
    better = (deposits.fraction > 0) & (scored > error)
    use = (expected > error) & known & np.where(touch.start > 0, better | poor, poor)
    return replace(
        deposits,
        fraction=np.where(use, expected, deposits.fraction),
        standard_error=np.where(use, error, scored),
    )
