"""File formats in and out: they fill the types of the floors below.

SBML is loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from theratwin.io.case_file import check_case, load_case, load_measurements
from theratwin.io.gate import GateDose, read_gate_dose, write_gate_case
from theratwin.io.meta_image import read_meta_image, write_meta_image

if TYPE_CHECKING:
    from theratwin.io.sbml import (
        PortMap,
        SbmlModel,
        check_sbml,
        read_port_map,
        read_sbml,
        sbml_text,
        to_network,
        write_sbml,
    )

_SBML = (
    "PortMap",
    "SbmlModel",
    "check_sbml",
    "read_port_map",
    "read_sbml",
    "sbml_text",
    "to_network",
    "write_sbml",
)

__all__ = [
    "GateDose",
    "PortMap",
    "SbmlModel",
    "check_case",
    "check_sbml",
    "load_case",
    "load_measurements",
    "read_gate_dose",
    "read_meta_image",
    "read_port_map",
    "read_sbml",
    "sbml_text",
    "to_network",
    "write_gate_case",
    "write_meta_image",
    "write_sbml",
]


def __getattr__(name: str) -> Any:
    if name not in _SBML:
        raise AttributeError(f"module 'theratwin.io' has no attribute {name!r}")
    found = getattr(import_module("theratwin.io.sbml"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_SBML})
