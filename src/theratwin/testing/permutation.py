"""Patients of a batch must not depend on their place in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from theratwin.core.errors import InputError


def check_permutation(
    simulate: Callable[[Mapping[str, Any]], Any],
    parameters: Mapping[str, Any],
    *,
    seed: int = 0,
    bitwise: bool = True,
) -> None:
    """Raise an `InputError` if a batch in another order gives other results.

    Parameters
    ----------
    simulate
        Parameters to an array whose first axis is the patient's.
    parameters
        Parameter to an array over patients.
    seed
        Of the order.
    bitwise
        Whether every bit must agree; if not, 12 digits of the largest value.

    Examples
    --------
    >>> check_permutation(lambda p: 2.0 * p["dose"], {"dose": np.arange(5.0)})
    """
    patients = {np.shape(value)[0] for value in parameters.values()}
    if len(patients) != 1:
        raise InputError("as many values of each are needed", field="parameters", value=patients)
    order = np.random.default_rng(seed).permutation(patients.pop())
    straight = np.asarray(simulate(parameters))[order]
    permuted = np.asarray(simulate({n: np.asarray(v)[order] for n, v in parameters.items()}))
    size = np.abs(straight).max() if straight.size else 0.0
    limit = 0.0 if bitwise else 1e-12 * size
    same = (np.abs(permuted - straight) <= limit) | (np.isnan(permuted) & np.isnan(straight))
    if not np.all(same):
        first = int(np.argwhere(~same)[0][0])
        raise InputError(
            "the result depends on the patient's place in the batch",
            field=f"patient {int(order[first])}",
            value=float(np.nanmax(np.abs(permuted - straight))),
            allowed="the same bits" if bitwise else f"a difference of {limit:.2g}",
        )
