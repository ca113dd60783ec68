"""Energy that a ball absorbs of tracks that start in a ball or on a surface."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.cells.geometry import Cell
from theratwin.physics.cells.overlap import (
    ball_overlap,
    ball_overlap_apart,
    shell_overlap,
    shell_overlap_apart,
)
from theratwin.physics.cells.tracks import Tracks

Array = NDArray[np.float64]
_POINT, _WEIGHT = np.polynomial.legendre.leggauss(3)


def absorbed_energy(
    tracks: Tracks | None, cell: Cell, apart: float | None = None
) -> dict[str, float]:
    r"""Return the energy absorbed a decay, MeV, for each pair ``target<-source`` of compartments.

    .. math:: \varepsilon = \int_0^\infty \psi(x)\left(-\frac{\mathrm{d}T}{\mathrm{d}x}\right)
              \mathrm{d}x

    with :math:`\psi` of `overlap` and :math:`T` of `Tracks`. Shells are differences of balls,
    so that five integrals give all pairs, and N + Cy = C holds exactly.

    Parameters
    ----------
    tracks
        Of the particles emitted; None if there are none.
    cell
        Source and, unless ``apart`` is given, target too.
    apart
        Distance to the center of a second cell of the same kind, the target, mm.
    """
    if tracks is None:
        return dict.fromkeys(local_shares(cell), 0.0)
    nucleus, whole = cell.nucleus_radius, cell.radius
    balls = {
        (a, b): _integral(tracks, a, b, apart, surface=False)
        for a, b in ((nucleus, nucleus), (nucleus, whole), (whole, whole))
    }
    balls[whole, nucleus] = balls[nucleus, whole]  # V(a, b) = V(b, a): reciprocity
    skin = {b: _integral(tracks, whole, b, apart, surface=True) for b in (nucleus, whole)}
    found = {}
    for target in ("N", "Cy", "C"):
        parts = cell.balls(target)
        found[f"{target}<-CS"] = sum(sign * skin[b] for sign, b in parts)
        for source in ("N", "Cy", "C"):
            shared = sum(s * t * balls[a, b] for s, a in cell.balls(source) for t, b in parts)
            found[f"{target}<-{source}"] = shared / cell.volume(source)
    return found


def absorbed_by(
    tracks: Tracks | None,
    cell: Cell,
    source: str,
    other: Cell,
    target: str,
    apart: float | None = None,
) -> float:
    """Return the same for one pair, of cells that may differ in size, MeV a decay.

    Without ``apart`` the two are concentric: the cell itself, if ``other`` is the same.
    """
    if tracks is None:
        return 0.0
    if source == "CS":
        return sum(
            sign * _integral(tracks, cell.radius, b, apart, surface=True)
            for sign, b in other.balls(target)
        )
    shared = sum(
        s * t * _integral(tracks, a, b, apart, surface=False)
        for s, a in cell.balls(source)
        for t, b in other.balls(target)
    )
    return shared / cell.volume(source)


def _integral(tracks: Tracks, a: float, b: float, apart: float | None, *, surface: bool) -> float:
    """Return the integral of the overlap (mm3; of a surface its share) times energy lost."""
    shape: Callable[[Array], Array]
    corners = np.array([abs(a - b), a + b])
    if apart is None:
        together = shell_overlap if surface else ball_overlap
        shape = lambda x: together(a, b, x)  # noqa: E731
        knots = np.r_[0.0, corners]
    else:
        elsewhere = shell_overlap_apart if surface else ball_overlap_apart
        shape = lambda x: elsewhere(a, b, apart, x)  # noqa: E731
        # touching cells overlap from a distance just above zero on
        start = max(apart - a - b, 1e-9 * apart)
        near = np.abs(apart - corners)
        knots = np.r_[np.linspace(start, apart + a + b, 65), near, apart + corners]
        knots = knots[knots >= start]
    x = _nodes(tracks, knots)
    if len(x) < 2:
        return 0.0
    half = 0.5 * np.diff(x)[:, None]
    points = (x[:-1, None] + half * (1 + _POINT)).ravel()
    values = shape(points) * tracks.lost_at(points)
    return float((half * _WEIGHT).ravel() @ values)


def _nodes(tracks: Tracks, knots: Array) -> Array:
    """Return the tracks' distances between the first and last knot, with the knots."""
    first, last = knots.min(), min(knots.max(), tracks.x[-1])
    inside = tracks.x[(tracks.x >= first) & (tracks.x <= last)]
    return np.unique(np.r_[inside, knots[knots <= last], last if last > first else first])


def local_shares(cell: Cell, apart: float | None = None) -> dict[str, float]:
    """Return the share of what stops where it starts that each target keeps, for each pair.

    Of what stops on the membrane, half is in the cytoplasm.
    """
    if apart is not None:
        return {f"{t}<-{s}": 0.0 for t in ("N", "Cy", "C") for s in ("N", "Cy", "CS", "C")}
    part = (cell.nucleus_radius / cell.radius) ** 3
    inside = {
        "N": {"N": 1.0, "Cy": 0.0, "CS": 0.0, "C": part},
        "Cy": {"N": 0.0, "Cy": 1.0, "CS": 0.5, "C": 1 - part},
        "C": {"N": 1.0, "Cy": 1.0, "CS": 0.5, "C": 1.0},
    }
    return {f"{t}<-{s}": share for t, row in inside.items() for s, share in row.items()}
