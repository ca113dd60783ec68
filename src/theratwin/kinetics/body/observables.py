"""What can be measured: activity by region, concentration in blood, and their time integrals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from theratwin.dynamics import Expression
from theratwin.kinetics.body.binding import RELEASED
from theratwin.kinetics.body.draft import Draft, Label
from theratwin.kinetics.body.excretion import FECES, URINE
from theratwin.kinetics.body.physiology import Physiology

#: Places of what has left the body.
OUTSIDE = (URINE, FECES, RELEASED)
#: White cells that bind what is in the vein: a sample of blood has them.
BLOOD_CELLS = "blood_cells"
#: A region that is the sum of others, where the body has all of them.
_SUMS = {"salivary_glands": ("parotid_glands", "submandibular_glands")}


def add_observables(
    draft: Draft, body: Physiology, specific: Mapping[str, Expression]
) -> dict[str, tuple[str, ...]]:
    """Add the observables and their integrals; returns the regions with their places.

    The activity of a region counts all its spaces, its blood too. With several ligands the names
    end in the ligand's.
    """
    regions = _regions(draft)
    hot = [label for label in draft.labels if label.hot]
    for label in hot:
        end = f".{label.ligand.name}" if len(hot) > 1 else ""
        per_amount = specific[label.name]
        for region, places in regions.items():
            activity = per_amount * _sum(draft, places, label)
            _add(draft, "activity", region + end, activity, "MBq")
        for place in OUTSIDE:
            if place in draft.places:
                activity = per_amount * draft.amount(place, label)
                draft.builder.observable(f"activity.{place}{end}", activity, "MBq")
        carried = draft.builder.concentration(draft.amount("vein", label))
        if BLOOD_CELLS in regions:
            carried = carried + _sum(draft, regions[BLOOD_CELLS], label) / draft.volumes["vein"]
        in_blood = per_amount * carried * body.plasma_share
        _add(draft, "concentration", f"blood{end}", in_blood, "MBq/mL")
    return {region: tuple(places) for region, places in regions.items()}


def _regions(draft: Draft) -> dict[str, list[str]]:
    """Return every region that is observed, with its places; the whole body comes last."""
    found = dict(draft.regions)
    for name, parts in _SUMS.items():
        if name not in found and all(part in found for part in parts):
            found[name] = [place for part in parts for place in found[part]]
    if len(draft.plan.lesions) > 1:
        found["tumor"] = [place for lesion in draft.plan.lesions for place in found[lesion]]
    found["whole_body"] = [place for place in draft.places if place not in OUTSIDE]
    return found


def _sum(draft: Draft, places: Iterable[str], label: Label) -> Expression:
    first, *others = (draft.amount(place, label) for place in places)
    for amount in others:
        first = first + amount
    return first


def _add(draft: Draft, kind: str, name: str, value: Expression, unit: str) -> None:
    draft.builder.observable(f"{kind}.{name}", value, unit)
    draft.builder.quadrature(f"time_integrated_{kind}.{name}", value, _times_hour(unit))


def _times_hour(unit: str) -> str:
    over, slash, under = unit.partition("/")
    return f"{over} h{slash}{under}"
