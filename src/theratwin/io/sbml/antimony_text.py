"""Antimony text, which a person can write, turned into SBML by the package antimony."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from theratwin.core.errors import InputError
from theratwin.io.sbml.document import unsupported
from theratwin.io.sbml.model import SbmlModel, read_sbml, sbml_model

#: How the name of a file with Antimony text ends.
SUFFIX = ".ant"

#: In a process of its own: after a text with an error the package may take a later file, wrong as
#: it is, for an empty model.
_PROGRAM = """
import sys, antimony
good = antimony.loadAntimonyFile(sys.argv[1]) >= 0
try:
    text = antimony.getSBMLString(antimony.getMainModuleName()) if good else antimony.getLastError()
except UnicodeDecodeError:
    text, good = "names are of ASCII letters, digits and underscores; others stand in it", False
sys.stdout.buffer.write(text.encode())
sys.exit(0 if good else 3)
"""


def read_model(path: str | Path) -> SbmlModel:
    """Read a model from a file: Antimony text (``.ant``), else SBML.

    Raises
    ------
    InputError
        If it cannot be read.
    UnsupportedError
        For what `read_sbml` refuses, and for Antimony text without its package.
    """
    path = Path(path)
    return sbml_model(antimony_sbml(path)) if path.suffix.lower() == SUFFIX else read_sbml(path)


def antimony_sbml(path: str | Path) -> str:
    """Return the main model of a file of Antimony text as SBML level 3 version 2.

    Modules that it is made of are put in place; files that it imports are looked for beside it.

    Raises
    ------
    InputError
        If there is no such file, or the text is wrong; the message is Antimony's, on one line.
    UnsupportedError
        If the package is not installed.
    """
    path = Path(path)
    if find_spec("antimony") is None:
        raise unsupported(
            "Antimony text without the package antimony",
            remedy='pip install "theratwin[antimony]", or write the model as SBML',
        )
    if not path.is_file():
        raise InputError("there is no such file", field=str(path))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(path.resolve())], capture_output=True, check=False
    )
    said = done.stdout.decode(errors="replace")
    if done.returncode:
        reason = " ".join(said.split()) or f"the package ended with status {done.returncode}"
        raise InputError(f"no Antimony: {reason}", field=str(path))
    return said
