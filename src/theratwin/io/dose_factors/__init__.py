"""Dose factors of others, read from the user's own files: ICRP Publication 133, OLINDA."""

from theratwin.io.dose_factors.icrp_133 import read_icrp_133
from theratwin.io.dose_factors.olinda import DoseFactors, read_olinda

__all__ = ["DoseFactors", "read_icrp_133", "read_olinda"]
