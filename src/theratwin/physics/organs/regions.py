"""Which structures of a phantom make up the sources and targets of organ S values."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from theratwin.case.regions import find_region, region, words_of
from theratwin.core.errors import InputError
from theratwin.physics.organs.phantom import SKIN_AT_ENDS, Organ, VoxelPhantom

AIR = (0, 140)  # outside, and in the airways

#: Regions that the registry of regions does not have as such, or not with the same parts.
COMPOSITE = {
    "adipose": ("residual_tissue_parts",),
    "blood_vessels": ("blood_vessel_parts",),
    "left_colon_contents": ("transverse_colon_contents_left", "descending_colon_contents"),
    "left_colon_wall": ("transverse_colon_wall_left", "descending_colon_wall"),
    "rectosigmoid_contents": ("sigmoid_colon_contents",),
    "rectosigmoid_wall": ("sigmoid_colon_wall", "rectum_wall"),
    "right_colon_contents": ("ascending_colon_contents", "transverse_colon_contents_right"),
    "right_colon_wall": ("ascending_colon_wall", "transverse_colon_wall_right"),
}
#: Tissues below the size of a voxel, by mass shares of the media.
DISTRIBUTED = ("red_marrow", "yellow_marrow", "trabecular_bone", "blood")
SKELETAL_TARGETS = ("red_marrow", "bone_surfaces")

_SOLID = (
    "adipose", "adrenals", "brain", "breasts", "colon_wall", "cortical_bone", "esophagus",
    "extrathoracic_airways", "eye_lenses", "eyes", "gallbladder_wall", "heart_wall",
    "kidney_left", "kidney_right", "left_colon_wall", "liver", "lungs", "lymph_nodes", "muscle",
    "oral_mucosa", "ovaries", "pancreas", "pituitary", "prostate", "rectosigmoid_wall",
    "right_colon_wall", "salivary_glands", "skin", "small_intestine_wall", "spinal_cord",
    "spleen", "stomach_wall", "testes", "thymus", "thyroid", "tongue", "tonsils", "trachea",
    "ureters", "uterus", "bladder_wall",
)  # fmt: skip
_CONTENTS = (
    "bladder_contents", "gallbladder_contents", "heart_contents", "left_colon_contents",
    "rectosigmoid_contents", "right_colon_contents", "small_intestine_contents",
    "stomach_contents",
)  # fmt: skip
#: Pairs whose S values follow from those of the two sides.
PAIRS = {"kidneys": ("kidney_left", "kidney_right")}
#: Targets that are made of whole voxels.
TARGETS = tuple(sorted((*_SOLID, *_CONTENTS, "kidneys", "spongiosa", "whole_body")))
#: Sources that are followed by Monte Carlo; the pairs are added to them.
SOURCES = tuple(
    sorted(
        (
            *_CONTENTS, "adipose", "adrenals", "bladder_wall", "blood", "brain", "breasts",
            "cortical_bone", "esophagus", "extrathoracic_airways", "eye_lenses", "eyes",
            "gallbladder_wall", "heart_wall", "kidney_left", "kidney_right", "left_colon_wall",
            "liver", "lungs", "lymph_nodes", "muscle", "oral_mucosa", "ovaries", "pancreas",
            "pituitary", "prostate", "rectosigmoid_wall", "red_marrow", "right_colon_wall",
            "salivary_glands", "skin", "small_intestine_wall", "spinal_cord", "spleen",
            "stomach_wall", "testes", "thymus", "thyroid", "tongue", "tonsils", "trachea",
            "trabecular_bone", "ureters", "uterus", "whole_body",
        )
    )
)  # fmt: skip
#: The wall that surrounds each content.
WALLS = {
    "bladder_contents": "bladder_wall",
    "gallbladder_contents": "gallbladder_wall",
    "heart_contents": "heart_wall",
    "left_colon_contents": "left_colon_wall",
    "rectosigmoid_contents": "rectosigmoid_wall",
    "right_colon_contents": "right_colon_wall",
    "small_intestine_contents": "small_intestine_wall",
    "stomach_contents": "stomach_wall",
}


def region_name(name: str, known: Iterable[str], field: str) -> str:
    """Return the name of a source or target as it stands in a table.

    Besides the names themselves, the synonyms of the registry of regions are understood, and
    "content" for "contents".

    Raises
    ------
    InputError
        If it is none of ``known``.

    Examples
    --------
    >>> region_name("Left kidney", SOURCES, "source")
    'kidney_left'
    >>> region_name("urinary_bladder_content", SOURCES, "source")
    'bladder_contents'
    """
    known = tuple(known)
    by_words = {words_of(each): each for each in known}
    words = tuple("contents" if word == "content" else word for word in words_of(name))
    short = tuple(sorted(word for word in words if word != "urinary"))
    for each in (words, short):
        if each in by_words:
            return by_words[each]
        found = find_region(" ".join(each))
        if found is not None and found.name in known:
            return found.name
    raise InputError("no such region in the table", field=field, value=name, allowed=known)


def members(phantom: VoxelPhantom, name: str) -> tuple[int, ...]:
    """Return the numbers of the structures that make up a region; none of the other sex's.

    The whole body is all that is not air, with the contents and the skin at both ends.
    """
    organs = [organ for n, organ in phantom.organs.items() if n not in AIR and phantom.voxels[n]]
    if name == "whole_body":
        return tuple(sorted(organ.number for organ in organs))
    return tuple(sorted(o.number for o in organs if _is_part(o.name, name)))


@cache
def _is_part(organ: str, name: str) -> bool:
    found = find_region(organ)
    return found is not None and any(found.is_part_of(p) for p in COMPOSITE.get(name, (name,)))


def medium_share(phantom: VoxelPhantom, name: str, organ: Organ) -> float:
    """Return the share of a structure's mass that is of a distributed tissue."""
    if organ.number in (*AIR, SKIN_AT_ENDS):
        return 0.0
    if name == "blood":
        return phantom.blood.get(organ.medium, 0.0)
    red, yellow, bone = phantom.marrow.get(organ.medium, (0.0, 0.0, 0.0))
    shares = {"red_marrow": red, "yellow_marrow": yellow, "trabecular_bone": bone}
    cortical = find_region(organ.name) is not None and _is_part(organ.name, "cortical_bone")
    return 0.0 if cortical else shares[name]


def mass_by_organ(phantom: VoxelPhantom, name: str) -> dict[int, float]:
    """Return the mass (g) of a region in each structure that it has a part in.

    Examples
    --------
    Red marrow is a share of the spongiosa of 19 bones; the liver is one structure.
    """
    if name in DISTRIBUTED:
        numbers = (n for n in phantom.organs if phantom.voxels[n])
        shares = {n: medium_share(phantom, name, phantom.organs[n]) for n in numbers}
    else:
        shares = dict.fromkeys(members(phantom, name), 1.0)
    return {n: share * phantom.mass([n]) for n, share in shares.items() if share > 0}


def region_title(name: str) -> str:
    """Return a region's name as a reader sees it."""
    found = find_region(name) if name not in COMPOSITE else None
    return region(found.name).title if found else name.replace("_", " ").capitalize()
