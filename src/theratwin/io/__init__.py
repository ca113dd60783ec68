"""File formats in and out: they fill the types of the floors below."""

from theratwin.io.case_file import check_case, load_case, load_measurements

__all__ = ["check_case", "load_case", "load_measurements"]
