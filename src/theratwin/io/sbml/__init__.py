"""SBML in and out: others' models as equations of our engine, our networks as files."""

from theratwin.io.sbml.antimony_text import antimony_sbml, read_model
from theratwin.io.sbml.calibration import calibrate_sbml
from theratwin.io.sbml.checks import Finding, check_sbml
from theratwin.io.sbml.model import SbmlModel, read_sbml, sbml_model
from theratwin.io.sbml.ports import Port, PortMap, read_port_map, to_network
from theratwin.io.sbml.write import converted, sbml_text, write_sbml

__all__ = [
    "Finding",
    "Port",
    "PortMap",
    "SbmlModel",
    "antimony_sbml",
    "calibrate_sbml",
    "check_sbml",
    "converted",
    "read_model",
    "read_port_map",
    "read_sbml",
    "sbml_model",
    "sbml_text",
    "to_network",
    "write_sbml",
]
