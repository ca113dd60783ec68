"""Amino acids as an option states them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.case import AminoAcids, Case

AminoAcidsText = Annotated[
    str | None,
    typer.Option(
        "--amino-acids",
        metavar='"BEFORE, DURATION"',
        help='Amino acids of each cycle: begin before it and duration, as "30 min, 4 h", or none.',
    ),
]


def read_amino_acids(text: str | None, case: Case) -> AminoAcids | None:
    """Return the amino acids of new administrations.

    Raises
    ------
    InputError
        If the text is not understood, or is missing where those so far had amino acids.
    """
    from theratwin.case import AminoAcids

    if text is None:
        if any(each.amino_acids is not None for each in case.schedule):
            raise InputError(
                "administrations so far had amino acids; say whether these have",
                field="--amino-acids",
                remedy='Give --amino-acids "30 min, 4 h" (begin before, duration), or none',
            )
        return None
    if text.strip() == "none":
        return None
    parts = text.split(",")
    if len(parts) != 2:
        raise InputError(
            "this is no beginning and duration",
            field="--amino-acids",
            value=text,
            remedy='Write "30 min, 4 h", or none',
        )
    return AminoAcids(*(parse(part, "h", field="--amino-acids") for part in parts))
