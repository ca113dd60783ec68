"""The program ``theratwin``: its commands gathered, its errors and exit statuses."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from theratwin.cli import (
    case,
    catalog,
    curve,
    demo,
    doctor,
    dose,
    loop,
    model,
    nuclide,
    plan,
    predict,
    report,
    response,
    svalue,
)
from theratwin.core.errors import InputError, TheratwinError

app = typer.Typer(
    name="theratwin",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="A theranostic digital twin: from a patient's scans to doses, effects and the next plan.",
    epilog="Research use only. Not a medical device.",
)


loop.register(app)
predict.register(app)
plan.register(app)
report.register(app)
demo.register(app)
doctor.register(app)
app.add_typer(case.app, name="case")
app.add_typer(curve.app, name="curve")
app.add_typer(dose.app, name="dose")
app.add_typer(response.app, name="response")
app.add_typer(model.app, name="model")
app.add_typer(svalue.svalue, name="svalue")
app.add_typer(nuclide.app, name="nuclide")
app.add_typer(catalog.parameters, name="parameters")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"theratwin {version('theratwin')}")
        raise typer.Exit


@app.callback()
def _common(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log what is done, on stderr.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit status.

    0 done, 1 our bug, 2 wrong input or usage, 3 refused as unsupported, 4 a solver or fit failed
    for some, 5 no feasible plan, 130 interrupted.
    """
    try:
        app(arguments)
    except TheratwinError as error:
        print(f"theratwin: {error}", file=sys.stderr)
        sys.exit(error.exit_status)
    except OSError as error:
        logging.getLogger(__name__).info("a file could not be read or written", exc_info=True)
        print(f"theratwin: {_words(error)}", file=sys.stderr)
        sys.exit(InputError.exit_status)


def _words(error: OSError) -> str:
    """Say which file it is about, and what to look at."""
    if error.filename is None:
        return str(error)
    about = InputError(
        (error.strerror or str(error)).lower(),
        field=str(error.filename),
        remedy="Check the path, the permission to write there, and the space left",
    )
    return str(about)
