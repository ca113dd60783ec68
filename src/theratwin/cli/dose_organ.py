"""``theratwin dose organ``: doses of organs from time-integrated activities."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Force, Json, Out
from theratwin.cli.svalue_organ import (
    Masses,
    NuclideName,
    Phantom,
    Progeny,
    Table,
    WallDose,
    given_masses,
    method,
    named,
    provenance,
    saf_table,
)
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.dosimetry.organ import CumulatedActivity, OrganDoses

_Activities = Annotated[
    list[str] | None,
    typer.Option(
        "--activity",
        help='Time-integrated activity of a source, as "kidneys=120 MBq h", or with its '
        'uncertainty, as "kidneys=120 MBq h +- 10 %"; may be repeated.',
    ),
]
_File = Annotated[
    Path | None,
    typer.Option(
        "--activities",
        help="CSV file with columns region, activity [MBq h], uncertainty [%] and mass [g]; the "
        "last two may be left out.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the group ``dose``."""
    app.command("organ")(organ)


def organ(
    phantom: Phantom,
    nuclide: NuclideName,
    activity: _Activities = None,
    activities: _File = None,
    progeny: Progeny = None,
    mass: Masses = None,
    walls: WallDose = "mean",
    table: Table = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Unweighted absorbed doses of a phantom's organs, or of a patient's with other masses."""
    from theratwin.cli.organ_activities import read_activities
    from theratwin.cli.output import emit
    from theratwin.dosimetry.organ import organ_doses
    from theratwin.physics import chain_weights, weighted_emissions

    if (activity is None) == (activities is None):
        raise InputError(
            "give time-integrated activities, in one way",
            field="--activity",
            remedy='Give --activity "kidneys=120 MBq h", or --activities FILE',
        )
    sources, masses = read_activities(activities) if activities else (_given(activity or []), {})
    masses = masses | given_masses(mass)
    try:
        doses = organ_doses(
            saf_table(phantom, table),
            weighted_emissions(chain_weights(nuclide, progeny)),
            sources,
            masses=masses,
            walls=walls,
        )
    except InputError as error:
        raise named(error) from None
    words = method(phantom, walls, list(masses))
    emit(
        "organ-dose/1",
        _by_target(doses, doses.total),
        unit="Gy",
        text=_text(doses, f"{nuclide}, phantom {phantom}\n{words}"),
        as_json=as_json,
        out=out,
        force=force,
        provenance=provenance(*[path for path in (activities, table) if path]),
        extra=_extra(doses, sources) | {"nuclide": nuclide, "phantom": phantom, "method": words},
    )


def _given(entries: list[str]) -> dict[str, CumulatedActivity]:
    from theratwin.cli.lists import assignments
    from theratwin.dosimetry.organ import CumulatedActivity

    found: dict[str, CumulatedActivity] = {}
    for name, text in assignments("--activity", entries):
        value, _, spread = text.partition("+-")
        field = f"--activity {name}"
        if name in found:
            raise InputError("the region stands twice", field="--activity", value=name)
        found[name] = CumulatedActivity(
            parse(value.strip(), "MBq h", field=field),
            parse(spread.strip(), "", field=f"{field}: uncertainty") if spread else 0.0,
        )
    return found


def _by_target(doses: OrganDoses, numbers: Any) -> dict[str, float]:
    return dict(zip(doses.target_mass, map(float, numbers), strict=True))


def _extra(doses: OrganDoses, sources: dict[str, CumulatedActivity]) -> dict[str, Any]:
    return {
        "relative_uncertainty": _by_target(doses, doses.relative_uncertainty),
        "self": _by_target(doses, doses.self_dose),
        "cross": _by_target(doses, doses.cross_dose),
        "by_source": {name: _by_target(doses, part) for name, part in doses.by_source.items()},
        "mass": dict(doses.target_mass),
        "mass_unit": "g",
        "activity": {name: each.value for name, each in sources.items()},
        "activity_unit": "MBq h",
    }


def _text(doses: OrganDoses, title: str) -> str:
    lines = [
        title,
        "",
        f"{'target':<25} {'dose, Gy':>10}  uncertainty   itself, Gy   others, Gy    mass, g",
    ]
    order = sorted(range(len(doses.total)), key=lambda i: -doses.total[i])
    names = list(doses.target_mass)
    for i in order:
        spread = f"{doses.relative_uncertainty[i]:.1%}" if doses.total[i] > 0 else "-"
        lines.append(
            f"{names[i]:<25} {doses.total[i]:>10.4g}  {spread:>11}  {doses.self_dose[i]:>11.4g}  "
            f"{doses.cross_dose[i]:>11.4g}  {doses.target_mass[names[i]]:>9.4g}"
        )
    return "\n".join(lines)
