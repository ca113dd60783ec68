"""Any number of patients in bounded memory: solved in batches, reduced at once, restartable."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.core.files import write_text
from theratwin.dynamics.engine import Engine
from theratwin.dynamics.solution import Solution

FORMAT = 1

#: From the first patient of a batch and the one after its last to the arguments of `Engine.solve`.
Draw = Callable[[int, int], Mapping[str, Any]]
#: From a solution to what is kept of it, arrays over patients.
Reduce = Callable[[Solution], Mapping[str, np.ndarray]]


def stream(
    engine: Engine,
    count: int,
    draw: Draw,
    reduce: Reduce,
    *,
    batch: int = 4096,
    folder: Path | str | None = None,
    identity: str = "",
) -> dict[str, np.ndarray]:
    """Solve many patients and return what was kept of them, in order.

    Parameters
    ----------
    engine
        The compiled system.
    count
        Number of patients.
    draw
        Gives the arguments of `Engine.solve` for a range of patients; for the same range always
        the same.
    reduce
        Keeps a few numbers a patient; the rest of the solution is let go.
    batch
        Patients in memory at once. The numbers do not depend on it.
    folder
        Where finished batches are written, so that a run that was stopped goes on.
    identity
        Text that names the run; a folder of another run is refused.

    Raises
    ------
    InputError
        If the folder holds another run.

    Examples
    --------
    >>> from theratwin.dynamics.expression import Binding, symbol
    >>> from theratwin.dynamics.system import State, System
    >>> x, k, x0 = symbol("x", Binding.STATE), symbol("k"), symbol("x0")
    >>> engine = Engine(System((State("x", x0, -k * x),), {"k": 1.0, "x0": 1.0}))
    >>> rates = np.linspace(0.5, 2.0, 10)
    >>> found = stream(
    ...     engine, 10,
    ...     lambda first, last: {"parameters": {"k": rates[first:last]}, "times": [1.0]},
    ...     lambda solution: {"x": solution["x"][:, -1]}, batch=4)
    >>> found["x"].shape
    (10,)
    """
    if batch < 1 or count < 1:
        raise InputError("one patient or more is needed", field="batch", value=(batch, count))
    parts = []
    for first in range(0, count, batch):
        last = min(count, first + batch)
        header = {"format": FORMAT, "run": identity, "first": first, "last": last}
        path = None if folder is None else Path(folder) / f"patients-{first:09d}.json"
        kept = None if path is None else _read(path, header)
        if kept is None:
            reduced = reduce(engine.solve(**draw(first, last)))
            kept = {name: np.asarray(values) for name, values in reduced.items()}
            _check_lengths(kept, last - first)
            if path is not None:
                _write(path, header, kept)
        parts.append(kept)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _check_lengths(kept: Mapping[str, np.ndarray], patients: int) -> None:
    for name, values in kept.items():
        if values.ndim < 1 or len(values) != patients:
            raise InputError(
                f"one entry for each of {patients} patients is needed",
                field=f"reduce: {name}",
                value=values.shape,
            )


def _write(path: Path, header: Mapping[str, Any], kept: Mapping[str, np.ndarray]) -> None:
    """Write a batch as text; a double is written with all its digits."""
    write_text(path, json.dumps({**header, "values": {n: v.tolist() for n, v in kept.items()}}))


def _read(path: Path, header: Mapping[str, Any]) -> dict[str, np.ndarray] | None:
    """Return a batch that was finished before, None if there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise InputError(
            "not a batch of a run", field="folder", value=str(path), remedy="Remove the file."
        ) from error
    values = data.pop("values", None)
    if values is None or data != header:
        raise InputError(
            "the folder holds another run", field="folder", value=data, allowed=str(dict(header))
        )
    return {name: np.array(rows) for name, rows in values.items()}
