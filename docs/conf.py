"""How the documentation is built: Sphinx and MyST-NB, offline, warnings as errors."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "theratwin"
author = "theratwin developers"
project_copyright = "theratwin developers"
version = release = installed_version("theratwin")

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "mathml",
    "reference_pages",
]
exclude_patterns = ["_build", "**/jupyter_execute", "**/.ipynb_checkpoints"]
# A chapter appears with its first page: this one warning has no type to suppress it by.
logging.getLogger("sphinx.sphinx.directives.other").addFilter(
    lambda record: getattr(record, "subtype", None) != "empty_glob"
)

# Pages
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["mathematics.css"]
html_title = "theratwin"
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    "announcement": "Research use only. Not a medical device.",
    "top_of_page_buttons": [],
}

# Text and mathematics
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_update_mathjax = False
html_math_renderer = "mathml"
math_number_all = False

# Tutorials are run each time: what a page shows is what the code gives.
nb_execution_mode = "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_ipywidgets_js = {}  # loaded from outside otherwise

# Reference
autosummary_generate = False  # numpydoc brings it along; no page has such a list
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the numpy docstrings name types, shapes and units
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
