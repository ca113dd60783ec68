"""Models of whole bodies, one a target; of cells in a dish; of compartments that exchange."""

from theratwin.kinetics.models.assay import Assay, Incubation
from theratwin.kinetics.models.clr1404 import clr1404
from theratwin.kinetics.models.fast_slow import Exchange, fast_slow
from theratwin.kinetics.models.in_vitro import in_vitro
from theratwin.kinetics.models.iodine import iodine
from theratwin.kinetics.models.library import model_entries
from theratwin.kinetics.models.mibg import mibg
from theratwin.kinetics.models.mouse import allometric, mouse_body
from theratwin.kinetics.models.patient import PatientGiven, patient_given
from theratwin.kinetics.models.psma import (
    psma_base,
    psma_body,
    psma_calibrated,
    psma_ligand,
)
from theratwin.kinetics.models.sstr import sstr_body, sstr_ligand
from theratwin.kinetics.models.transfer import transfer_network

__all__ = [
    "Assay",
    "Exchange",
    "Incubation",
    "PatientGiven",
    "allometric",
    "clr1404",
    "fast_slow",
    "in_vitro",
    "iodine",
    "mibg",
    "model_entries",
    "mouse_body",
    "patient_given",
    "psma_base",
    "psma_body",
    "psma_calibrated",
    "psma_ligand",
    "sstr_body",
    "sstr_ligand",
    "transfer_network",
]
