"""Cases of the SBML test suite that lie in ../shared, each against its own results.

All of them pass; none needs to be refused.
"""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("libsbml", reason="python-libsbml is not installed")

from theratwin.io.sbml import read_sbml

FOLDER = Path(__file__).parents[4] / "shared" / "reference" / "sbml_semantic"
CASES = sorted(path.name for path in FOLDER.iterdir()) if FOLDER.is_dir() else []

pytestmark = pytest.mark.skipif(not CASES, reason="../shared/reference/sbml_semantic is not here")


def settings_of(case):
    lines = (FOLDER / case / "settings.txt").read_text().splitlines()
    pairs = [line.split(":", 1) for line in lines if ":" in line]
    return {name.strip(): value.strip() for name, value in pairs}


def names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def simulated(case, settings):
    start, duration = float(settings["start"]), float(settings["duration"])
    times = np.linspace(start, start + duration, int(settings["steps"]) + 1)
    return read_sbml(FOLDER / case / "model.xml").simulate(
        times,
        names(settings["variables"]),
        amounts=names(settings["amount"]),
        concentrations=names(settings["concentration"]),
    )


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    settings = settings_of(case)
    found = simulated(case, settings)
    with (FOLDER / case / "results.csv").open() as file:
        head = [name.strip() for name in file.readline().split(",")]
        rows = np.loadtxt(file, delimiter=",", ndmin=2)
    for name in names(settings["variables"]):
        expected = rows[:, head.index(name, 1)]
        # The suite's own rule: absolute plus relative.
        allowed = float(settings["absolute"]) + float(settings["relative"]) * np.abs(expected)
        assert np.all(np.abs(found[name][0] - expected) <= allowed), name
