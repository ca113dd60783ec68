"""The parts of a therapy joined: who gets what from whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theratwin.core import InputError
from theratwin.dynamics import Network
from theratwin.response import tissue
from theratwin.response.blood import hematopoiesis
from theratwin.response.drugs.combined import with_drugs
from theratwin.response.immune import immune_lite
from theratwin.response.tumor import SelfDose, lesion_in_body, tumor_network
from theratwin.twin.therapy.growth import volumes
from theratwin.twin.therapy.immune import count
from theratwin.twin.therapy.organ_doses import (
    BODY,
    MARROW,
    Source,
    counted_progeny,
    organ_dose_network,
    organ_s_value,
)
from theratwin.twin.therapy.other_dose import other_dose_network

if TYPE_CHECKING:
    from theratwin.kinetics.body import LigandPlan
    from theratwin.twin.therapy.therapy import Therapy

#: Radiosensitivity of organs that are followed.
TISSUES = {"kidneys": "kidneys", MARROW: "marrow", "parotid_glands": "salivary_glands"}


@dataclass
class _Parts:
    """Networks by name space, what their inputs are bound to, and what is needed of the body."""

    therapy: Therapy
    networks: dict[str, Network] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    measured: list[str] = field(default_factory=list)

    def from_body(self, port: str, observed: str) -> None:
        """Bind an input to an observable of the body."""
        self.measured.append(observed)
        self.links[port] = f"body.{observed}"


def joined(therapy: Therapy) -> Network:
    """Return a therapy as one network."""
    parts = _Parts(therapy)
    for add in (_cells, _other_dose, _organs, _blood, _immune):
        add(parts)
    first = therapy.body.plan.ligands[0]
    return lesion_in_body(
        therapy.body.network,
        therapy.lesion,
        _tumor(therapy),
        therapy.body.activity(therapy.lesion, first.name),
        others=parts.networks,
        links=parts.links,
        measured=parts.measured,
    )


def _tumor(therapy: Therapy) -> Network:
    nuclide = therapy.body.plan.ligands[0].nuclide
    further = ["dose_rate.other"] if therapy.others or therapy.beams else []
    further += ["hazard.other"] if therapy.immune else []
    volume = therapy.body_values[f"{therapy.lesion}.volume"]
    return tumor_network(
        therapy.growth,
        kill="hazard",
        self_dose=SelfDose.sphere(nuclide, counted_progeny(nuclide)),
        further_inputs=further,
        values={**therapy.tumor, **volumes(therapy.growth, volume, therapy.tumor)},
    )


def _cells(parts: _Parts) -> None:
    therapy = parts.therapy
    cells = therapy.cell_model.network()
    if therapy.drugs:
        cells = with_drugs(cells, therapy.drugs, by_mouth=therapy.drug_names)
    parts.networks["cells"] = cells
    parts.links |= {"cells.dose_rate": "tumor.dose_rate", "tumor.hazard": "cells.hazard"}


def _other_dose(parts: _Parts) -> None:
    therapy = parts.therapy
    if not (therapy.others or therapy.beams):
        return
    laws = {
        each.name: (
            SelfDose.sphere(each.nuclide, counted_progeny(each.nuclide)),
            therapy.weights.get(each.nuclide, 1.0),
        )
        for each in therapy.others
    }
    parts.networks["other"] = other_dose_network(laws, beams=therapy.beams)
    parts.links["tumor.dose_rate.other"] = "other.dose_rate"
    if laws:
        parts.links["other.volume"] = "tumor.volume"
    for name in laws:
        parts.from_body(f"other.activity.{name}", therapy.body.activity(therapy.lesion, name))


def _organs(parts: _Parts) -> None:
    therapy = parts.therapy
    regions = [*therapy.organs, *([MARROW] if therapy.marrow else [])]
    if not regions:
        return
    sources = [_source(therapy, each) for each in therapy.body.plan.ligands]
    tissues = {organ: tissue(TISSUES[organ]) for organ in regions}
    parts.networks["organs"] = organ_dose_network(sources, tissues)
    for source in sources:
        for region in [*regions, *([BODY] if therapy.marrow else [])]:
            observed = f"activity.{region}{source.end}"
            parts.from_body(f"organs.{observed}", observed)


def _source(therapy: Therapy, ligand: LigandPlan) -> Source:
    if therapy.marrow and ligand.nuclide not in therapy.marrow:
        raise InputError(
            "the marrow's model is missing for this nuclide",
            field="marrow",
            value=ligand.nuclide,
            remedy="Give one, as of marrow_model(...), for every nuclide",
        )
    volumes = {organ: therapy.body_values[f"{organ}.volume"] for organ in therapy.organs}
    s_values = {organ: organ_s_value(ligand.nuclide, organ, v) for organ, v in volumes.items()}
    end = f".{ligand.name}" if therapy.others else ""
    return Source(end, s_values, therapy.marrow.get(ligand.nuclide))


def _blood(parts: _Parts) -> None:
    if not parts.therapy.marrow:
        return
    blood = hematopoiesis(parts.therapy.lines)
    parts.networks["blood"] = blood
    for port in blood.inputs:
        parts.links[f"blood.{port.name}"] = f"organs.dose_rate.{MARROW}"


def _immune(parts: _Parts) -> None:
    if not parts.therapy.immune:
        return
    parts.networks["immune"] = immune_lite(own_tumor=False)
    parts.networks["count"] = count()
    parts.links |= {
        "count.living": "tumor.living",
        "immune.living": "count.cells",
        "immune.hazard": "cells.hazard",
        "immune.dose_rate": "tumor.dose_rate",
        "immune.dose_rate_blood": f"organs.dose_rate.{MARROW}",
        "tumor.hazard.other": "immune.immune_hazard",
    }
