"""``theratwin model``: the library of networks, what they are made of, and their checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.model_simulate import register as register_simulate
from theratwin.cli.model_study import register as register_study
from theratwin.cli.options import Force, Json, Out
from theratwin.core.errors import InputError, UnsupportedError

if TYPE_CHECKING:
    from theratwin.dynamics import Network

app = typer.Typer(no_args_is_help=True, help="Models: networks, their checks, and simulation.")
register_simulate(app)
register_study(app)

Model = Annotated[str, typer.Argument(metavar="MODEL", help="A model of the library, by name.")]


def library_model(name: str) -> Network:
    """Return a model of the library.

    Raises
    ------
    UnsupportedError
        If a file is named.
    InputError
        If there is no such model.
    """
    from theratwin.cli.model_file import is_file
    from theratwin.cli.model_library import known_model, known_models

    if is_file(name):
        raise UnsupportedError(
            "this command takes a model of the library; a file is taken by simulate, check and "
            "convert",
            field="MODEL",
            value=name,
            allowed=list(known_models()),
        )
    return known_model(name)


@app.command("list")
def list_models(as_json: Json = False) -> None:
    """List the models of the library."""
    from theratwin.cli.model_library import known_models
    from theratwin.cli.output import emit

    found = known_models()
    width = max(map(len, found))
    text = "\n".join(f"{name:<{width}}  {summary}" for name, summary in found.items())
    emit("models/1", found, text=text, as_json=as_json)


@app.command("show")
def show(
    model: Model,
    latex: Annotated[bool, typer.Option("--latex", help="The equations, as LaTeX.")] = False,
    diagram: Annotated[
        Path | None, typer.Option("--diagram", help="Draw it into this SVG file.")
    ] = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Show what a model is made of, as text, JSON, LaTeX or a picture."""
    from theratwin.cli.model_data import described
    from theratwin.cli.model_library import known_models
    from theratwin.cli.output import emit
    from theratwin.dynamics import network_latex

    if latex and as_json:
        raise InputError("only one of the two can be printed", field="--latex, --json")
    network = library_model(model)
    if diagram is not None:
        _draw(network, diagram, force)
        if not (latex or as_json or out):
            print(diagram)
            return
    text = network_latex(network) if latex else f"{known_models()[model]}\n\n{network}"
    emit("model/1", described(network), text=text, as_json=as_json, out=out, force=force)


def _draw(network: Network, path: Path, force: bool) -> None:
    from theratwin.core.files import write_text
    from theratwin.dynamics import diagram

    if path.suffix.lower() != ".svg":
        raise InputError("a picture is an SVG file", field="--diagram", value=str(path))
    if path.exists() and not force:
        raise InputError(
            "this exists already",
            field="--diagram",
            value=str(path),
            remedy="Give --force to replace it",
        )
    write_text(path, diagram(network) + "\n")


@app.command("check")
def check(model: Model, as_json: Json = False, out: Out = None, force: Force = False) -> None:
    """Check a model: dimensions, mass balance, flows, conserved sums, derivatives.

    Of a file (SBML, Antimony): whether it is valid, what in it is not supported, and known defects.
    """
    from theratwin.cli.model_checks import run_checks
    from theratwin.cli.model_file import check_file, is_file
    from theratwin.cli.output import emit

    if is_file(model):
        check_file(model, as_json=as_json, out=out, force=force)
        return
    network = library_model(model)
    results = run_checks(network)
    failed = [name for name, result in results.items() if not result["passed"]]
    width = max(map(len, results))
    lines = [
        f"{'passed' if result['passed'] else 'FAILED'}  {name:<{width}}  {result['text']}"
        for name, result in results.items()
    ]
    value: dict[str, Any] = {"model": network.name, "passed": not failed, "checks": results}
    emit("model-check/1", value, text="\n".join(lines), as_json=as_json, out=out, force=force)
    if failed:
        raise InputError(
            f"{len(failed)} of {len(results)} checks failed: {', '.join(failed)}",
            field=f"MODEL {network.name}",
        )


@app.command("convert")
def convert(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A model, by name, or its file: SBML, or Antimony (.ant)."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="The SBML file (.xml) to write.")],
    force: Force = False,
) -> None:
    """Write a model as SBML level 3 version 2, with its units."""
    from theratwin.cli.model_file import convert_file, is_file

    convert_file(model if is_file(model) else library_model(model), out, force)
    print(out)
