"""Which radiosensitivity belongs to which region."""

from __future__ import annotations

from theratwin.response import Tissue, tissue

_OF_REGION = {
    "kidneys": "kidneys",
    "red_marrow": "marrow",
    "salivary_glands": "salivary_glands",
    "parotid_glands": "salivary_glands",
    "submandibular_glands": "salivary_glands",
    "lacrimal_glands": "salivary_glands",
}
_OF_TARGET = {"psma": "prostate_metastasis", "sstr": "neuroendocrine_tumor"}


def tissue_of(region: str, *, lesion: bool, target: str, species: str = "human") -> Tissue | None:
    """Return the tissue of a region, or of a lesion by the ligand's target; None if unknown.

    What is known is of humans; for animals it is None.

    Examples
    --------
    >>> tissue_of("kidneys", lesion=False, target="psma").alpha_beta
    2.5
    >>> tissue_of("liver", lesion=False, target="psma") is None
    True
    """
    if species != "human":
        return None
    name = _OF_TARGET.get(target) if lesion else _OF_REGION.get(region)
    return None if name is None else tissue(name)
