"""A model of cell survival with the values that the command line gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.response_options import option_values, options_among
from theratwin.cli.response_parameters import values_of
from theratwin.cli.response_repair import repair_of
from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.response import Tissue
    from theratwin.response.cell_survival import CellModel

TissueName = Annotated[
    str | None, typer.Option("--tissue", help="Values of a tissue that ships, as kidneys.")
]
Alpha = Annotated[
    str | None, typer.Option("--alpha", help='As "0.147 /Gy"; beta follows by alpha/beta.')
]
AlphaBeta = Annotated[
    str | None, typer.Option("--alpha-beta", help='In place of the tissue\'s, as "2.5 Gy".')
]
ModelRepair = Annotated[
    str | None,
    typer.Option(
        "--repair",
        help="exponential, reciprocal, or a JSON list of components: the fraction and the "
        'half-time. Example: [[1, "2.8 h"]].',
    ),
]


@dataclass(frozen=True)
class Sensitivity:
    """What the options of the linear-quadratic family give, as text; None for what they do not."""

    tissue: str | None = None
    alpha: str | None = None
    alpha_beta: str | None = None
    repair: str | None = None

    def check(self, model: str, units: Mapping[str, str], has_repair: bool) -> None:
        """Refuse an option that the model has no use for."""
        known = {
            "--tissue": self.tissue is None or has_repair or model == "linear",
            "--alpha": self.alpha is None or "alpha" in units,
            "--alpha-beta": self.alpha_beta is None or "beta" in units,
            "--repair": self.repair is None or has_repair,
        }
        for option, fine in known.items():
            if not fine:
                raise InputError(
                    f"the model {model} has no such option",
                    field=option,
                    remedy=f"Its parameters are given by --set: {', '.join(units)}",
                )


def model_of(
    name: str,
    options: Mapping[str, str | None],
    sensitivity: Sensitivity,
    settings: Iterable[str] | None,
    file: Path | None,
) -> CellModel:
    """Return the model: the file's values before the set's, then the options', then ``--set``.

    An entry of ``--set`` may also be an option of the model's, as ``cycle=frozen``.

    Raises
    ------
    InputError
        If the model is unknown, or has no such option or parameter; it is named.
    """
    from dataclasses import fields

    from theratwin.response.cell_survival import cell_model_class

    written = cell_model_class(name)
    known = {part.name for part in fields(written)} - {"parameters"}
    given = {option: value for option, value in options.items() if value is not None}
    for option in given:
        if option not in known:
            raise InputError(f"the model {name} has no such option", field=f"--{option}")
    sensitivity.check(name, written.of().units, "repair" in known)
    entries, settings = options_among(written, settings)
    chosen = option_values(written, entries)
    for option in sorted({*given} & {*chosen}):
        raise InputError("this is given twice", field=f"--{option} and --set {option}")
    model = written.of(**given, **chosen, **_repair(sensitivity))
    model = model.with_parameters(values_of(model.units, (), file))
    model = model.with_parameters(_values(sensitivity, model))
    return model.with_parameters(values_of(model.units, settings))


def _repair(given: Sensitivity) -> dict[str, Any]:
    """Return the option ``repair``: what is given, else the tissue's."""
    if given.repair is not None:
        written = given.repair.strip()
        return {"repair": repair_of(written) if written.startswith("[") else written}
    tissue = _tissue(given)
    return {} if tissue is None else {"repair": tissue.repair}


def _values(given: Sensitivity, model: CellModel) -> dict[str, float]:
    """Return alpha and beta of what is given, of the tissue, or of the model itself."""
    tissue = _tissue(given)
    if tissue is None and given.alpha is None and given.alpha_beta is None:
        return {}
    alpha = _alpha(given, tissue, model)
    if "beta" not in model.parameters:
        return {"alpha": alpha}
    if given.alpha_beta is not None:
        ratio = parse(given.alpha_beta, "Gy", field="--alpha-beta")
    elif tissue is not None:
        ratio = tissue.alpha_beta
    else:
        ratio = float(model.parameters["alpha"] / model.parameters["beta"])
    if not ratio > 0:
        raise InputError("this must be positive", field="--alpha-beta", value=given.alpha_beta)
    return {"alpha": alpha, "beta": alpha / ratio}


def _alpha(given: Sensitivity, tissue: Tissue | None, model: CellModel) -> float:
    if given.alpha is not None:
        return parse(given.alpha, "1/Gy", field="--alpha")
    if tissue is None:
        return float(model.parameters["alpha"])
    if tissue.alpha is None:
        raise InputError(
            f"alpha of {tissue.name} is unknown",
            field="--alpha",
            remedy='Give it, as "0.147 /Gy"; BED does without it',
        )
    return tissue.alpha


def _tissue(given: Sensitivity) -> Tissue | None:
    from theratwin.response import tissue

    return None if given.tissue is None else tissue(given.tissue)
