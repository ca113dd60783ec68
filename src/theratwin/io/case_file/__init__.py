"""The case file: TOML with measurements inline or in CSV tables."""

from theratwin.io.case_file.file import check_case, load_case, load_measurements
from theratwin.io.case_file.schema import case_schema
from theratwin.io.case_file.template import write_template

__all__ = ["case_schema", "check_case", "load_case", "load_measurements", "write_template"]
