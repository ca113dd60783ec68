"""A model from SBML as one of our own: checked, a population simulated, sensitivities.

    python examples/sbml_model.py

It writes a model of the library as SBML, reads it again as if it were anyone's, and asks what the
dose in a volume owes to each parameter.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from theratwin.dynamics import Engine, log_normal_population, model
from theratwin.io.sbml import check_sbml, read_sbml, write_sbml


def main() -> None:
    """Print what the steps give."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_sbml(model("one-compartment"), Path(folder) / "model.xml")
        read = read_sbml(path)
    found = len(check_sbml(read))
    print(f"{read.document.name}: {len(read.document.reactions)} reactions, {found} findings")

    drug = read.expression("plasma.drug", "amount")
    system = read.system({"drug": drug}, quadratures={"area": drug})
    print(f"plasma.drug changes by {system.states[0].derivative}")
    names = [read.id_of(name) for name in ("clearance", "half_life")]
    patients = log_normal_population(system, names, 0.3, 1000, seed=1)
    times = np.linspace(0.0, 48.0, 25)
    found = Engine(system).solve(patients, times, sensitivities=names)
    areas = found["area"][:, -1]
    print(
        f"area under the curve: {np.median(areas):.4g} nmol h, CV {areas.std() / areas.mean():.0%}"
    )
    for name in names:
        slope = found.slopes[name]["area"][:, -1] * patients[name] / areas
        print(f"relative sensitivity to {name}: {np.median(slope):.3f}")


if __name__ == "__main__":
    main()
