"""Models of whole bodies, one a target: which organs bind the ligand, and a patient's body."""

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
    "model_entries",
    "patient_given",
    "psma_base",
    "psma_body",
    "psma_calibrated",
    "psma_ligand",
    "sstr_body",
    "sstr_ligand",
]
