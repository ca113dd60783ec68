"""The systems that several tests solve."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def systems() -> ModuleType:
    place = Path(__file__).with_name("_systems.py")
    spec = importlib.util.spec_from_file_location("dynamics_systems", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
