"""SBML in and out."""

from theratwin.io.sbml.model import SbmlModel, read_sbml, sbml_model
from theratwin.io.sbml.write import converted, sbml_text, write_sbml

__all__ = ["SbmlModel", "converted", "read_sbml", "sbml_model", "sbml_text", "write_sbml"]
