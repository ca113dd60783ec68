"""Settings for all tests."""

from __future__ import annotations

import os
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

# No time limit for an example: a busy machine is no mistake. In CI the examples are the same
# each time; elsewhere they differ, and so find more.
from hypothesis import settings

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture(scope="session")
def small_body() -> ModuleType:
    """Return the module of a small body of made-up numbers, as a kinetic model."""
    path = Path(__file__).with_name("_small_body.py")
    spec = spec_from_file_location("small_body", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
