"""``theratwin model simulate``: patients of a library model, at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Force, Json, Out, Quiet, Seed
from theratwin.core.errors import FitError, InputError

if TYPE_CHECKING:
    from theratwin.cli.model_run import Simulation
    from theratwin.dynamics import Network, System

Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="NAME,...",
        help='Parameters that vary, also as "*.receptors"; without it all do.',
    ),
]
Variation = Annotated[
    float, typer.Option("--cv", min=0.0, help="Coefficient of variation, log-normal.")
]
Given = Annotated[
    list[str] | None,
    typer.Option("--set", metavar='NAME="VALUE"', help="Another default; may be repeated."),
]
Doses = Annotated[
    list[str] | None,
    typer.Option(
        "--dose",
        metavar='"TARGET=AMOUNT @ TIME,... [for DURATION]"',
        help="A bolus into a state, an infusion through a switch, or its new value; repeatable.",
    ),
]
End = Annotated[
    str | None,
    typer.Option("--end", help='When to end, as "168 h"; of a file a number, in its own time.'),
]
Times = Annotated[
    list[str] | None,
    typer.Option("--times", help='When to report, as "1 h, 24 h"; else halved from the end.'),
]
Rtol = Annotated[
    float | None, typer.Option("--rtol", help="Relative tolerance: 1e-6, of a file 1e-8.")
]
Atol = Annotated[
    float | None, typer.Option("--atol", help="Absolute tolerance: 1e-9, of a file 1e-12.")
]
Threads = Annotated[
    int | None, typer.Option("--threads", min=1, help="Threads; all processors without it.")
]
# Of files alone, whose time and amounts have units of their own.
Start = Annotated[float, typer.Option("--start", help="Of a file: the first time reported.")]
Steps = Annotated[int, typer.Option("--steps", min=1, help="Of a file: stretches between times.")]
Select = Annotated[
    list[str] | None,
    typer.Option("--select", metavar="ID,...", help="Of a file: what to report; all species."),
]
Amounts = Annotated[
    list[str] | None,
    typer.Option("--amounts", metavar="ID,...", help="Of a file: species to report as amounts."),
]
Concentrations = Annotated[
    list[str] | None,
    typer.Option("--concentrations", metavar="ID,...", help="Likewise as concentrations."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("simulate")(simulate)


def simulate(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A model, by name, or its file: SBML, or Antimony (.ant)."
        ),
    ],
    patients: Annotated[int, typer.Option("--patients", min=1, help="How many.")] = 1,
    vary: Vary = None,
    cv: Variation = 0.3,
    seed: Seed = 1,
    given: Given = None,
    dose: Doses = None,
    end: End = None,
    times: Times = None,
    start: Start = 0.0,
    steps: Steps = 50,
    select: Select = None,
    amounts: Amounts = None,
    concentrations: Concentrations = None,
    rtol: Rtol = None,
    atol: Atol = None,
    threads: Threads = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Simulate patients who differ in their parameters: speed, statuses, and a summary.

    One patient has the defaults. Each of several has every varied parameter times a log-normal
    factor of median one, which depends on the seed, the name and the patient's place alone.

    Of a file the columns are `time` and what was selected, as CSV.
    """
    from theratwin.cli.model_file import is_file, simulate_file

    refuse_options(context, _OF_THE_LIBRARY if is_file(model) else _OF_FILES, model)
    if is_file(model):
        simulate_file(context.params)
        return
    from theratwin.cli.model import library_model
    from theratwin.cli.model_doses import read_doses
    from theratwin.cli.model_run import run

    network = library_model(model)
    system = changed(network, given or [])
    varied = chosen(vary, system) if patients > 1 or vary else []
    reported = report_times(times, end)
    found = run(
        system,
        reported,
        patients,
        doses=read_doses(dose or [], network, system, reported[-1]),
        varied=varied,
        cv=cv,
        seed=seed,
        quiet=quiet,
        settings={**tolerances(rtol, atol), "threads": threads},
    )
    _emit(network, found, seed, as_json=as_json, out=out, force=force)
    _require(found)


def tolerances(rtol: float | None, atol: float | None) -> dict[str, float]:
    """Return the tolerances asked for, or the usual ones."""
    return {"rtol": 1e-6 if rtol is None else rtol, "atol": 1e-9 if atol is None else atol}


_OF_FILES = ("start", "steps", "select", "amounts", "concentrations")
_OF_THE_LIBRARY = ("patients", "vary", "cv", "dose", "times", "threads")


def refuse_options(context: typer.Context, names: tuple[str, ...], model: str) -> None:
    """Raise an `InputError` if an option was given that does nothing here."""
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise InputError(
                "this option has no meaning for this model",
                field=f"--{name}",
                value=model,
                remedy="--start, --steps, --select, --amounts and --concentrations are for SBML "
                "files; --patients, --vary, --cv, --dose, --times and --threads for models "
                "of the library",
            )


def changed(network: Network, given: list[str]) -> System:
    """Return the system with other defaults, and inputs bound to numbers.

    Raises
    ------
    InputError
        If a name is unknown, or a value has another dimension or is below zero.
    """
    from theratwin.cli.lists import assignments
    from theratwin.core import parse

    inputs = {port.name for port in network.inputs}
    sizes = {*(p.name for p in network.parameters), *(s.name for s in network.switches)}
    values: dict[str, float] = {}
    for name, text in assignments("--set", given):
        if name not in sizes | inputs:
            allowed = sorted(sizes | inputs)
            raise InputError("no such parameter", field="--set", value=name, allowed=allowed)
        unit = network.units[name]
        values[name] = parse(text, unit, field=f"--set {name}")
        # An exponent or a logarithm may be negative: a rate, a volume, a flow may not.
        if values[name] < 0.0 and name in sizes and unit:
            raise InputError("must not be negative", field=f"--set {name}", value=text)
    system = network.system({name: values[name] for name in inputs & set(values)})
    return replace(
        system,
        parameters={name: values.get(name, v) for name, v in system.parameters.items()},
        switches={name: values.get(name, v) for name, v in system.switches.items()},
    )


def chosen(vary: list[str] | None, system: System) -> list[str]:
    """Return the parameters that vary; all that are not zero if none is named.

    Raises
    ------
    InputError
        If a name or a pattern fits no parameter.
    """
    from fnmatch import fnmatchcase

    from theratwin.cli.lists import split

    if vary is None:
        return [name for name, value in system.parameters.items() if value != 0.0]
    found: dict[str, None] = {}
    for wanted in split(vary):
        fitting = [name for name in system.parameters if fnmatchcase(name, wanted)]
        if not fitting:
            raise InputError(
                "no such parameter", field="--vary", value=wanted, allowed=system.parameters
            )
        found |= dict.fromkeys(fitting)
    return list(found)


def report_times(times: list[str] | None, end: str | None, halvings: int = 10) -> list[float]:
    """Return the times (h) asked for, or the end, its half, its quarter and so on, and zero.

    Raises
    ------
    InputError
        If neither is given, or a time comes after the end.

    Examples
    --------
    >>> report_times(None, "168 h", halvings=4)
    [0.0, 42.0, 84.0, 168.0]
    """
    from theratwin.cli.lists import split
    from theratwin.core import parse

    last = None if end is None else parse(end, "h", field="--end")
    if last is not None and not last > 0.0:
        raise InputError("must be positive", field="--end", value=end)
    if times:
        wanted = sorted({parse(entry, "h", field="--times") for entry in split(times)})
        if last is not None and wanted[-1] > last:
            raise InputError("a time comes after the end", field="--times", value=wanted[-1])
        return wanted
    if last is None:
        raise InputError("the end is missing", field="--end", remedy='Give --end "168 h"')
    return [0.0, *(last / 2**k for k in reversed(range(halvings - 1)))]


def _emit(network: Network, found: Simulation, seed: int, **where: Any) -> None:
    from theratwin.cli.model_words import data, told, units
    from theratwin.cli.output import emit
    from theratwin.core import Provenance

    emit(
        "simulation/1",
        data(network, found),
        unit=units(network, found),
        text=told(network, found),
        provenance=Provenance.now(seed=seed),
        **where,
    )


def _require(found: Simulation) -> None:
    """Raise if patients failed; the results are written by then."""
    failed = sum(count for status, count in found.statuses.items() if not status.is_good)
    if failed:
        worst = next(status for status in found.statuses if not status.is_good)
        raise FitError(
            f"{failed} of {found.patients} patients failed, the first: {worst.text}",
            remedy=worst.remedy,
        )
