"""Who is treated, with what, when, where in the body, and what was measured."""

from theratwin.case.case import KINETIC_MODELS, Case, SharedUncertainty
from theratwin.case.diagnostic import Diagnostic
from theratwin.case.external_beam import ExternalBeam, parse_external_beam, pulses_of
from theratwin.case.measurement import Kind, Measurement, Measurements
from theratwin.case.patient import Lesion, Patient, Volume
from theratwin.case.regions import Region, find_region, region, regions
from theratwin.case.treatment import (
    Administration,
    AminoAcids,
    Ligand,
    Radiopharmaceutical,
    Schedule,
)

__all__ = [
    "KINETIC_MODELS",
    "Administration",
    "AminoAcids",
    "Case",
    "Diagnostic",
    "ExternalBeam",
    "Kind",
    "Lesion",
    "Ligand",
    "Measurement",
    "Measurements",
    "Patient",
    "Radiopharmaceutical",
    "Region",
    "Schedule",
    "SharedUncertainty",
    "Volume",
    "find_region",
    "parse_external_beam",
    "pulses_of",
    "region",
    "regions",
]
