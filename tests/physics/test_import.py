"""The room is light to import."""

from __future__ import annotations

import subprocess
import sys


def test_import_leaves_scipy_unloaded():
    probe = "import sys, theratwin.physics; print('scipy.interpolate' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "False"


def test_doses_leave_the_compiler_of_transport_unloaded():
    probe = "import sys, theratwin.twin; print('numba' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "False"
