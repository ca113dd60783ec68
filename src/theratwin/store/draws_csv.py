"""The draws of one block as a CSV file: structure and parameters, one row a draw."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.twin.posterior import BlockPosterior

_STRUCTURE = "structure"


def draws_to_csv(posterior: BlockPosterior) -> str:
    """Return the draws in their joint order; parameters of other structures stay empty."""
    names = _columns([fit.alternative.parameter_names for fit in posterior.fits])
    rows: list[dict[str, str]] = [{} for _ in range(posterior.draws)]
    for (_, positions), (alternative, theta) in zip(
        posterior.shares, posterior.each_share(), strict=True
    ):
        for position, draw in zip(positions, theta, strict=True):
            values = zip(alternative.parameter_names, draw, strict=True)
            rows[position] = {_STRUCTURE: alternative.name} | {
                f"log {name}": repr(float(value)) for name, value in values
            }
    text = io.StringIO()
    writer = csv.DictWriter(
        text, [_STRUCTURE, *(f"log {name}" for name in names)], lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def draws_from_csv(
    text: str, alternatives: Sequence[Any], *, field: str
) -> tuple[tuple[int, np.ndarray, np.ndarray], ...]:
    """Read draws back: for each structure that has any, its index, positions and log-parameters.

    Raises
    ------
    InputError
        If a structure is unknown or a value missing.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    names = [alternative.name for alternative in alternatives]
    found: dict[int, list[tuple[int, list[float]]]] = {}
    for position, row in enumerate(rows):
        structure = row.get(_STRUCTURE)
        if structure not in names:
            raise InputError(
                "unknown structure",
                field=f"{field}: line {position + 2}",
                value=structure,
                allowed=names,
            )
        index = names.index(structure)
        try:
            values = [float(row[f"log {name}"]) for name in alternatives[index].parameter_names]
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                "a value is missing or no number",
                field=f"{field}: line {position + 2}",
                value=str(error),
            ) from error
        found.setdefault(index, []).append((position, values))
    return tuple(
        (index, np.array([p for p, _ in draws]), np.array([v for _, v in draws]))
        for index, draws in sorted(found.items())
    )


def _columns(by_structure: Sequence[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(name for names in by_structure for name in names))
