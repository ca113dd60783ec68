"""The options of ``theratwin dose marrow``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_Text = str | None

Blood = Annotated[
    _Text,
    typer.Option(help='Time-integrated concentration in blood, as "2.1 MBq h/mL +- 8 %".'),
]
BloodSamples = Annotated[
    Path | None,
    typer.Option(
        help="Blood samples in its place: CSV with columns time [h], concentration [kBq/mL] "
        "and, if known, uncertainty [%]."
    ),
]
Model = Annotated[_Text, typer.Option(help="Model of the samples; by default an average by AICc.")]
Ratio = Annotated[
    _Text, typer.Option(help='Concentration in marrow over that in blood, as "1 +- 20 %".')
]
Hematocrit = Annotated[
    _Text, typer.Option(help="Gives the ratio as 0.19/(1 - hematocrit), as 0.42.")
]
Image = Annotated[
    _Text,
    typer.Option(
        help="Time-integrated concentration in an imaged volume, as lumbar vertebrae: "
        '"1.4 MBq h/mL +- 15 %".'
    ),
]
MarrowFraction = Annotated[
    _Text, typer.Option(help='Part of that volume that is red marrow, as "0.6 +- 10 %".')
]
Activity = Annotated[
    _Text,
    typer.Option(help='Time-integrated activity in marrow of known mass, as "90 MBq h".'),
]
Mass = Annotated[_Text, typer.Option(help='That mass, as "60 g +- 15 %".')]
Remainder = Annotated[
    _Text,
    typer.Option(help='Time-integrated activity of the rest of the body, as "30 GBq h +- 5 %".'),
]
BodyMass = Annotated[_Text, typer.Option(help='For the remainder, as "80 kg".')]
Height = Annotated[_Text, typer.Option(help='For the remainder, as "176 cm".')]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        help="A further source, its time-integrated activity and its S value to red marrow, "
        'as "liver = 5000 MBq h +- 10 %, 1.2e-7 mGy/(MBq s)"; may be repeated.'
    ),
]
