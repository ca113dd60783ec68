"""Models of whole bodies, one a target: which organs bind the ligand; and of cells in a dish."""

from theratwin.kinetics.models.in_vitro import in_vitro
from theratwin.kinetics.models.library import model_entries
from theratwin.kinetics.models.patient import PatientGiven, patient_given
from theratwin.kinetics.models.psma import (
    psma_base,
    psma_body,
    psma_calibrated,
    psma_ligand,
)
from theratwin.kinetics.models.sstr import sstr_body, sstr_ligand

__all__ = [
    "PatientGiven",
    "in_vitro",
    "model_entries",
    "patient_given",
    "psma_base",
    "psma_body",
    "psma_calibrated",
    "psma_ligand",
    "sstr_body",
    "sstr_ligand",
]
