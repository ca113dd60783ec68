"""Cells in a dish as the places of a carrier."""

from __future__ import annotations

from theratwin.kinetics.generators.site import Site

#: The places of `kinetics.models.in_vitro`, with what each is to a freed atom: spent label is in
#: the medium too.
DISH_SITES = {
    "medium": Site("medium", "medium"),
    "spent": Site("medium", "medium"),
    "membrane": Site("membrane", "surface"),
    "cytoplasm": Site("cytoplasm", "inside"),
    "nucleus": Site("nucleus", "inside"),
}
