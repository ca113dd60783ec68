"""Settings for all tests."""

from __future__ import annotations

import os

# No time limit for an example: a busy machine is no mistake. In CI the examples are the same
# each time; elsewhere they differ, and so find more.
from hypothesis import settings

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
os.environ.setdefault("MPLBACKEND", "Agg")
