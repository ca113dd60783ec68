"""Simulated patients with a PET and one cycle of therapy, whose doses are known.

Patients are drawn from the population of the set ``psma617_calibrated``: receptor densities,
releases, the share filtered and tubular extraction, size, kidney volume; a lesion of 20 mL in the
median, within a factor of 1.8. Each gets 7.4 GBq of Lu-177 PSMA-617 in 57 nmol over 10 minutes,
and before that 150 MBq of Ga-68 PSMA-11 in 5 nmol. What PSMA-11 finds is that density times the
ratio of the two ligands' populations, times a deviation of this patient, log-normal as in the set
``ligand_transfer``: one for kidneys, glands, organs and lesion each, and one for clearance.

Values scatter by their own uncertainty (8 %, lesion 10 %) and by the model's error, apart for PET
and therapy. Each camera's calibration misses by 5 %, the recovery of lesion and glands by 8 %,
volumes by 8 % (kidneys) or 10 %, dose factors by their stated uncertainty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from theratwin.case import (
    Administration,
    Case,
    Diagnostic,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    SharedUncertainty,
    Volume,
)
from theratwin.core import LogNormal, parameter_set
from theratwin.core.distribution import Fixed
from theratwin.core.seed import stream
from theratwin.dosimetry import bodies, self_s_value
from theratwin.dynamics import Engine
from theratwin.kinetics import WholeBody, psma_body
from theratwin.kinetics.body_fit import model_error

THERAPY = Administration("cycle 1", 0.0, 7400.0, 57.09, 1 / 6)
PET = Administration("PSMA PET", 0.0, 150.0, 5.0)
LUTETIUM = Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177")
GALLIUM = Radiopharmaceutical("68Ga-PSMA-11", Ligand("psma-11", "psma"), "Ga-68")
REGIONS = ("kidneys", "parotid_glands", "liver", "spleen", "lesion_1")
SMALL = ("parotid_glands", "lesion_1")
KINDS = {"kidneys": "kidneys", "parotid_glands": "gland", "lesion_1": "lesion"}
PET_TIME, THERAPY_TIMES = 1.0, (24.0, 48.0, 96.0)
CALIBRATION, RECOVERY = 0.05, 0.08
LESION = LogNormal(20.0, 1.8)


@dataclass(frozen=True)
class Simulated:
    """A patient's case, with all scans, and the doses (Gy) of cycle 1 by region."""

    case: Case
    truth: dict[str, float]


@cache
def population(patients: int, seed: int) -> dict[str, Any]:
    """Return draws of parameters, activities at the scans and integrals, one patient a row."""
    therapy, pet = _body("psma-617", "Lu-177"), _body("psma-11", "Ga-68")
    drawn = _drawn(therapy, patients, seed)
    seen = _seen_by_pet(pet, therapy, drawn, patients, seed)
    treated = _solved(therapy, THERAPY, drawn, THERAPY_TIMES)
    scanned = _solved(pet, PET, seen, (PET_TIME,))
    known = {each.name: each.value for each in therapy.network.parameters}
    return {
        "values": {name: np.broadcast_to(value, patients) for name, value in known.items()} | drawn,
        "therapy": {region: treated[therapy.activity(region)] for region in REGIONS},
        "pet": {region: scanned[pet.activity(region)] for region in REGIONS},
        "integrals": {
            region: treated.integrals[therapy.time_integrated_activity(region)]
            for region in REGIONS
        },
    }


def patient(number: int, patients: int, *, seed: int) -> Simulated:
    """Return one patient of a population."""
    known = population(patients, seed)

    def of(name: str) -> float:
        return float(known["values"][name][number])

    generator = stream(seed, "patient", str(number))
    missed = {
        name: math.exp(_log_sd(CALIBRATION) * generator.normal()) for name in ("pet", "cycle")
    }
    recovered = {region: math.exp(_log_sd(RECOVERY) * generator.normal()) for region in SMALL}
    error = parameter_set("dosimetry", "dose_factors").value("self_dose.relative_uncertainty")
    truth, volumes = {}, {}
    for region in REGIONS:
        true = of(f"{region}.volume")
        own = 0.08 if region == "kidneys" else 0.10
        volumes[region] = Volume(true * math.exp(_log_sd(own) * generator.normal()), own)
        factor = float(self_s_value("Lu-177", true * 1.05, bodies=bodies(region)))
        factor *= math.exp(_log_sd(error) * generator.normal())
        truth[region] = factor * float(known["integrals"][region][number])

    def scans(study: str, name: str, times: tuple[float, ...]) -> Measurements:
        found = []
        for region in REGIONS:
            own = 0.10 if region == "lesion_1" else 0.08
            model = model_error(region, ("lesion_1",), diagnostic=study == "pet")
            sd = math.hypot(_log_sd(own), _log_sd(model))
            for k, time in enumerate(times):
                # What a scan shows is the truth over what is corrected for in doses.
                true = float(known["therapy" if study == "cycle" else "pet"][region][number, k])
                shown = true / missed[study] / recovered.get(region, 1.0)
                value = shown * math.exp(sd * generator.normal())
                found.append(Measurement(region, name, time, value, own))
        return Measurements(tuple(found))

    case = Case(
        f"simulated patient {number + 1}",
        Patient(
            "male",
            of("patient.mass"),
            66.0,
            body_surface_area=of("patient.body_surface_area"),
            organs={region: volumes[region] for region in REGIONS if region != "lesion_1"},
        ),
        LUTETIUM,
        Schedule((THERAPY,)),
        lesions=(Lesion("lesion_1", volumes["lesion_1"]),),
        measurements=scans("cycle", "cycle 1", THERAPY_TIMES),
        uncertainty=SharedUncertainty(CALIBRATION, RECOVERY),
        origin="simulated",
        model="psma",
        diagnostics=(Diagnostic("PSMA PET", GALLIUM, PET, scans("pet", "PSMA PET", (PET_TIME,))),),
    )
    return Simulated(case, truth)


def _body(ligand: str, nuclide: str) -> WholeBody:
    given = {"lesion_1.volume": "20 mL"}
    return psma_body(ligand=ligand, nuclide=nuclide, lesions=["lesion_1"], given=given)


def _drawn(body: WholeBody, patients: int, seed: int) -> dict[str, np.ndarray]:
    drawn = {
        each.name: each.distribution.sample(stream(seed, "population", each.name), patients)
        for each in body.network.parameters
        if not isinstance(each.distribution, Fixed)
    }
    return drawn | {"lesion_1.volume": LESION.sample(stream(seed, "lesion"), patients)}


def _seen_by_pet(
    pet: WholeBody, therapy: WholeBody, drawn: dict[str, np.ndarray], patients: int, seed: int
) -> dict[str, np.ndarray]:
    """Return the parameters of the same patients with the diagnostic's ligand."""
    ours, theirs = (
        {each.name: each.value for each in body.network.parameters} for body in (pet, therapy)
    )
    spread = parameter_set("kinetics", "ligand_transfer")
    deviation = {
        kind: np.exp(
            math.log(spread.value(f"ligand.{kind}"))
            * stream(seed, "transfer", kind).standard_normal(patients)
        )
        for kind in ("kidneys", "gland", "organ", "lesion", "clearance")
    }
    seen = {name: value for name, value in drawn.items() if name in ours}
    for name in [name for name in drawn if name.endswith(".receptor_density")]:
        region = name.removesuffix(".receptor_density")
        kind = "gland" if region.endswith("_glands") else KINDS.get(region, "organ")
        seen[name] = drawn[name] * ours[name] / theirs[name] * deviation[kind]
    share = drawn["kidneys.filtered_share"] / theirs["kidneys.filtered_share"]
    share = ours["psma11.kidneys.filtered_share"] * share * deviation["clearance"]
    return seen | {"psma11.kidneys.filtered_share": share}


def _solved(body: WholeBody, given: Administration, values: dict, times: tuple[float, ...]) -> Any:
    schedule = Schedule((given,))
    return (
        Engine(body.system)
        .solve(values, list(times), doses=body.doses(schedule), to_infinity=True)
        .require()
    )


def _log_sd(relative: float) -> float:
    return math.sqrt(math.log1p(relative**2))
