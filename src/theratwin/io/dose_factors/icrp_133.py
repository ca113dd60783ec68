"""Specific absorbed fractions of ICRP Publication 133, from the files of its supplement."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.organs import SafTable

Array = NDArray[np.float64]
WHERE = (
    "The files (rcp-am_photon_*.SAF and so on, sregions_*.NDX, torgans_*.NDX) come with ICRP "
    "Publication 133; ICRP does not allow that they are passed on"
)
#: The publication's names of regions, where one of ours means the same.
NAMES = {
    "Adipose": "adipose", "Adrenals": "adrenals", "Blood": "blood", "Brain": "brain",
    "Breast": "breasts", "C-bone-S": "cortical_bone_surface", "C-bone-V": "cortical_bone",
    "Endost-BS": "bone_surfaces", "Eye-lens": "eye_lenses", "GB-cont": "gallbladder_contents",
    "GB-wall": "gallbladder_wall", "Ht-wall": "heart_wall", "Kidneys": "kidneys",
    "LC-cont": "left_colon_contents", "LC-wall": "left_colon_wall", "Liver": "liver",
    "Lungs": "lungs", "Muscle": "muscle", "O-mucosa": "oral_mucosa", "Oesophagus": "esophagus",
    "Ovaries": "ovaries", "P-gland": "pituitary", "Pancreas": "pancreas",
    "Prostate": "prostate", "R-marrow": "red_marrow", "RC-cont": "right_colon_contents",
    "RC-wall": "right_colon_wall", "RS-cont": "rectosigmoid_contents",
    "RS-wall": "rectosigmoid_wall", "S-glands": "salivary_glands",
    "SI-cont": "small_intestine_contents", "SI-wall": "small_intestine_wall", "Skin": "skin",
    "Spleen": "spleen", "St-cont": "stomach_contents", "St-wall": "stomach_wall",
    "T-bone-S": "trabecular_bone_surface", "T-bone-V": "trabecular_bone", "Testes": "testes",
    "Thymus": "thymus", "Thyroid": "thyroid", "Tongue": "tongue", "Tonsils": "tonsils",
    "UB-cont": "bladder_contents", "UB-wall": "bladder_wall", "Ureters": "ureters",
    "Uterus": "uterus",
}  # fmt: skip
_PARTICLES = ("photon", "electron", "alpha")
_HEAD = 4  # lines before the rule that comes before the records; the last lists the energies


def read_icrp_133(folder: Path | str, phantom: str) -> SafTable:
    """Read the specific absorbed fractions of the reference adults.

    Masses are the publication's and include blood: kidneys of the male have 422 g, not 310 g.
    Targets that are layers of stem cells keep the publication's names, such as ``St-stem``. No
    uncertainty is stated there: those of the result are of the models only.

    Parameters
    ----------
    folder
        Folder with the publication's files.
    phantom
        ``"AM"`` or ``"AF"``.

    Raises
    ------
    InputError
        If the phantom is none of the two, or a file is missing or not as described.
    """
    if phantom not in ("AM", "AF"):
        raise InputError("unknown phantom", field="phantom", value=phantom, allowed=("AM", "AF"))
    folder = Path(folder)
    source_mass = _masses(_one(folder, "sregions_*.NDX"), 1 if phantom == "AM" else 3)
    target_mass = _masses(_one(folder, "torgans_*.NDX"), 1 if phantom == "AM" else 2)
    energy, saf = {}, {}
    for particle in _PARTICLES:
        path = _one(folder, f"rcp-{phantom.lower()}_{particle}_*.SAF")
        energy[particle], saf[particle] = _fractions(path, list(source_mass), list(target_mass))
    return SafTable(
        phantom=phantom,
        source_mass=_named(source_mass),
        target_mass=_named(target_mass),
        energy=energy,
        saf=saf,
        relative_uncertainty={p: np.zeros(values.shape) for p, values in saf.items()},
        provenance="ICRP Publication 133 (2016), supplement",
        complete=True,
    )


def _named(masses: dict[str, float]) -> dict[str, float]:
    return {NAMES.get(name, name): mass for name, mass in masses.items()}


def _one(folder: Path, pattern: str) -> Path:
    """Return the newest file of a pattern."""
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    if not found:
        raise InputError("no such file", field=str(folder), value=pattern, remedy=WHERE)
    return found[-1]


def _masses(path: Path, column: int) -> dict[str, float]:
    """Return masses in g; in the files they are in kg."""
    lines = _lines(path)
    heads = [i for i, line in enumerate(lines) if line.split()[:1] and line.split()[0].isdigit()]
    try:
        first = heads[0] + 2  # the number of records, then a rule, then the records
        count = int(lines[heads[0]].split()[0])
        rows = [line.split() for line in lines[first : first + count]]
        return {row[0]: 1e3 * float(row[column]) for row in rows}
    except (IndexError, ValueError) as error:
        raise InputError(f"not a list of masses ({error})", field=str(path)) from error


def _fractions(path: Path, sources: list[str], targets: list[str]) -> tuple[Array, Array]:
    """Return energies, and fractions of shape (sources, targets, energies), 1/kg.

    The column of no energy at all, if there is one, is left out: the next is 1 keV.
    """
    lines = _lines(path)
    if len(lines) <= _HEAD + 1:
        raise InputError("the file is too short", field=str(path), remedy=WHERE)
    words = lines[_HEAD - 1].split()[2:]
    energy = np.array([float(w) for w in words[: _leading_numbers(words)]])
    saf = np.zeros((len(sources), len(targets), energy.size))
    seen = 0
    for line in lines[_HEAD + 1 :]:
        target, arrow, source = line[:10].strip(), line[10:12], line[12:22].strip()
        numbers = line[22:].split()[: energy.size]
        if arrow != "<-" or source not in sources or target not in targets:
            raise InputError(
                "not a record of a source and a target", field=str(path), value=line[:24]
            )
        saf[sources.index(source), targets.index(target)] = [float(n) for n in numbers]
        seen += 1
    if seen != len(sources) * len(targets):
        raise InputError(
            "records are missing",
            field=str(path),
            value=seen,
            allowed=str(len(sources) * len(targets)),
        )
    first = 1 if energy[0] == 0 else 0
    return energy[first:], saf[..., first:]


def _leading_numbers(words: list[str]) -> int:
    return next((i for i, word in enumerate(words) if not _is_number(word)), len(words))


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="latin-1").rstrip().splitlines()
