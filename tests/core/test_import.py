"""Core is light: importing it loads nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys

HEAVY = ["jax", "pint", "xarray", "matplotlib", "scipy", "pydantic", "beartype"]


def test_importing_core_loads_nothing_heavy():
    script = f"import sys, theratwin.core; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
