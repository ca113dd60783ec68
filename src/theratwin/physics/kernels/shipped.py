"""Dose-point kernels that come with the product, for the nuclides of therapy and imaging."""

from __future__ import annotations

from functools import cache

from theratwin.physics.chain_emissions import weighted_emissions
from theratwin.physics.kernels.nuclide_kernel import NuclideKernel, nuclide_kernel
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import Progeny, chain_weights, refuse_progeny
from theratwin.physics.tables import read_table

FILE = "dose_point_kernels.csv"
MEDIUM = "soft"
#: The nuclides shipped; those of `CHAINS` with all their progeny.
ALONE = (
    "Lu-177", "Tb-161", "Y-90", "I-131", "Cu-67", "F-18", "Ga-68", "Cu-64", "Zr-89", "In-111",
    "I-123",
)  # fmt: skip
CHAINS = ("Ac-225", "Ra-223", "Pb-212", "At-211")


def kernel_of(
    name: str | Nuclide, medium: str = MEDIUM, progeny: Progeny | None = None
) -> NuclideKernel:
    """Return the dose-point kernel of a nuclide by name: as shipped, or computed and kept.

    Parameters
    ----------
    name
        Nuclide, in any spelling.
    medium
        One of the media of the kernels.
    progeny
        As for `chain_weights`. Without it, the nuclide alone, if its progeny hardly counts.

    Raises
    ------
    InputError
        If the nuclide or the medium is unknown.
    UnsupportedError
        If ``progeny`` is not given and adds more than 1 % to the nuclide's energy.

    Examples
    --------
    >>> kernel = kernel_of("Lu-177")
    >>> round(float(kernel.charged[-1]), 3)  # MeV a decay
    0.148
    """
    parent = refuse_progeny(name) if progeny is None else name
    weights = tuple(chain_weights(parent, progeny).items())
    return _kernel(weights, medium)


@cache
def _kernel(weights: tuple[tuple[str, float], ...], medium: str) -> NuclideKernel:
    name = weights[0][0]
    wanted = chain_weights(name, "all" if name in CHAINS else "none")
    if medium == MEDIUM and name in (*ALONE, *CHAINS) and dict(weights) == wanted:
        head, table = _shipped()
        column = head.index(name)
        chain = " + ".join(member for member, weight in weights if weight > 0)
        return NuclideKernel(chain, medium, table[:, 2 * column + 1], table[:, 2 * column + 2])
    return nuclide_kernel(weighted_emissions(dict(weights)), medium)


@cache
def _shipped():
    _, table = read_table(FILE)
    return (*ALONE, *CHAINS), table
