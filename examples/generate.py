"""Write the simulated measurements of the examples and of the demo.

The generator, the same for every case but the last: in each region the fraction of the injected
activity is

    r(t) = u (e^(-s t) + w e^(-(s + f) t)) (1 - e^(-b t)) / norm,

with s the physical decay constant plus ln 2 over the biological half-life, a fast washout of
relative amplitude w and rate f, and a build-up rate b; `norm` makes u the fraction at 24 h (in a
PET at 1 h), corrected for decay. What is measured is r(t) times the activity given, times a
log-normal error of the stated relative size, from a stream of the case's seed. Nothing else is
added: no error of calibration, volume or recovery, so that the true doses can be computed from the
tables below.

The last case, `psma_body`, comes from the whole body of a PSMA ligand with the numbers of `BODY`
and `RATIOS`; all others are those of its parameter sets. The same model then fits it: that shows
how a fit goes if the model holds, and nothing of whether it holds in a patient.

Run `python examples/generate.py`; the files are written anew, byte for byte the same.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from theratwin.case import Administration, Schedule
from theratwin.core.files import write_text
from theratwin.core.seed import stream
from theratwin.dynamics import Engine
from theratwin.kinetics import WholeBody, psma_body
from theratwin.physics import nuclide

HERE = Path(__file__).parent
DEMO = HERE.parent / "src/theratwin/cli/demo"
LN2 = np.log(2.0)


@dataclass(frozen=True)
class Truth:
    """A region's true kinetics: fraction at one time, 24 h by default, and half-lives (h)."""

    uptake: float
    half_life: float
    washout: float
    washout_half_life: float
    build_up: float
    time: float = 24.0

    def retained(self, time: np.ndarray, decay_constant: float) -> np.ndarray:
        """Return the fraction of the injected activity, decay included."""
        biological = self._shape(time) / self._shape(np.array(self.time))
        return self.uptake * biological * np.exp(-decay_constant * time)

    def _shape(self, time: np.ndarray) -> np.ndarray:
        slow, fast = LN2 / self.half_life, LN2 / self.washout_half_life
        phases = np.exp(-slow * time) + self.washout * np.exp(-(slow + fast) * time)
        return phases * -np.expm1(-LN2 / self.build_up * time)


@dataclass(frozen=True)
class Scans:
    """When the regions of a table are measured, and how well."""

    regions: tuple[str, ...]
    times: tuple[float, ...]
    uncertainty: float
    unit: str = "MBq"


@dataclass(frozen=True)
class Table:
    """One CSV file: the scans that follow one administration."""

    file: Path
    administration: str
    activity: float
    scans: tuple[Scans, ...]
    uptake_ratios: dict[str, float] = field(default_factory=dict)
    nuclide: str = "Lu-177"
    truth: dict[str, Truth] | None = None
    """Kinetics of this table's own drug, if it is another than the example's."""


@dataclass(frozen=True)
class Example:
    """One case: its kinetics and tables."""

    seed: int
    truth: dict[str, Truth]
    tables: tuple[Table, ...]

    def true_values(self, table: Table, region: str, times: np.ndarray) -> np.ndarray:
        """Return the true activity (MBq), or concentration (MBq/mL) in blood, after injection."""
        kinetics = self.truth if table.truth is None else table.truth
        ratio = table.uptake_ratios.get(region, 1.0)
        decay_constant = nuclide(table.nuclide).decay_constant
        return table.activity * ratio * kinetics[region].retained(times, decay_constant)


@dataclass(frozen=True)
class BodyExample(Example):
    """One case from a whole body: its course, and tables whose times follow its cycles."""

    schedule: Schedule = field(default_factory=lambda: Schedule(()))

    def true_values(self, table: Table, region: str, times: np.ndarray) -> np.ndarray:
        body = body_model()
        name = body.observables()[region]
        doses = (*body.doses(self.schedule), *body.changes(self.schedule, RATIOS))
        start = self.schedule[table.administration].time
        solution = Engine(body.system).solve({}, start + times, doses=doses, rtol=1e-10)
        return solution.observables[name][0]


def rows(example: Example, table: Table) -> list[list[str]]:
    """Return the table's rows: simulated measurements, as at the time of the scan."""
    found = []
    for scans in table.scans:
        for region in scans.regions:
            noise = stream(example.seed, table.administration, region)
            times = np.array(scans.times)
            true = example.true_values(table, region, times)
            spread = np.sqrt(np.log1p(scans.uncertainty**2))
            seen = true * np.exp(spread * noise.standard_normal(times.size))
            seen = seen * 1e3 if scans.unit == "kBq/mL" else seen
            found += [
                [
                    region,
                    table.administration,
                    f"{time:g} h",
                    f"{value:.4g} {scans.unit}",
                    f"{100 * scans.uncertainty:g} %",
                    "scan",
                ]
                for time, value in zip(times, seen, strict=True)
            ]
    return found


def write(example: Example) -> None:
    """Write the tables of one example."""
    for table in example.tables:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["region", "administration", "time", "activity", "uncertainty", "at"])
        writer.writerows(rows(example, table))
        write_text(table.file, text.getvalue())


ORGANS = ("kidneys", "parotid_glands", "liver", "spleen")
BLOOD = Scans(("blood",), (0.5, 2.0, 6.0, 24.0, 48.0), 0.05, "kBq/mL")

PSMA = {
    "kidneys": Truth(0.022, 42.0, 0.5, 4.0, 0.3),
    "parotid_glands": Truth(0.0022, 38.0, 0.3, 5.0, 0.5),
    "liver": Truth(0.030, 30.0, 1.0, 5.0, 0.1),
    "spleen": Truth(0.0025, 22.0, 1.0, 5.0, 0.1),
    "lesion_1": Truth(0.00045, 60.0, 0.1, 8.0, 2.0),
    "lesion_2": Truth(0.018, 70.0, 0.1, 8.0, 3.0),
    "whole_body": Truth(0.32, 60.0, 1.6, 4.0, 0.01),
    "blood": Truth(2.6e-6, 30.0, 25.0, 1.5, 0.01),
}

SSTR = {
    "kidneys": Truth(0.026, 75.0, 0.4, 4.0, 0.3),
    "liver": Truth(0.055, 110.0, 0.4, 6.0, 0.2),
    "spleen": Truth(0.018, 110.0, 0.3, 6.0, 0.2),
    "lesion_1": Truth(0.014, 180.0, 0.1, 10.0, 2.0),
    "lesion_2": Truth(0.0022, 150.0, 0.1, 10.0, 2.0),
    "whole_body": Truth(0.38, 110.0, 1.2, 4.0, 0.01),
    "blood": Truth(1.6e-6, 45.0, 40.0, 1.2, 0.01),
}


#: Ga-68 PSMA-11 in the same body at 1 h: what PET sees, of another ligand and so not in proportion.
PSMA_PET = {
    "kidneys": Truth(0.115, 30.0, 0.1, 1.0, 0.2, 1.0),
    "parotid_glands": Truth(0.0058, 30.0, 0.1, 2.0, 0.3, 1.0),
    "liver": Truth(0.105, 20.0, 0.2, 2.0, 0.1, 1.0),
    "spleen": Truth(0.018, 20.0, 0.2, 2.0, 0.1, 1.0),
    "lesion_1": Truth(0.0036, 40.0, 0.1, 4.0, 0.5, 1.0),
    "lesion_2": Truth(0.00026, 40.0, 0.1, 4.0, 0.5, 1.0),
}

#: The therapy of that patient: kidneys and glands as in `PSMA`.
PSMA_TREATED = PSMA | {
    "liver": Truth(0.020, 24.0, 1.0, 5.0, 0.1),
    "spleen": Truth(0.0016, 40.0, 1.0, 5.0, 0.1),
    "lesion_1": Truth(0.018, 70.0, 0.1, 8.0, 3.0),
    "lesion_2": Truth(0.0016, 60.0, 0.1, 8.0, 2.0),
}


def psma_demo() -> Example:
    """Return the demo: cycle 1 with four scans, cycle 2 with two."""
    lesions = ("lesion_1", "lesion_2")
    falling = {"kidneys": 0.95, "parotid_glands": 0.92, "lesion_1": 0.70, "lesion_2": 0.75}
    first = (
        Scans(ORGANS, (4.0, 24.0, 48.0, 120.0), 0.05),
        Scans(lesions, (4.0, 24.0, 48.0, 120.0), 0.08),
        Scans(("whole_body",), (1.0, 4.0, 24.0, 48.0, 120.0), 0.05),
        BLOOD,
    )
    second = (
        Scans(ORGANS, (24.0, 96.0), 0.05),
        Scans(lesions, (24.0, 96.0), 0.08),
        Scans(("whole_body",), (4.0, 24.0, 96.0), 0.05),
    )
    return Example(
        2016,
        PSMA,
        (
            Table(DEMO / "cycle1.csv", "cycle 1", 5400.0, first),
            Table(DEMO / "cycle2.csv", "cycle 2", 5400.0, second, falling),
        ),
    )


def dotatate() -> Example:
    """Return a neuroendocrine tumor patient after four scans."""
    scans = (
        Scans(("kidneys", "liver", "spleen"), (4.0, 24.0, 96.0, 168.0), 0.05),
        Scans(("lesion_1", "lesion_2"), (4.0, 24.0, 96.0, 168.0), 0.08),
        Scans(("whole_body",), (1.0, 4.0, 24.0, 96.0, 168.0), 0.05),
        BLOOD,
    )
    return Example(177, SSTR, (Table(HERE / "dotatate.csv", "cycle 1", 7400.0, scans),))


def one_scan() -> Example:
    """Return a patient who was scanned once, two days after the administration."""
    scans = (
        Scans(("kidneys", "parotid_glands"), (48.0,), 0.05),
        Scans(("lesion_1",), (48.0,), 0.08),
    )
    return Example(48, PSMA, (Table(HERE / "one_scan.csv", "cycle 1", 7400.0, scans),))


def single_kidney() -> Example:
    """Return a patient with one kidney, larger than usual."""
    truth = PSMA | {"kidneys": Truth(0.019, 46.0, 0.5, 4.0, 0.3)}
    scans = (
        Scans(("kidneys", "parotid_glands"), (4.0, 24.0, 72.0, 144.0), 0.05),
        Scans(("lesion_2",), (4.0, 24.0, 72.0, 144.0), 0.08),
        Scans(("whole_body",), (1.0, 4.0, 24.0, 72.0, 144.0), 0.05),
        BLOOD,
    )
    return Example(1, truth, (Table(HERE / "single_kidney.csv", "cycle 1", 6000.0, scans),))


def new_lesion() -> Example:
    """Return a patient with a lesion that is first seen in cycle 2."""
    first = (
        Scans(("kidneys",), (24.0, 48.0, 120.0), 0.05),
        Scans(("lesion_1",), (24.0, 48.0, 120.0), 0.08),
    )
    second = (
        Scans(("kidneys",), (24.0, 96.0), 0.05),
        Scans(("lesion_1", "lesion_2"), (24.0, 96.0), 0.08),
    )
    return Example(
        22,
        PSMA | {"lesion_2": Truth(0.0015, 60.0, 0.1, 8.0, 2.0)},
        (
            Table(HERE / "new_lesion_cycle1.csv", "cycle 1", 7400.0, first),
            Table(HERE / "new_lesion_cycle2.csv", "cycle 2", 7400.0, second, {"lesion_1": 0.7}),
        ),
    )


#: The patient of `psma_body`: size, volumes, and what the fit has to find.
BODY = {
    "patient.mass": "82 kg",
    "patient.height": "178 cm",
    "kidneys.volume": "330 mL",
    "parotid_glands.volume": "36 mL",
    "liver.volume": "1650 mL",
    "spleen.volume": "190 mL",
    "lesion_1.volume": "24 mL",
    "lesion_2.volume": "6 mL",
    "undelineated_tumor.volume": "100 mL",
    "patient.tubular_extraction_rate": "165 mL/min",
    "kidneys.receptor_density": "3.1 nmol/L",
    "psma617.kidneys.release": "0.018 1/h",
    "parotid_glands.receptor_density": "4.6 nmol/L",
    "psma617.parotid_glands.release": "0.023 1/h",
    "liver.receptor_density": "0.55 nmol/L",
    "psma617.liver.release": "0.036 1/h",
    "spleen.receptor_density": "0.9 nmol/L",
    "psma617.spleen.release": "0.033 1/h",
    "lesion_1.receptor_density": "26 nmol/L",
    "lesion_1.release": "0.0075 1/h",
    "lesion_2.receptor_density": "11 nmol/L",
    "lesion_2.release": "0.0105 1/h",
    "undelineated_tumor.receptor_density": "12 nmol/L",
    "undelineated_tumor.release": "0.0084 1/h",
}
#: Receptors and clearance of cycle 2 over those of cycle 1.
RATIOS = {
    "kidneys.receptor_density": {"cycle 2": 0.95},
    "parotid_glands.receptor_density": {"cycle 2": 0.9},
    "lesion_1.receptor_density": {"cycle 2": 0.62},
    "lesion_2.receptor_density": {"cycle 2": 0.8},
    "undelineated_tumor.receptor_density": {"cycle 2": 0.7},
    "patient.tubular_extraction_rate": {"cycle 2": 1.05},
}


@cache
def body_model() -> WholeBody:
    """Return the whole body behind `psma_body`."""
    return psma_body(
        ligand="psma-617",
        lesions=("lesion_1", "lesion_2", "undelineated_tumor"),
        given=BODY,
        changing=tuple(RATIOS),
    )


def psma_body_example() -> BodyExample:
    """Return a patient from the whole body: four scans in cycle 1, two in cycle 2."""
    course = Schedule(
        (
            Administration("cycle 1", 0.0, 7400.0, amount=90.0, duration=0.5),
            Administration("cycle 2", 1008.0, 7400.0, amount=170.0, duration=0.5),
        )
    )
    lesions = ("lesion_1", "lesion_2")
    first = (
        Scans(ORGANS, (4.0, 24.0, 72.0, 168.0), 0.05),
        Scans(lesions, (4.0, 24.0, 72.0, 168.0), 0.08),
        Scans(("whole_body",), (4.0, 24.0, 72.0, 168.0), 0.05),
        Scans(("blood",), (1.0, 2.0, 6.0, 24.0, 48.0), 0.05, "kBq/mL"),
    )
    second = (
        Scans(ORGANS, (24.0, 96.0), 0.05),
        Scans(lesions, (24.0, 96.0), 0.08),
        Scans(("whole_body",), (24.0, 96.0), 0.05),
    )
    tables = (
        Table(HERE / "psma_body_cycle1.csv", "cycle 1", 7400.0, first),
        Table(HERE / "psma_body_cycle2.csv", "cycle 2", 7400.0, second),
    )
    return BodyExample(617, {}, tables, course)


def psma_pet() -> Example:
    """Return a patient with a PET before therapy, and the scans of cycle 1 to come."""
    lesions = ("lesion_1", "lesion_2")
    pet = (Scans(ORGANS, (1.0,), 0.08), Scans(lesions, (1.0,), 0.1))
    treated = (Scans(ORGANS, (24.0, 96.0), 0.05), Scans(lesions, (24.0, 96.0), 0.08))
    return Example(
        68,
        PSMA_TREATED,
        (
            Table(HERE / "psma_pet.csv", "PSMA PET", 150.0, pet, nuclide="Ga-68", truth=PSMA_PET),
            Table(HERE / "psma_pet_cycle1.csv", "cycle 1", 7400.0, treated),
        ),
    )


EXAMPLES = (
    psma_demo,
    dotatate,
    one_scan,
    single_kidney,
    new_lesion,
    psma_pet,
    psma_body_example,
)

if __name__ == "__main__":
    for example in EXAMPLES:
        write(example())
