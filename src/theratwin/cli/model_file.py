"""Models in files, SBML or Antimony text: simulated, checked and converted."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theratwin.core.errors import InputError, UnsupportedError

if TYPE_CHECKING:
    import numpy as np

    from theratwin.dynamics import Network
    from theratwin.io.sbml import SbmlModel

_SBML = (".xml", ".sbml")
_ANTIMONY = ".ant"
_MARK = "unsupported: "


def is_file(model: str) -> bool:
    """Whether a model is named by its file."""
    return Path(model).suffix.lower() in (*_SBML, _ANTIMONY)


@contextmanager
def named() -> Iterator[None]:
    """Print what is not supported on a line of its own before the error goes on."""
    try:
        yield
    except UnsupportedError as error:
        if error.message.startswith(_MARK):
            print(error.message, file=sys.stderr)
        raise


def simulate_file(options: Mapping[str, Any]) -> None:
    """Simulate a model in a file from time zero, and report from the start to the end.

    Parameters
    ----------
    options
        Those of ``model simulate``, by name.
    """
    from theratwin.cli.output import check_free, emit
    from theratwin.core import Provenance

    model, seed = options["model"], options["seed"]
    check_free(options["out"], options["force"])  # before the work, not after it
    times = report_times(options["start"], options["end"], options["steps"])
    with named():
        found = _simulated(options, times)
    columns = {name: values[0].tolist() for name, values in found.items()}
    emit(
        "sbml-simulation/1",
        {"time": times, "values": columns},
        text=csv_text(["time", *columns], [times, *columns.values()]),
        as_json=options["as_json"],
        out=options["out"],
        force=options["force"],
        provenance=Provenance.now(inputs=[Path(model)], seed=seed),
    )


def _simulated(options: Mapping[str, Any], times: list[float]) -> dict[str, np.ndarray]:
    from theratwin.cli.lists import assignments
    from theratwin.io.sbml import read_model

    read = read_model(options["model"])
    lists = {form: listed(options[form]) for form in ("amounts", "concentrations")}
    warn([*read.warnings, *_without_effect(read, lists)])
    asked = {name: options[name] for name in ("rtol", "atol") if options[name] is not None}
    given = assignments("--set", options["given"] or [])
    return read.simulate(
        times,
        selected(options["select"], read.ids),
        **lists,
        parameters={name: number(name, text) for name, text in given},
        seed=options["seed"],
        **asked,
    )


def listed(entries: Sequence[str] | None) -> list[str]:
    """Return the names in lists with commas; an empty list, as of a case without, has none.

    Examples
    --------
    >>> listed(["S1, S2", ""])
    ['S1', 'S2']
    """
    from theratwin.cli.lists import split

    return [name for name in split(entries) if name]


def selected(entries: Sequence[str] | None, ids: Sequence[str]) -> list[str] | None:
    """Return what to report, None for all species; the time is a column anyway."""
    names = listed(entries)
    return [name for name in names if name != "time" or name in ids] if names else None


def _without_effect(read: SbmlModel, lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    species = read.document.species
    for form, names in lists.items():
        for name in names:
            if read.id_of(name) not in species:
                yield f"--{form} {name}: no species, so it is reported as it is"


def report_times(start: float, end: str | None, steps: int) -> list[float]:
    """Return evenly spaced times in the model's own unit.

    Raises
    ------
    InputError
        If the end is missing, is no number, or does not come after a start from zero on.

    Examples
    --------
    >>> report_times(0.0, "10", 4)
    [0.0, 2.5, 5.0, 7.5, 10.0]
    """
    import numpy as np

    if end is None:
        raise InputError("the end is missing", field="--end", remedy="Give --end 10")
    last = number("--end", end)
    if not 0.0 <= start < math.inf:
        raise InputError("must be zero or later", field="--start", value=start)
    if not start < last < math.inf:
        raise InputError("must come after the start", field="--end", value=end)
    return [float(time) for time in np.linspace(start, last, steps + 1)]


def number(name: str, text: str) -> float:
    """Return a plain number: what is in a file has the file's own units.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return float(text)
    except ValueError:
        raise InputError(
            "a plain number is needed, in the file's own unit", field=name, value=text
        ) from None


def csv_text(names: Sequence[str], columns: Sequence[Sequence[float]]) -> str:
    """Return columns as CSV, every digit of their numbers kept.

    Examples
    --------
    >>> print(csv_text(["time", "S1"], [[0.0, 0.5], [1.0, 0.1]]))
    time,S1
    0.0,1.0
    0.5,0.1
    """
    rows = (",".join(map(repr, map(float, row))) for row in zip(*columns, strict=True))
    return "\n".join([",".join(map(_quoted, names)), *rows])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"\n') else name


def warn(warnings: Sequence[str]) -> None:
    """Print warnings on stderr."""
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)


def check_file(model: str, *, as_json: bool, out: Path | None, force: bool) -> None:
    """Say what is wrong with a model in a file, and what is unusual in it."""
    from theratwin.cli.output import emit

    with named():
        from theratwin.io.sbml import check_sbml, read_model

        read = read_model(model)
        findings = check_sbml(read)
    lines = [
        f"{read.document.name or read.document.id}: SBML level {read.document.level} version "
        f"{read.document.version}; {len(read.document.species)} species, "
        f"{len(read.document.reactions)} reactions, {len(read.document.events)} events, "
        f"{len(read.equations.states)} states",
        *(f"warning  {f.node}: {f.text}{f'. {f.effect}' if f.effect else ''}" for f in findings),
    ]
    if not findings:
        lines.append("passed   valid, supported, and no known defect")
    value = {
        "model": read.document.id,
        "passed": True,
        "warnings": [{"node": f.node, "text": f.text, "effect": f.effect} for f in findings],
    }
    emit("model-check/1", value, text="\n".join(lines), as_json=as_json, out=out, force=force)


def convert_file(model: str | Network, out: Path, force: bool) -> None:
    """Write a model of the library, an SBML file or Antimony text as SBML level 3 version 2."""
    from theratwin.cli.output import check_free
    from theratwin.core.files import write_text

    if out.suffix.lower() not in _SBML:
        raise InputError("a model is written as SBML (.xml)", field="--out", value=str(out))
    check_free(out, force)
    with named():
        from theratwin.io.sbml import antimony_sbml, converted, sbml_text

        if not isinstance(model, str):
            text = sbml_text(model)
        elif Path(model).suffix.lower() == _ANTIMONY:
            text = antimony_sbml(model)
        else:
            text = converted(Path(model))
    write_text(out, text)
