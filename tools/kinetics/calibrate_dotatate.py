"""Calibrate the DOTATATE body to clinical doses: writes `dotatate_calibrated.toml`.

A developer's tool; the product only reads the file. Least squares on the logarithms of the doses
of the reference man: 7.4 GBq of Lu-177 in 140 nmol, over half an hour, one lesion of 20 mL. The
largest rate of reabsorption and the receptor densities of liver, pituitary and lesions are free;
the spleen's stays as published, and it and what amino acids do to the kidneys are the checks.

    PYTHONPATH=src python tools/kinetics/calibrate_dotatate.py > FILE
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from theratwin.case import Administration, AminoAcids, Schedule
from theratwin.dosimetry import self_s_value
from theratwin.dynamics import Engine
from theratwin.kinetics.models.sstr import sstr_body

BODIES = {"kidneys": 2}
#: Doses with amino acids (Gy/GBq).
TARGETS = {"kidneys": 0.50, "liver": 0.285, "pituitary": 0.058, "lesion_1": 3.41}
FREE = {
    "kidneys.uptake_maximum": (
        10.0,
        1.35,
        "nmol/h",
        "kidneys 0.50 Gy/GBq with amino acids; staanum_2021 has a median of 0.47",
    ),
    "liver.receptor_density": (
        0.007,
        1.3,
        "nmol/mL",
        "liver 0.285 Gy/GBq, of dotatate_doses_2013 and the label",
    ),
    "pituitary.receptor_density": (
        0.002,
        1.3,
        "nmol/mL",
        "pituitary 0.058 Gy/GBq, dotatate_doses_2013",
    ),
    "lesion.receptor_density": (
        0.07,
        2.0,
        "nmol/mL",
        "lesion of 20 mL 3.41 Gy/GBq, dotatate_doses_2013",
    ),
}
HEAD = """\
# DOTATATE, calibrated to clinical absorbed doses: to be laid over sstr. Written by
# tools/kinetics/calibrate_dotatate.py; the procedure and what remains off stand on the page on
# whole bodies. Spreads are assumptions: of kidneys that of published doses, the others round.

format = 1
title = "DOTATATE, calibrated to clinical doses"
"""
BARE = Administration("cycle 1", 0.5, 7400.0, 140.0, duration=0.5)
PROTECTED = replace(BARE, amino_acids=AminoAcids(before=0.5, duration=4.0))


def main() -> None:
    """Fit, and write the file."""
    body = sstr_body(sets=("physiology_male", "sstr"), lesions=["lesion_1"])
    engine = Engine(body.system)
    volumes = {p.name: p.value for p in body.network.parameters if p.name.endswith(".volume")}

    def doses(logs: np.ndarray, given: Administration = PROTECTED) -> dict[str, float]:
        values = dict(zip(FREE, np.exp(logs).tolist(), strict=True))
        values["lesion_1.receptor_density"] = values.pop("lesion.receptor_density")
        doses = body.doses(Schedule((given,)))
        found = engine.solve(values, [1.0], doses=doses, to_infinity=True).require()
        return {
            region: float(
                found.integrals[body.time_integrated_activity(region)][0]
                / 7.4
                * self_s_value(
                    "Lu-177", 1.05 * volumes[f"{region}.volume"], bodies=BODIES.get(region, 1)
                )
            )
            for region in ("kidneys", "spleen", "liver", "pituitary", "lesion_1")
        }

    def misses(logs: np.ndarray) -> np.ndarray:
        found = doses(logs)
        return np.log([found[name] / target for name, target in TARGETS.items()])

    fit = least_squares(misses, np.log([value for value, *_ in FREE.values()]), x_scale=0.1)
    print(HEAD)
    for (name, (_, spread, unit, told)), value in zip(FREE.items(), np.exp(fit.x), strict=True):
        write(name, value, spread, unit, f"Calibrated: {told}.")
    found, without = doses(fit.x), doses(fit.x, BARE)
    told = ", ".join(f"{name} {dose:.3f}" for name, dose in found.items())
    print(f"# Gy/GBq: {told}; kidneys without amino acids {without['kidneys']:.3f}")


def write(name: str, value: float, spread: float, unit: str, note: str) -> None:
    """Print one entry of the file."""
    print(f"[{name}]")
    print(f'median = {value:.4g}\ngsd = {spread}\nunit = "{unit}"')
    print(f'source = "assumption"\nnote = "{note}"\n')


if __name__ == "__main__":
    main()
