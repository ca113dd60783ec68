"""Organs at risk: late decline of the kidneys, tolerances and what they rest on."""

from theratwin.response.organs.kidneys import gfr_decline_rate, gfr_left
from theratwin.response.organs.tolerances import Evidence, Tolerance, tolerances

__all__ = ["Evidence", "Tolerance", "gfr_decline_rate", "gfr_left", "tolerances"]
