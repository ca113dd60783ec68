"""The road through Python: what every JAX has, on every platform, for all that the engine does.

Inside the callback is NumPy only: a JAX call in there can wait for itself forever. Each call has
memory of its own, as XLA may make several at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core._jax import jax
from theratwin.dynamics.solving.dosing import Dose, Jump
from theratwin.dynamics.solving.status import Status

if TYPE_CHECKING:
    from theratwin.dynamics.jax_joint.joint import Joint


def by_callback(
    joint: Joint, names: tuple[str, ...], directions: tuple[str, ...], given: jax.Array
) -> list[jax.Array]:
    """Return values and slopes of the patients in an array (patient, name), under JAX."""
    return list(
        jax.pure_callback(
            lambda values: solved(joint, names, directions, np.asarray(values)),
            joint.results(len(given), directions),
            given,
        )
    )


def solved(
    joint: Joint, names: tuple[str, ...], directions: tuple[str, ...], given: np.ndarray
) -> list[np.ndarray]:
    """Return values (patient, time, output), and slopes with an axis of directions more."""
    rows = dict(zip(names, given.T, strict=True))
    system = joint.engine.system
    solution = joint.engine.solve(
        {
            name: row
            for name, row in rows.items()
            if name in system.parameters or name in system.switches
        },
        joint.times,
        doses=[_given(dose, rows) for dose in joint.doses],
        keep=joint.kept,
        sensitivities=directions,
        fallback=False,
        **joint.options,
    )
    values = np.stack([solution[name] for name in joint.outputs], axis=-1)
    # Whoever did not come to rest has values, but not those asked for.
    values[solution.status == Status.NOT_STEADY] = np.nan
    slopes = np.empty((*values.shape, len(directions)))
    for i, name in enumerate(joint.outputs):
        for k, direction in enumerate(directions):
            slopes[..., i, k] = solution.slopes[direction][name]
    slopes[solution.status == Status.NOT_STEADY] = np.nan
    return [values, slopes]


def _given(dose: Dose, rows: Mapping[str, np.ndarray]) -> Dose:
    """Return a dose with the amounts that were given under its name."""
    if dose.name not in rows:
        return dose
    field = "value" if isinstance(dose, Jump) else "amount"
    return replace(dose, **{field: rows[dose.name]})
