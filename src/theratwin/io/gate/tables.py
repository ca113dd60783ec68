"""From CT numbers to materials, as the text tables that GATE reads (Schneider et al. 2000)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from theratwin.physics.matter import Material, elements, schneider_materials
from theratwin.physics.matter.hounsfield import DENSITY, SYMBOLS, lowest_hounsfield

#: CT numbers are cut to this range: beyond it GATE's tables know no material.
RANGE = (-1050, 3000)
#: GATE calls elements by name.
_NAMES = {
    "H": "Hydrogen", "C": "Carbon", "N": "Nitrogen", "O": "Oxygen", "Na": "Sodium",
    "Mg": "Magnesium", "P": "Phosphor", "S": "Sulfur", "Cl": "Chlorine", "Ar": "Argon",
    "K": "Potassium", "Ca": "Calcium", "Ti": "Titanium", "Cu": "Copper", "Zn": "Zinc",
    "Ag": "Silver", "Sn": "Tin",
}  # fmt: skip


def materials_table() -> str:
    """Return the table of materials: the lowest CT number of each, mass percents, its name.

    The last material stands twice, so that its range has an end.

    Examples
    --------
    >>> materials_table().splitlines()[0]
    '[Elements]'
    """
    rows = [
        (int(low), material)
        for low, material in zip(lowest_hounsfield(), schneider_materials(), strict=True)
    ]
    rows.append((RANGE[1], rows[-1][1]))
    names = " ".join(_NAMES[symbol] for symbol in SYMBOLS)
    lines = ["[Elements]", names, "[/Elements]", "# HU " + " ".join(SYMBOLS) + " name"]
    return "\n".join([*lines, *(_line(low, material) for low, material in rows), ""])


def _line(low: int, material: Material) -> str:
    percents = [100.0 * material.fractions.get(z, 0.0) for z in _atomic_numbers()]
    words = [str(low), *(f"{percent:.6g}" for percent in percents), gate_name(material.name)]
    return " ".join(words)


def _atomic_numbers() -> list[int]:
    numbers = {element.symbol: z for z, element in elements().items()}
    return [numbers[symbol] for symbol in SYMBOLS]


def gate_name(name: str) -> str:
    """Return a material's name in one word; GATE takes what holds ``Air`` as one density.

    Examples
    --------
    >>> gate_name("air"), gate_name("adipose and soft 1")
    ('Air', 'Adipose_and_soft_1')
    """
    return "_".join(name.split()).capitalize()


def densities_table() -> str:
    """Return the table of density (g/mL) at CT numbers, straight between its rows.

    Examples
    --------
    >>> densities_table().splitlines()[1]
    '-1000 0.00121'
    """
    rows = [f"{hu:g} {density:g}" for hu, density in np.transpose(DENSITY)]
    return "\n".join(["# HU density_g_per_mL", *rows, ""])


def weights(material: Material) -> Mapping[str, float]:
    """Return mass fraction by symbol of an element.

    Examples
    --------
    >>> from theratwin.physics.matter import material
    >>> {symbol: round(part, 4) for symbol, part in weights(material("water")).items()}
    {'H': 0.1119, 'O': 0.8881}
    """
    return {elements()[z].symbol: part for z, part in material.fractions.items()}
