"""Parameters and times as given, checked and spread over the patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.dynamics.system import System


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a solution starts from.

    Parameters
    ----------
    parameters, switches
        Values in the order of their slots.
    times
        When results are kept (h).
    start
        When all start (h).
    ends
        When each patient ends (h).
    """

    parameters: Float[np.ndarray, "patient parameter"]
    switches: Float[np.ndarray, "patient switch"]
    times: Float[np.ndarray, "*patient time"]
    start: float
    ends: Float[np.ndarray, " patient"]

    @property
    def patients(self) -> int:
        """Number of patients."""
        return len(self.ends)

    @classmethod
    def of(
        cls,
        system: System,
        parameters: Mapping[str, Any],
        times: Any,
        start: float,
        end: Any,
        others: Mapping[str, tuple[int, ...]],
    ) -> Inputs:
        """Check and spread; the shapes of ``others`` count patients too.

        Raises
        ------
        InputError
            If a name is unknown, a shape does not fit, or times decrease.
        """
        defaults = {**system.parameters, **system.switches}
        for name in parameters:
            if name not in defaults:
                raise InputError(
                    "no such parameter", field="parameters", value=name, allowed=defaults
                )
        given = {name: _numbers(value, name) for name, value in parameters.items()}
        times = np.ascontiguousarray(times, dtype=float)
        shapes = {**others, **{name: array.shape for name, array in given.items()}}
        shapes |= {"times": times.shape[:-1]}
        if end is not None:
            shapes |= {"end": np.shape(end)}
        patients = _patients(shapes)
        _check_times(times, start, end)
        last = times.max(axis=-1) if end is None else np.asarray(end, dtype=float)

        def table(names: tuple[str, ...]) -> np.ndarray:
            values = np.empty((patients, len(names)))
            for column, name in enumerate(names):
                values[:, column] = given.get(name, defaults[name])
            return values

        return cls(
            table(tuple(system.parameters)),
            table(tuple(system.switches)),
            times,
            float(start),
            np.ascontiguousarray(np.broadcast_to(last, (patients,))),
        )


def _numbers(value: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError("not a number", field=f"parameters.{name}", value=value) from error
    if array.ndim > 1:
        raise InputError(
            "one number, or one for each patient, is needed",
            field=f"parameters.{name}",
            value=array.shape,
        )
    return array


def _patients(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Return the number of patients that all arrays agree on; one if there are only numbers."""
    counts = {name: shape[0] for name, shape in shapes.items() if shape}
    if len(set(counts.values())) > 1:
        few = dict(list(counts.items())[:4])
        raise InputError("the numbers of patients differ", field="parameters", value=few)
    return next(iter(counts.values()), 1)


def _check_times(times: np.ndarray, start: float, end: Any) -> None:
    if times.ndim not in (1, 2):
        raise InputError("a list of times is needed", field="times", value=times.shape)
    if not times.size:
        if end is None:
            raise InputError("neither times nor an end", field="times", remedy="Give one of them.")
        return
    if not np.all(np.isfinite(times)) or np.any(np.diff(times, axis=-1) < 0):
        raise InputError("times must be finite and must not decrease", field="times")
    if times.min() < start:
        raise InputError(
            "a time lies before the start",
            field="times",
            value=float(times.min()),
            allowed=f"{start:g} h or later",
        )
    if end is not None and np.any(np.asarray(end, dtype=float) < times.max(axis=-1)):
        raise InputError("the end lies before the last of the times", field="end", value=end)
