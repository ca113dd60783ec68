"""``theratwin model study``: what a ligand's properties and its amount do to the doses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Force, Json, Out, Seed
from theratwin.cli.plot_file import Plot, check_plot, save_plot
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.planning import LigandStudy

#: Model of the library to its ligand.
_LIGANDS = {"psma": "psma-617", "psma617-calibrated": "psma-617", "psma-it": "psma-i&t"}
_LESIONS = ("tumor_1", "tumor_2", "tumor_rest")
_UNCALIBRATED = "Not calibrated to clinical doses: read the direction of change, not the level."

Vary = Annotated[
    list[str],
    typer.Option(
        "--vary",
        metavar='"NAME=LOW..HIGH UNIT"',
        help="dissociation_constant, k_on, internalization, release or amount; twice for a map.",
    ),
]
Amount = Annotated[
    str | None, typer.Option("--amount", help="Ligand where not varied; 57 nmol without it.")
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--parameters", metavar="NAME,...", help="Sets laid over the model's own."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("study")(study)


def study(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="psma, psma617-calibrated or psma-it.")
    ],
    vary: Vary,
    amount: Amount = None,
    points: Annotated[int, typer.Option("--points", min=2, help="Of each range.")] = 25,
    tumor: Annotated[str, typer.Option("--tumor", help="A lesion, or all: tumors.")] = "tumors",
    organ: Annotated[str, typer.Option("--organ", help="Against which.")] = "kidneys",
    patients: Annotated[int, typer.Option("--patients", min=1, help="Virtual patients.")] = 1,
    parameters: Sets = None,
    seed: Seed = 1,
    plot: Plot = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Vary a ligand's properties or its amount: tumor and organ dose per GBq, and their ratio."""
    from theratwin.cli.output import emit
    from theratwin.core import Provenance, parse
    from theratwin.planning import Sweep, ligand_study

    check_plot(plot, force)
    found = ligand_study(
        _body(model, parameters),
        [Sweep.parse(each, points) for each in vary],
        amount=None if amount is None else parse(amount, "nmol", field="--amount"),
        patients=patients,
        seed=seed,
    )
    value = _data(model, found, tumor, organ)
    if plot is not None:
        from theratwin.report import plot_ligand_study

        save_plot(plot_ligand_study(found, tumor, organ)[0], plot)
    emit(
        "ligand-study/1",
        value,
        unit=_units(found),
        text=_told(found, value),
        as_json=as_json,
        out=out,
        force=force,
        provenance=Provenance.now(seed=seed),
    )


def _body(model: str, parameters: list[str] | None) -> Any:
    from theratwin.cli.lists import split
    from theratwin.kinetics import psma_body
    from theratwin.kinetics.models.library import CALIBRATED_LESION
    from theratwin.kinetics.models.psma import PSMA617_PUBLISHED

    if model not in _LIGANDS:
        raise InputError(
            "the study does not offer this model",
            field="MODEL",
            value=model,
            allowed=list(_LIGANDS),
        )
    chosen: dict[str, Any] = {"lesions": _LESIONS}
    if model == "psma":
        chosen["sets"] = PSMA617_PUBLISHED
    elif model == "psma617-calibrated":
        volumes = {f"{name}.volume": volume for name, volume in CALIBRATED_LESION.items()}
        chosen = {"lesions": tuple(CALIBRATED_LESION), "given": volumes}
    own = psma_body(ligand=_LIGANDS[model], name=model, **chosen)
    if not parameters:
        return own
    chosen["sets"] = (*(known.name for known in own.plan.sets), *split(parameters))
    return psma_body(ligand=_LIGANDS[model], name=model, **chosen)


def _data(model: str, found: LigandStudy, tumor: str, organ: str) -> dict[str, Any]:
    ratio = found.ratio(tumor, organ)
    return {
        "model": model,
        "parameter_sets": [known.name for known in found.body.plan.sets],
        "calibrated": found.is_calibrated,
        "amount": None if "amount" in {each.name for each in found.sweeps} else found.amount,
        "patients": found.patients,
        "varied_between_patients": found.varied,
        "tumor": tumor,
        "organ": organ,
        "vary": {each.name: each.shown for each in found.sweeps},
        "dose": {region: _summary(dose) for region, dose in found.doses.items()},
        "ratio": _summary(ratio),
        "best": {
            each.name: found.best(tumor, organ)[each.name] * each.shown[0] / each.low
            for each in found.sweeps
        },
    }


def _summary(values: Any) -> dict[str, Any]:
    import numpy as np

    low, median, high = np.quantile(values, (0.05, 0.5, 0.95), axis=0)
    return {"median": median, "low": low, "high": high}


def _units(found: LigandStudy) -> dict[str, Any]:
    own = {each.name: each.unit for each in found.sweeps}
    return {"amount": "nmol", "vary": own, "best": own, "dose": "Gy/GBq", "ratio": "1"}


def _told(found: LigandStudy, value: dict[str, Any]) -> str:
    import numpy as np

    tumor, organ = value["tumor"], value["organ"]
    several = f", median of {found.patients} patients" if found.patients > 1 else ""
    header = [f"{each.title}, {each.unit}" for each in found.sweeps]
    header += [f"{tumor}, Gy/GBq", f"{organ}, Gy/GBq", "ratio"]
    lines = [f"{value['model']}: {tumor} against {organ}{several}", "  ".join(header)]
    for place in np.ndindex(*(each.points for each in found.sweeps)):
        row = [each.shown[at] for each, at in zip(found.sweeps, place, strict=True)]
        row += [value["dose"][region]["median"][place] for region in (tumor, organ)]
        row.append(value["ratio"]["median"][place])
        cells = zip(header, row, strict=True)
        lines.append("  ".join(f"{number:>{len(name)}.4g}" for name, number in cells))
    best = ", ".join(
        f"{each.title.lower()} {value['best'][each.name]:.3g} {each.unit}" for each in found.sweeps
    )
    lines.append(f"Highest ratio: {float(np.max(value['ratio']['median'])):.3g} at {best}")
    lines.append(f"Parameter sets: {', '.join(value['parameter_sets'])}")
    return "\n".join(lines if value["calibrated"] else [*lines, _UNCALIBRATED])
