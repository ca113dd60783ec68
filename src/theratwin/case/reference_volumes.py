"""Reference organs of the adult, for a case that asks for them in so many words."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Any

from theratwin.case.patient import Volume
from theratwin.case.regions import region
from theratwin.core.errors import InputError

#: Density of blood, g/mL (ICRP Publication 110, adult male, blood).
BLOOD_DENSITY = 1.06


def reference_volume(
    name: str, sex: str, *, absent: Collection[str] = (), relative_uncertainty: float | None = None
) -> Volume:
    """Return the reference volume of an organ of the adult (ICRP-89).

    Parameters
    ----------
    name
        A region, such as ``kidneys``.
    sex
        ``"male"`` or ``"female"``.
    absent
        Regions that the patient lacks; a pair with one side absent counts half.
    relative_uncertainty
        In place of the variation between people.

    Raises
    ------
    InputError
        If there is no reference for the region.

    Examples
    --------
    >>> volume = reference_volume("kidneys", "male")
    >>> round(volume.mass), volume.source
    (310, 'reference adult male (ICRP-89)')
    """
    place = region(name)
    share = _share_present(place.name, absent)
    known = reference_names()
    pair = next((p for p in place.parents if p in known), None) if place.side else None
    whole = place.name if place.name in known else pair
    if whole is None:
        raise InputError(
            "there is no reference volume of this region",
            field="volume",
            value=place.name,
            allowed=known,
            remedy="Give the volume that was measured",
        )
    entry = _tables()["organ"][whole]
    share *= 0.5 if place.name != whole else 1.0
    spread = entry.get("relative_uncertainty", _tables()["default"]["relative_uncertainty"])
    return Volume(
        share * entry[sex] / entry["density"],
        spread if relative_uncertainty is None else relative_uncertainty,
        entry["density"],
        f"reference adult {sex} (ICRP-89)" + (", one side" if share < 1 else ""),
    )


def reference_names() -> tuple[str, ...]:
    """Return the regions that have a reference volume."""
    return tuple(sorted(_tables()["organ"]))


def reference_height(sex: str) -> float:
    """Return the height of the reference adult, mm.

    Examples
    --------
    >>> reference_height("female")
    1630.0
    """
    return float(_tables()["body"][sex]["height"])


def mass_from_surface(area: float, height: float) -> float:
    """Return the body mass (g) of a body surface area (m^2) and a height (mm).

    Du Bois 1916, ``A = 0.007184 m^0.425 h^0.725`` with m in kg and h in cm, solved for m.

    Examples
    --------
    >>> round(mass_from_surface(1.9, 1760.0), -2)
    74000.0
    """
    return 1000.0 * (area / (0.007184 * (height / 10.0) ** 0.725)) ** (1.0 / 0.425)


def _share_present(name: str, absent: Collection[str]) -> float:
    sides = [child for child in region(name).children if child.side]
    if not sides:
        return 1.0
    return sum(side.name not in absent for side in sides) / len(sides)


@cache
def _tables() -> dict[str, Any]:
    text = files("theratwin.case").joinpath("reference_volumes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
