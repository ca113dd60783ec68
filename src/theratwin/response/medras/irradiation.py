"""The damage of a cell when an exposure ends, or is ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, isinf
from typing import Any

import numpy as np

from theratwin.core import Curve, Exponentials, Pieces, Pulses, Total, UnsupportedError
from theratwin.core._arrays import as_float, namespace
from theratwin.response.medras.misrepair import Damage, fresh, repaired
from theratwin.response.medras.pathways import PATHS, Repair


@dataclass(frozen=True, eq=False)
class Field:
    """What a cell is exposed to.

    Attributes
    ----------
    photons
        Dose rate of photons and electrons (Gy/h); None if there are none.
    ions
        Dose rate of helium ions (Gy/h); None if there are none.
    track_overlap
        The chance that a break of these meets another of its own track.
    """

    photons: Curve | None
    ions: Curve | None = None
    track_overlap: Any = 0.0

    @property
    def curves(self) -> tuple[Curve, ...]:
        """The dose rates."""
        return tuple(curve for curve in (self.photons, self.ions) if curve is not None)

    @property
    def parts(self) -> Iterator[Curve]:
        """The dose rates, each in parts of one form."""
        for curve in self.curves:
            yield from _parts(curve)


def _parts(curve: Curve | None) -> tuple[Any, ...]:
    if curve is None:
        return ()
    return tuple(curve.parts) if isinstance(curve, Total) else (curve,)


def end_of(field: Field) -> float:
    """Return when an exposure ends (h): never, if it decays.

    Examples
    --------
    >>> end_of(Field(Pulses([0.0, 24.0], [2.0, 0.0])))
    0.0
    """
    return max(map(_end_of, field.parts), default=0.0)


def _end_of(curve: Curve) -> float:
    if isinstance(curve, Exponentials):
        return inf if np.any(np.asarray(curve.amplitudes) != 0.0) else 0.0
    if isinstance(curve, Pulses):
        if namespace(curve.amounts) is not np:
            return float(np.max(curve.times, initial=0.0))
        given = _any_patient(np.asarray(curve.amounts) != 0.0)
        return float(np.max(curve.times[given], initial=0.0))
    if not isinstance(curve, Pieces):
        raise UnsupportedError(
            "no end is known for this form of curve", field="curve", value=type(curve).__name__
        )
    running = _any_patient(np.any(np.asarray(curve.coefficients) != 0.0, axis=-1))
    return float(np.max(curve.breaks[1:][running], initial=0.0))


def _any_patient(flags: np.ndarray) -> np.ndarray:
    return np.asarray(flags.reshape(-1, flags.shape[-1]).any(axis=0))


def damages(field: Field, repair: Repair, times: Sequence[float]) -> list[Damage]:
    """Return the damage if the exposure is ended at each of some times (h).

    A later time than the end of the exposure counts as its end; an exposure that decays, given no
    time, ends when all is repaired. Pulses of photons, and of ions at one moment, are done in
    closed form, all else by the network.
    """
    end = end_of(field)
    ends = [min(float(time), end) for time in times]
    if _is_closed(field):
        return [_after_pulses(field, repair, time) for time in ends]
    return _after_any(field, repair, ends)


def _is_closed(field: Field) -> bool:
    parts = list(field.parts)
    pulses = [part for part in parts if isinstance(part, Pulses)]
    if len(pulses) < len(parts):
        return False
    moments = {float(time) for part in pulses for time in part.times}
    return field.ions is None or len(moments) <= 1


def _after_pulses(field: Field, repair: Repair, end: float) -> Damage:
    given = [
        (float(time), part.amounts[..., i], overlap)
        for curve, overlap in ((field.photons, 0.0), (field.ions, field.track_overlap))
        for part in _parts(curve)
        if isinstance(part, Pulses)
        for i, time in enumerate(part.times)
        if time <= end
    ]
    damage, now = fresh(repair, 0.0), 0.0
    for time, dose, overlap in sorted(given, key=lambda pulse: pulse[0]):
        if time > now:
            damage, now = repaired(damage, repair, time - now), time
        damage = damage.with_more(fresh(repair, dose, overlap))
    return damage


def _after_any(field: Field, repair: Repair, ends: Sequence[float]) -> list[Damage]:
    from theratwin.response.driven import follow, settled
    from theratwin.response.medras.damage_network import damage_network, damage_numbers

    overlap = None if field.ions is None else field.track_overlap
    bound = {} if field.photons is None else {"dose_rate": field.photons}
    if field.ions is not None:
        bound["dose_rate.alpha"] = field.ions
    finite = [settled(bound, inf) if isinf(end) else end for end in ends]
    order = np.argsort(finite, kind="stable")
    found = follow(
        damage_network(repair, overlap),
        bound,
        np.asarray(finite)[order],
        parameters=damage_numbers(repair, overlap),
    )
    batched = bool(found.status.size > 1) or any(c.batch_shape for c in field.curves)
    batched = batched or np.ndim(repair.breaks_per_gray) > 0

    def kept(name: str, time: int) -> Any:
        values = found[name][:, time]
        return values if batched else values[0]

    def damage(time: int, end: float) -> Damage:
        def by_path(kind: str) -> Any:
            # A solver leaves what has decayed on either side of zero.
            states = [kept(f"{kind}.{path}", time) for path in PATHS]
            return np.maximum(np.stack(states, axis=-1), 0.0)

        breaks = by_path("breaks")
        near = 0.0 * breaks if overlap is None else by_path("overlap")
        dose = sum(as_float(curve.integral(end=end)) for curve in field.curves)
        made = dose * repair.breaks_per_gray + 0.0 * breaks[..., 0]
        found_here = Damage(breaks, near, kept("misjoined", time), made)
        return repaired(found_here, repair, inf) if isinf(end) else found_here

    places = np.argsort(order, kind="stable")
    return [damage(int(place), end) for place, end in zip(places, ends, strict=True)]
