"""Units, curves, parameters, errors, provenance, random streams: what every room stands on."""

from theratwin.core.citation import Citation, citation
from theratwin.core.curve import Curve, Exponentials, Pieces, Pulses, Total, joined
from theratwin.core.distribution import Distribution, Fixed, LogNormal, Normal, Uniform
from theratwin.core.errors import (
    FitError,
    InfeasibleError,
    InputError,
    TheratwinError,
    UnsupportedError,
)
from theratwin.core.exposure import Component, Exposure, Geometry, Quality
from theratwin.core.parameter import Parameter, ParameterSet
from theratwin.core.parameter_file import parameter_set, parameter_set_names, read_parameter_set
from theratwin.core.provenance import Provenance
from theratwin.core.seed import stream
from theratwin.core.units import convert, parse

__all__ = [
    "Citation",
    "Component",
    "Curve",
    "Distribution",
    "Exponentials",
    "Exposure",
    "FitError",
    "Fixed",
    "Geometry",
    "InfeasibleError",
    "InputError",
    "LogNormal",
    "Normal",
    "Parameter",
    "ParameterSet",
    "Pieces",
    "Provenance",
    "Pulses",
    "Quality",
    "TheratwinError",
    "Total",
    "Uniform",
    "UnsupportedError",
    "citation",
    "convert",
    "joined",
    "parameter_set",
    "parameter_set_names",
    "parse",
    "read_parameter_set",
    "stream",
]
