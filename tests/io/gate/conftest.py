"""The stand-in for opengate, as a fixture: tests are no package to import from."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def opengate():
    """Return the module ``_opengate.py``."""
    place = Path(__file__).with_name("_opengate.py")
    spec = importlib.util.spec_from_file_location("opengate_stand_in", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
