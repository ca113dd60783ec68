"""File formats in and out: they fill the types of the floors below."""

from theratwin.io.case_file import check_case, load_case, load_measurements
from theratwin.io.gate import GateDose, read_gate_dose, write_gate_case
from theratwin.io.meta_image import read_meta_image, write_meta_image

__all__ = [
    "GateDose",
    "check_case",
    "load_case",
    "load_measurements",
    "read_gate_dose",
    "read_meta_image",
    "write_gate_case",
    "write_meta_image",
]
