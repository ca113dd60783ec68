"""Settings for all tests."""

from __future__ import annotations

import os
import tempfile
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


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a cache of compiled code of its own, which its workers and children share."""
    if hasattr(config, "workerinput"):
        return
    folder = tempfile.TemporaryDirectory(prefix="theratwin-tests-")
    os.environ["XDG_CACHE_HOME"] = folder.name
    config.add_cleanup(folder.cleanup)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the documentation, the longest test, so that no worker ends with it alone."""
    items.sort(key=lambda item: item.path.name != "test_docs.py")


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
