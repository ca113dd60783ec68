"""Control of lesions by their size, with alpha and with beta emitters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core import InputError
from theratwin.physics.absorbed_fraction import positive
from theratwin.physics.progeny import Progeny
from theratwin.physics.sphere_profile import SphereProfile, sphere_profile
from theratwin.response.quality.lesion_cells import CellDose, LesionCells, cell_dose

Array = NDArray[np.float64]
Chance = Literal["poisson", "stochastic"]
Over = Literal["profile", "mean"]
_LARGE = 1000.0  # g: in its middle every alpha and beta particle is absorbed


@dataclass(frozen=True, eq=False)
class SizeStudy:
    """Outcome of lesions by mass, each array of shape (masses,).

    Parameters
    ----------
    nuclide
        With its progeny if that counts.
    mass
        g.
    concentration
        Time-integrated activity, MBq h/g, the same in all.
    dose
        Mean absorbed dose, Gy.
    log_survival
        Logarithm of the mean surviving fraction over depth and uptake.
    clonogens
        Before treatment.
    control
        Probability that none survives.
    """

    nuclide: str
    mass: Array
    concentration: float
    dose: Array
    log_survival: Array
    clonogens: Array
    control: Array


def control_by_size(
    name: str,
    masses: ArrayLike,
    concentration: float,
    cells: LesionCells,
    *,
    progeny: Progeny = "all",
    chance: Chance = "poisson",
    dose: Over = "profile",
) -> SizeStudy:
    r"""Return control of spheres with the same concentration of activity, by mass.

    A nucleus at depth x in a cell with uptake u (mean 1) gets its own cell's dose times u and the
    rest of the dose there, so that

    .. math:: -\ln S = \alpha D_e + \beta G D_e^2 + n^{own} u (1 - s_1^{own}) + n^{cross} (1 - s_1),
              \qquad D_e = D^{cross}_e(x) + u D^{own}_e

    with n the mean alpha hits of the nucleus and :math:`s_1` what survives one (`TrackCount`).
    Survival is averaged over uptake and volume, edge included. Of N clonogens that each survive
    with S, control is :math:`(1 - S)^N`; where their number is itself Poisson,
    :math:`e^{-N S}`.

    Parameters
    ----------
    name, progeny
        Nuclide, and what of its chain decays in place.
    masses
        g, shape (masses,).
    concentration
        MBq h/g, as of `equal_kill`.
    cells
        Of `lesion_cells`.
    chance
        ``poisson`` or ``stochastic``.
    dose
        ``profile``: each depth its own; ``mean``: every cell the mean of the sphere, which
        forgets that the edge gets half.

    Raises
    ------
    InputError
        If a value is not a positive number or a word is unknown.

    Examples
    --------
    >>> from theratwin.response.quality.lesion_cells import lesion_cells
    >>> cells = lesion_cells()
    >>> study = control_by_size("Y-90", [1e-4, 1.0], equal_kill("Y-90", 25.0, cells), cells)
    >>> study.control.round(3).tolist()
    [0.0, 0.0]
    """
    for field, word, allowed in (
        ("chance", chance, ("poisson", "stochastic")),
        ("dose", dose, ("profile", "mean")),
    ):
        if word not in allowed:
            raise InputError("unknown", field=field, value=word, allowed=allowed)
    mass = np.atleast_1d(positive(masses, "masses", "g"))
    amount = float(positive(concentration, "concentration", "MBq h/g"))
    own = cell_dose(name, cells, progeny)
    profiles = [sphere_profile(name, float(m), progeny=progeny) for m in mass]
    felt = [_leveled(p) for p in profiles] if dose == "mean" else profiles
    kept = np.array([_log_survival(p, amount, own, cells, name) for p in felt])
    number = cells.clonogens * mass
    if chance == "poisson":
        control = np.exp(-number * np.exp(kept))
    else:
        control = np.exp(number * np.log1p(-np.exp(np.minimum(kept, -1e-300))))
    mean = np.array([amount * float(p.share @ p.total) for p in profiles])
    return SizeStudy(name, mass, amount, mean, kept, number, control)


def equal_kill(
    name: str, log_kill: float, cells: LesionCells, *, progeny: Progeny = "all"
) -> float:
    """Return the concentration (MBq h/g) that kills so in the middle of a large lesion.

    Uptake is taken as even, so that nuclides are compared at one effect where size does not
    matter.

    Parameters
    ----------
    log_kill
        -ln S there.
    name, cells, progeny
        As for `control_by_size`.
    """
    from scipy.optimize import root_scalar

    wanted = float(positive(log_kill, "log_kill", "1"))
    own = cell_dose(name, cells, progeny)
    profile = sphere_profile(name, _LARGE, progeny=progeny)
    even = np.ones(1)

    def excess(log_amount: float) -> float:
        kill = _kill(profile, np.exp(log_amount), own, cells, name, even)
        return float(kill[0, 0]) - wanted

    return float(np.exp(root_scalar(excess, bracket=(-30.0, 30.0), xtol=1e-12).root))


def _leveled(profile: SphereProfile) -> SphereProfile:
    """Return the profile of a sphere whose every part gets the mean."""
    return SphereProfile(
        depth=profile.depth[:1],
        share=np.ones(1),
        electrons=np.array([profile.share @ profile.electrons]),
        alphas=np.array([profile.share @ profile.alphas]),
        recoils=profile.recoils,
    )


def _log_survival(
    profile: SphereProfile, amount: float, own: CellDose, cells: LesionCells, name: str
) -> float:
    """Return the logarithm of survival averaged over depth and uptake."""
    uptake, share = cells.uptakes
    kill = _kill(profile, amount, own, cells, name, uptake)
    weight = np.outer(profile.share, share)
    least = float(kill.min())
    return float(np.log(np.sum(weight * np.exp(least - kill)))) - least


def _kill(
    profile: SphereProfile,
    amount: float,
    own: CellDose,
    cells: LesionCells,
    name: str,
    uptake: Array,
) -> Array:
    """Return -ln S, shape (shells, uptakes)."""
    own_electrons = np.minimum(own.own_electrons, profile.electrons)[:, None]
    own_alphas = np.minimum(own.own_alphas, profile.alphas)[:, None]
    electrons = amount * (profile.electrons[:, None] + own_electrons * (uptake - 1.0))
    cross = profile.alphas[:, None] - own_alphas
    hits = cross * own.cross_slope + own_alphas * own.own_slope * uptake
    quadratic = cells.beta * cells.protraction(name) * electrons
    return electrons * (cells.alpha + quadratic) + amount * hits
