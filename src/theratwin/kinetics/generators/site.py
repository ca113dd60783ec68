"""Where a labeled ligand is, as far as a freed atom is concerned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from theratwin.core.errors import InputError
from theratwin.kinetics.body import WholeBody

#: ``blood``: a freed atom circulates; ``medium``: of a dish, in the place of blood; ``surface``: on
#: a membrane or between cells, from where blood or the medium washes it out; ``inside``: in a cell;
#: ``outside``: left the circulation, stays.
Kind = Literal["blood", "medium", "surface", "inside", "outside"]
KINDS = ("blood", "medium", "surface", "inside", "outside")
_BLOOD = ("vascular", "vein", "artery", "arteries", "blood", "plasma")
_INSIDE = (
    *("internalized", "reabsorbed", "cytoplasm", "nucleus"),
    *("endosomes", "recycling", "catabolites"),
)
_SURFACE = ("interstitial", "bound", "tubular", "membrane", "lymph_nodes")
_OUTSIDE = (
    *("urine", "feces", "bladder", "released"),
    *("gallbladder_contents", "small_intestine_contents", "colon_contents"),
)


@dataclass(frozen=True)
class Site:
    """A place of the carrier.

    Parameters
    ----------
    region
        The region whose activity counts what is there.
    kind
        See `Kind`.
    """

    region: str
    kind: Kind

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(
                f"no such kind of site, of region {self.region!r}",
                field="kind",
                value=self.kind,
                allowed=KINDS,
                remedy="Site takes the region first, then the kind",
            )


def body_sites(body: WholeBody) -> dict[str, Site]:
    """Return the sites of a whole body, by its places' names.

    Of regions that hold others each place counts to the smallest, and to ``blood`` if to none.
    What is freed in an organ's blood counts as the region ``blood``. The tubule's receptors are
    surfaces, so that atoms freed there go to blood: to let them stay in the cells instead,
    replace the site of ``kidneys.bound``. Lymph goes to blood, as fluid between cells does.

    Raises
    ------
    InputError
        If it is not known what a place is.

    Examples
    --------
    >>> from theratwin.kinetics import psma_body
    >>> sites = body_sites(psma_body(ligand="psma-617", lesions=["tumor_2"]))
    >>> sites["kidneys.internalized"], sites["urine"].kind
    (Site(region='kidneys', kind='inside'), 'outside')
    """
    hot = body.labels[0].name
    regions = sorted(body.regions.items(), key=lambda item: -len(item[1]))
    region_of = {place: region for region, places in regions[1:] for place in places}
    places = [
        s.name.removesuffix(f".{hot}") for s in body.network.species if s.name.endswith(f".{hot}")
    ]
    kinds: dict[str, Kind] = {place: _kind(place) for place in places}
    lone = {place: "blood" if kind == "blood" else place for place, kind in kinds.items()}
    return {p: Site(region_of.get(p, lone[p]), kind) for p, kind in kinds.items()}


def _kind(place: str) -> Kind:
    last = place.rpartition(".")[2]
    kinds: dict[Kind, tuple[str, ...]] = {
        "blood": _BLOOD,
        "surface": _SURFACE,
        "inside": _INSIDE,
        "outside": _OUTSIDE,
    }
    for kind, names in kinds.items():
        if last in names:
            return kind
    raise InputError(
        "a place of which is not known what it is to a freed atom",
        field="body",
        value=place,
        remedy="Write the sites of its places yourself",
    )


def checked_sites(sites: Mapping[str, Site], places: Mapping[str, str]) -> dict[str, Site]:
    """Return the sites of the places, each of which must have one and no other."""
    for name in places:
        if name not in sites:
            raise InputError(
                "the place has no site",
                field="sites",
                value=name,
                remedy=f"Say whether it is {', '.join(KINDS[:-1])} or {KINDS[-1]}",
            )
    for name in sites:
        if name not in places:
            raise InputError(
                "the carrier is not there", field="sites", value=name, allowed=sorted(places)
            )
    kinds = {sites[name].kind for name in places}
    if {"blood", "medium"} <= kinds:
        raise InputError("blood and the medium of a dish at once", field="sites")
    return {name: sites[name] for name in places}
