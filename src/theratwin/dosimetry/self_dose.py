"""Dose of an organ or lesion to itself, by the MIRD schema."""

from __future__ import annotations

from typing import Any

from jaxtyping import Float

from theratwin.case import region as part
from theratwin.physics import sphere_s_value

#: Regions that are pairs of separate bodies, each irradiating itself.
PAIRED = {
    "kidneys": 2,
    "parotid_glands": 2,
    "submandibular_glands": 2,
    "lacrimal_glands": 2,
    "salivary_glands": 4,
    "lungs": 2,
    "adrenals": 2,
}


def bodies(region: str, absent: tuple[str, ...] = ()) -> int:
    """Return how many separate bodies a region consists of, such as two kidneys.

    Parameters
    ----------
    region
        Canonical name.
    absent
        Bodies that the patient does not have, such as ``"kidney_left"``.

    Examples
    --------
    >>> bodies("kidneys"), bodies("kidneys", ("kidney_left",)), bodies("liver")
    (2, 1, 1)
    """
    if region not in PAIRED:
        return 1
    missing = sum(side in absent for side in _sides(region))
    return max(PAIRED[region] - missing, 1)


def _sides(region: str) -> list[str]:
    """Return the names of a pair's two sides, or of all sides of the pairs in it."""
    children = part(region).children
    pairs = [child for child in children if child.name in PAIRED] or [part(region)]
    return [child.name for pair in pairs for child in pair.children if child.side]


def self_s_value(
    nuclide: str, mass: Float[Any, "*batch"], *, bodies: int = 1, density: float = 1.05
) -> Float[Any, "*batch"]:
    r"""Return the self-dose S value of a region, Gy/(MBq h).

    .. math:: S(r \leftarrow r) = \frac{1}{m} \sum_i E_i Y_i\, \phi_i(m)

    (MIRD Pamphlet No. 21) with absorbed fractions of spheres. A region of several bodies is taken
    as equal spheres that share mass and activity and do not irradiate each other, so that its S
    value is that of one body over their number.

    Parameters
    ----------
    nuclide
        Name, such as ``"Lu-177"``.
    mass
        Mass of the whole region (g).
    bodies
        Number of separate bodies.
    density
        Density (g/mL).

    Raises
    ------
    UnsupportedError
        If the nuclide's dose is dominated by daughters or alpha particles.

    Examples
    --------
    Kidneys of 310 g; a published model of two kidneys gives 7.75e-5 mGy/(MBq s) = 2.79e-4:

    >>> round(float(self_s_value("Lu-177", 310.0, bodies=2)) * 1e4, 1)
    2.8
    """
    one = sphere_s_value(nuclide, mass / bodies, density=density)
    return one.total / bodies
