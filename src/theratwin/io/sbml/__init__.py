"""SBML in and out."""

from theratwin.io.sbml.model import SbmlModel, read_sbml, sbml_model

__all__ = ["SbmlModel", "read_sbml", "sbml_model"]
