"""Partner drugs: from doses to concentrations, to inhibited repair, to synergy."""

from theratwin.response.drugs.combined import with_drugs
from theratwin.response.drugs.drug import Drug, drug, drug_names
from theratwin.response.drugs.pharmacodynamics import drug_effects, inhibition, trapping
from theratwin.response.drugs.pharmacokinetics import Doses, free_concentration, oral, steady_peak
from theratwin.response.drugs.survival import log_kill_with_drugs
from theratwin.response.drugs.synergy import (
    bliss_excess,
    dose_for,
    hsa_excess,
    isobole,
    loewe_index,
    log_kill_excess,
)

__all__ = [
    "Doses",
    "Drug",
    "bliss_excess",
    "dose_for",
    "drug",
    "drug_effects",
    "drug_names",
    "free_concentration",
    "hsa_excess",
    "inhibition",
    "isobole",
    "loewe_index",
    "log_kill_excess",
    "log_kill_with_drugs",
    "oral",
    "steady_peak",
    "trapping",
    "with_drugs",
]
