"""``theratwin curve``: measurement tables from scans, and fitted time-activity curves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.curve_extract import register as register_extract
from theratwin.cli.curve_scan_errors import register as register_scan_errors
from theratwin.cli.options import Draws, Force, Json, Out, Seed
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.case import Case
    from theratwin.twin.posterior import BlockPosterior

app = typer.Typer(no_args_is_help=True, help="Time-activity curves: from scans, and fitted.")
register_extract(app)
register_scan_errors(app)


@app.command("fit")
def fit(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="CASE|TABLE.csv",
            help="The case file (.toml), or a table (.csv) with columns such as time_h, "
            "activity_MBq and sd_MBq, or time [h], activity [MBq] and uncertainty [%].",
        ),
    ],
    region: Annotated[
        list[str] | None, typer.Option("--region", help="Only this region; may be repeated.")
    ] = None,
    nuclide: Annotated[
        str | None, typer.Option(help="The nuclide of a table, such as Lu-177.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Model for a table: auto (compared by AICc, averaged), mono, bi, tri, "
            "mono_uptake, bi_uptake, gamma or trapezoid."
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(help="For one scan of a table: haenscheid, madsen, hou, jackson or mixed."),
    ] = None,
    population: Annotated[
        str | None,
        typer.Option(
            metavar='NAME|"MEAN, SD"|PATIENTS.csv',
            help="What the method is to know of others: effective half-lives by name, as "
            'psma.kidneys, or as "51 h, 13 h" (madsen, hou); a table with a column patient '
            "(jackson, mixed).",
        ),
    ] = None,
    scan: Annotated[
        str | None,
        typer.Option(help='Which scan the method takes, as "72 h", if the table has several.'),
    ] = None,
    seed: Seed = 1,
    draws: Draws = 2000,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Fit curves: half-lives and time-integrated activity, from a case or from a table.

    The suffix decides: .csv is a table of one region's activities, fitted by least squares; all
    else is a case, whose regions are fitted with the populations' priors.
    """
    if source.suffix.lower() == ".csv":
        options = {"model": model, "draws": draws, "seed": seed}
        of_scans = {"method": method, "population": population, "scan": scan}
        _fit_table(source, region, nuclide, options, of_scans, as_json, out, force)
        return
    of_tables = {"nuclide": nuclide, "model": model, "method": method}
    for name, given in (of_tables | {"population": population, "scan": scan}).items():
        if given is not None:
            raise InputError(
                "it has an effect on tables (.csv) alone", field=f"--{name}", value=given
            )
    _fit_case(source, region, seed, draws, as_json, out, force)


def _fit_table(
    table: Path,
    region: list[str] | None,
    nuclide: str | None,
    options: dict[str, Any],
    of_scans: dict[str, Any],
    as_json: bool,
    out: Path | None,
    force: bool,
) -> None:
    from theratwin.cli.curve_fit_table import fit_table
    from theratwin.cli.curve_one_scan import fit_one_scan
    from theratwin.cli.output import emit
    from theratwin.core import Provenance

    if region and len(region) > 1:
        raise InputError("of a table one region is fitted", field="--region", value=region)
    options |= {"nuclide_name": nuclide, "region": region[0] if region else None}
    inputs = [table]
    if of_scans["method"] is not None:
        value, extra, text = fit_one_scan(table, **options, **of_scans)
        if (of_scans["population"] or "").lower().endswith(".csv"):
            inputs.append(Path(str(of_scans["population"])))
    else:
        for name, given in of_scans.items():
            if given is not None:
                raise InputError(
                    "it has an effect with a method for one scan alone",
                    field=f"--{name}",
                    value=given,
                    remedy="Give --method too",
                )
        value, extra, text = fit_table(table, **options)
    emit(
        "curve-fit/1",
        value,
        unit="MBq h",
        text=text,
        as_json=as_json,
        out=out,
        force=force,
        extra=extra,
        provenance=Provenance.now(inputs=inputs, seed=options["seed"]),
    )


def _fit_case(
    case: Path,
    region: list[str] | None,
    seed: int,
    draws: int,
    as_json: bool,
    out: Path | None,
    force: bool,
) -> None:
    from theratwin.cli.output import emit
    from theratwin.core import Provenance
    from theratwin.io import load_case
    from theratwin.kinetics import empirical_curves
    from theratwin.physics import nuclide
    from theratwin.twin.posterior import fit_block

    known = load_case(case)
    decay_constant = nuclide(known.radiopharmaceutical.nuclide).decay_constant
    blocks = {block.name: block for block in empirical_curves(known, decay_constant)}
    chosen = [_block_name(name, list(blocks)) for name in region or blocks]
    fitted = {name: fit_block(blocks[name], draws=draws, seed=seed) for name in chosen}
    results = {name: _result(known, posterior) for name, posterior in fitted.items()}
    emit(
        "curves/1",
        results,
        text="\n\n".join(_text(name, result) for name, result in results.items()),
        as_json=as_json,
        out=out,
        force=force,
        provenance=Provenance.now(inputs=known.files, seed=seed),
    )


def _block_name(name: str, known: list[str]) -> str:
    from theratwin.case import find_region

    found = find_region(name)
    canonical = name if name in known or found is None else found.name
    if canonical not in known:
        raise InputError("not measured", field="--region", value=name, allowed=known)
    return canonical


def _result(case: Case, posterior: BlockPosterior) -> dict[str, Any]:
    from theratwin.twin.course import activities_by_cycle

    measured = [m.administration for m in case.measurements.of_region(posterior.name)]
    curves = activities_by_cycle(posterior, case.schedule, seed=0)[posterior.name]
    half_lives = posterior.scatter(
        [alternative.effective_half_life(theta) for alternative, theta in posterior.each_share()]
    )
    return {
        "structures": {
            fit.alternative.name: {
                "weight": fit.weight,
                "chi_square": fit.approximation.chi_square,
                "effective_parameters": fit.approximation.effective_parameters,
                "pareto_k": None if fit.resampled is None else fit.resampled.pareto_k,
            }
            for fit in posterior.fits
        },
        "effective_half_life_h": _interval(half_lives),
        "time_integrated_activity_coefficient_h": {
            administration.name: _interval(curve.integral() / administration.activity)
            for administration, curve in zip(case.schedule, curves, strict=True)
            if curve is not None and administration.name in measured
        },
        "problems": [problem for fit in posterior.fits for problem in fit.problems],
    }


def _interval(draws: Any) -> dict[str, float]:
    import numpy as np

    low, median, high = np.percentile(draws, (5, 50, 95))
    return {"median": float(median), "low": float(low), "high": float(high)}


def _text(region: str, result: dict[str, Any]) -> str:
    def shown(interval: dict[str, float]) -> str:
        return "{median:.4g} ({low:.4g} to {high:.4g}) h".format(**interval)

    lines = [region, f"  effective half-life, terminal  {shown(result['effective_half_life_h'])}"]
    for name, interval in result["time_integrated_activity_coefficient_h"].items():
        lines.append(f"  integral a unit given, {name}  {shown(interval)}")
    for name, structure in result["structures"].items():
        lines.append(
            f"  {structure['weight']:4.0%}  {name}: chi-square {structure['chi_square']:.1f}, "
            f"{structure['effective_parameters']:.1f} parameters from the data"
        )
    return "\n".join([*lines, *(f"  Warning: {problem}" for problem in result["problems"])])
