"""A small body of made-up numbers: blood, kidneys, liver, a lesion; hot and cold ligand."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from theratwin.case import (
    Administration,
    Case,
    Kind,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    Volume,
)
from theratwin.core import LogNormal
from theratwin.core.seed import stream
from theratwin.dynamics import Bolus, Infusion, NetworkBuilder, mass_action
from theratwin.kinetics import CycleChange
from theratwin.kinetics.body_fit import BodyModel, body_block
from theratwin.physics import nuclide

BOUND = ("kidneys", "liver", "lesion_1")
CAPACITY = {"kidneys": 6.0, "liver": 3.0, "lesion_1": 2.0}  # nmol
RELEASE = {"kidneys": 0.018, "liver": 0.03, "lesion_1": 0.009}  # 1/h
NOTE = "made up"
_AVOGADRO_PER_NMOL = 6.02214076e14


def half_life(name: str) -> float:
    return math.log(2.0) / nuclide(name).decay_constant


@cache
def network():
    b = NetworkBuilder("small body")
    decay = math.log(2.0) / b.parameter("half_life", half_life("Lu-177"), "h", note=NOTE)
    volume = b.parameter("blood.volume", 12_000.0, "mL", note=NOTE)
    blood = b.compartment("blood", volume)
    k_on = b.parameter("k_on", 2000.0, "mL/(nmol h)", note=NOTE)
    k_off = b.parameter("k_off", 4.0, "1/h", note=NOTE)
    clearance = b.parameter("patient.clearance", 5000.0, "mL/h", note=NOTE)
    ratio = {
        name: b.switch(f"{name}.ratio", 1.0) for name in ("lesion_1.capacity", "patient.clearance")
    }
    rates = {label: b.switch(f"infusion.{label}", 0.0, "nmol/h") for label in ("hot", "cold")}
    amounts = {label: {"blood": b.species(f"blood.{label}", blood)} for label in ("hot", "cold")}
    urine = b.compartment("urine")
    for label, own in amounts.items():
        own["urine"] = b.species(f"urine.{label}", urine)
        b.reaction(f"infusion.{label}", None, own["blood"], rates[label])
        out = b.carried(clearance * ratio["patient.clearance"], own["blood"])
        b.reaction(f"filtration.{label}", own["blood"], own["urine"], out)
    for region in BOUND:
        _add_region(b, region, amounts, ratio, (k_on, k_off, volume))
    for name, hot in amounts["hot"].items():
        b.reaction(f"decay.{name}", hot, amounts["cold"][name], decay * hot)
    _observe(b, amounts["hot"], decay, volume)
    return b.freeze()


def _add_region(b, region, amounts, ratio, rates):
    k_on, k_off, volume = rates
    capacity = b.parameter(f"{region}.capacity", CAPACITY[region], "nmol", note=NOTE)
    release = b.parameter(f"{region}.release", RELEASE[region], "1/h", note=NOTE)
    inward = b.parameter(f"{region}.internalization", 0.2, "1/h", note=NOTE)
    free = capacity * ratio.get(f"{region}.capacity", 1.0)
    surface, cell = b.compartment(f"{region}.surface"), b.compartment(region)
    for label, own in amounts.items():
        own[f"{region}.surface"] = b.species(f"{region}.surface.{label}", surface)
        own[region] = b.species(f"{region}.{label}", cell)
        free = free - own[f"{region}.surface"]
    for label, own in amounts.items():
        blood, bound, inside = own["blood"], own[f"{region}.surface"], own[region]
        bind = mass_action(k_on / volume, free, blood)
        b.reaction(f"{region}.binding.{label}", blood, bound, bind)
        b.reaction(f"{region}.unbinding.{label}", bound, blood, k_off * bound)
        b.reaction(f"{region}.internalization.{label}", bound, inside, inward * bound)
        b.reaction(f"{region}.release.{label}", inside, own["urine"], release * inside)


def _observe(b, hot, decay, volume):
    per_nmol = decay * (_AVOGADRO_PER_NMOL / 1e6 / 3600.0)  # MBq of a nmol
    per_nmol = per_nmol * b.parameter("becquerel", 1.0, "MBq h/nmol", note=NOTE)
    body = hot["blood"]
    for region in BOUND:
        inside = hot[region] + hot[f"{region}.surface"]
        body = body + inside
        _measured(b, f"activity.{region}", per_nmol * inside, "MBq")
    _measured(b, "activity.whole_body", per_nmol * body, "MBq")
    _measured(b, "activity.urine", per_nmol * hot["urine"], "MBq")
    _measured(b, "concentration.blood", per_nmol * hot["blood"] / volume, "MBq/mL")


def _measured(b, name, value, unit):
    b.observable(name, value, unit)
    if name != "activity.urine":
        b.quadrature(f"integral.{name}", value, f"{unit} h".replace("MBq/mL h", "MBq h/mL"))


def hot_amount(administration: Administration, decay_constant: float) -> float:
    return administration.activity / (decay_constant / 3600.0 * _AVOGADRO_PER_NMOL / 1e6)


def doses(decay_constant: float):
    def of(administrations):
        given = []
        for a in administrations:
            hot = hot_amount(a, decay_constant)
            for label, amount in (("hot", hot), ("cold", a.amount - hot)):
                name = f"{a.name}.{label}"
                if a.duration:
                    given.append(Infusion(f"infusion.{label}", a.time, a.duration, amount, name))
                else:
                    given.append(Bolus(f"blood.{label}", a.time, amount, name))
        return given

    return of


def blocks(case: Case, decay_constant: float):
    """Return the block of the small body, as a model of the twin."""
    model = body_model(case.radiopharmaceutical.nuclide)
    return (body_block(model, case),)


def simulated_case(rows, administrations, *, seed: int = 1, spread: float = 1.0, **changes):
    """Return a case with values of a hidden patient, and that patient's parameters.

    Rows are (region, cycle, time); values scatter as the fit takes them to.
    """
    blank = [row(*each, 1.0) for each in rows]
    (alternative,) = body_block(body_model(), case_of(blank, administrations)).alternatives
    mean = np.array([prior.log_mean for prior in alternative.priors])
    sd = np.array([prior.log_sd for prior in alternative.priors])
    truth = mean + spread * sd * stream(seed, "truth").standard_normal(len(mean))
    noise = alternative.observed_sd * stream(seed, "noise").standard_normal(len(blank))
    values = np.exp(alternative.predicted(truth) + noise)
    measured = [row(*each, float(value)) for each, value in zip(rows, values, strict=True)]
    return case_of(measured, administrations, **changes), truth


SCANS = (4.0, 24.0, 72.0, 168.0)


def scans(*cycle_names: str, times=SCANS):
    """Return rows of scans of all regions, blood and urine early on."""
    imaged = [(r, c, t) for c in cycle_names for r in (*BOUND, "whole_body") for t in times]
    sampled = [
        (r, c, t) for c in cycle_names for r in ("blood", "excreted_urine") for t in (1.0, 4.0)
    ]
    return imaged + sampled


SPREAD = {"capacity": 1.6, "release": 1.5, "clearance": 1.3}
CHANGES = {
    "lesion_1.capacity": CycleChange((LogNormal(0.73, 1.35), LogNormal(0.685, 1.35))),
    "patient.clearance": CycleChange((LogNormal(1.0, 1.15),)),
}


def body_model(label: str = "Lu-177", name: str = "small") -> BodyModel:
    measured = {r: f"activity.{r}" for r in (*BOUND, "whole_body")}
    measured["excreted_urine"] = "activity.urine"
    measured["blood"] = "concentration.blood"
    medians = {f"{r}.capacity": CAPACITY[r] for r in BOUND}
    medians |= {f"{r}.release": RELEASE[r] for r in BOUND} | {"patient.clearance": 5000.0}
    constant = nuclide(label).decay_constant
    return BodyModel(
        name,
        network(),
        measured,
        {r: f"integral.{o}" for r, o in measured.items() if r != "excreted_urine"},
        doses(constant),
        {n: LogNormal(m, SPREAD[n.rpartition(".")[2]]) for n, m in medians.items()},
        constant,
        CHANGES,
        {n: f"{n}.ratio" for n in CHANGES},
        {"half_life": half_life(label)},
    )


def cycles(count: int, **changes) -> tuple[Administration, ...]:
    given = {"activity": 7400.0, "amount": 60.0, "duration": 0.25} | changes
    return tuple(Administration(f"cycle {k + 1}", 1008.0 * k, **given) for k in range(count))


def case_of(rows, administrations, **changes) -> Case:
    return Case(
        "small",
        Patient(
            "male",
            80_000.0,
            height=1760.0,
            organs={"kidneys": Volume(310.0, 0.08), "liver": Volume(1700.0, 0.05)},
        ),
        Radiopharmaceutical("177Lu-PSMA", Ligand("psma-617", "psma"), "Lu-177"),
        Schedule(administrations),
        lesions=(Lesion("lesion_1", Volume(5.0, 0.1)),),
        measurements=Measurements(tuple(rows)),
        **changes,
    )


def row(region, cycle, time, value, relative=0.05) -> Measurement:
    kind = Kind.CONCENTRATION if region == "blood" else Kind.ACTIVITY
    return Measurement(region, cycle, time, value, relative, kind)
