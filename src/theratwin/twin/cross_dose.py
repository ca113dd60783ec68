"""What regions give each other, and the rest of the body to all, by S values of a phantom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float

from theratwin.case import Case
from theratwin.core import Curve, parameter_set
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics import chain_emissions, refuse_progeny
from theratwin.physics.organs import OrganSValues, organ_s_values, region_name, shipped_saf_table
from theratwin.twin.course import Activities
from theratwin.twin.twin import Twin

BODY = "whole_body"
PHANTOMS = {"male": "AM", "female": "AF"}
#: Parts of organs that the phantoms have as a whole; parts give each other nothing here.
PARTS: Mapping[str, str] = {
    "parotid_glands": "salivary_glands",
    "submandibular_glands": "salivary_glands",
}

Draws = Float[np.ndarray, " draws"]


@dataclass(frozen=True, eq=False)
class CrossDose:
    """S values between the regions of a case, Gy/(MBq h).

    Parameters
    ----------
    places
        Name in the phantom of each region that it has, by region; of a part of an organ that the
        phantom has as a whole, the organ's. Lesions have none.
    s_values
        From each of them, and from `BODY`, by the phantom's name.
    apart
        Regions with an activity of their own that are no part of the sum over the body.
    """

    places: Mapping[str, str]
    s_values: Mapping[str, OrganSValues]
    apart: frozenset[str]

    def to(self, region: str, activities: Activities, cycle: int) -> Draws | float:
        r"""Return the dose (Gy) that a region gets from all others in one administration.

        .. math:: D = \sum_{s \ne t} S(t \leftarrow s)\,\tilde A_s
                  + S(t \leftarrow \mathrm{rem})\,\tilde A_\mathrm{rem}

        The remainder is what the whole body holds besides, spread evenly by mass; lesions are
        taken for a part of it.
        """
        if region not in self.places:
            return 0.0
        target = self.places[region]
        integrals = {
            name: _integral(curves[cycle])
            for name, curves in activities.items()
            if name not in self.apart
        }
        dose = sum(
            self.s_values[place][target] * integrals[name]
            for name, place in self.places.items()
            if place != target and name in integrals
        )
        return dose + self._of_remainder(target) * self._remainder(activities, integrals, cycle)

    def _remainder(
        self, activities: Activities, integrals: Mapping[str, Draws | float], cycle: int
    ) -> Draws | float:
        """Return the time-integrated activity of the body outside the phantom's regions, MBq h."""
        placed = sum(integrals[name] for name in self.places if name in integrals)
        if BODY in activities:
            return np.maximum(_integral(activities[BODY][cycle]) - placed, 0.0)
        lesions = sum(value for name, value in integrals.items() if name not in self.places)
        rest = activities.get("remainder")
        return lesions + (0.0 if rest is None else _integral(rest[cycle]))

    def _of_remainder(self, target: str) -> float:
        """Return the S value from the body but for the regions (MIRD Pamphlet No. 21)."""
        body = self.s_values[BODY]
        parts = [self.s_values[place] for place in dict.fromkeys(self.places.values())]
        mass = body.source_mass - sum(part.source_mass for part in parts)
        energy = body.source_mass * body[target] - sum(p.source_mass * p[target] for p in parts)
        return max(energy / mass, 0.0)


def cross_dose(case: Case, regions: tuple[str, ...]) -> CrossDose | None:
    """Return the S values between a case's regions; None where no phantom stands for the patient.

    There is none for animals, nor for nuclides whose progeny counts.
    """
    phantom = PHANTOMS.get(case.patient.sex)
    if case.patient.species != "human" or phantom is None:
        return None
    try:
        nuclide = refuse_progeny(case.radiopharmaceutical.nuclide).name
    except UnsupportedError:
        return None
    return _of_regions(phantom, nuclide, tuple(r for r in regions if r not in case.lesion_names))


def has_cross_dose(twin: Twin) -> bool:
    """Return whether a twin's doses hold what other regions give: those of curves do.

    The parameters of whole bodies are calibrated to published doses as if organs gave each other
    nothing; a part of its own would count that twice.
    """
    return twin.model == "curves"


def cross_uncertainty() -> float:
    """Return the relative standard uncertainty of doses from other regions."""
    return parameter_set("dosimetry", "dose_factors").value("cross_dose.relative_uncertainty")


@cache
def _of_regions(phantom: str, nuclide: str, regions: tuple[str, ...]) -> CrossDose:
    table = shipped_saf_table(phantom)
    apart = frozenset({BODY, "remainder", "blood", "red_marrow", "excreted_urine"})
    places: dict[str, str] = {}
    for region in regions:
        name = PARTS.get(region, region)
        if region not in apart and (place := _place(name, table.sources)) is not None:
            places[region] = place
    emitted = chain_emissions(nuclide, "none")
    sources = (*dict.fromkeys(places.values()), BODY)
    values = {place: organ_s_values(table, emitted, place) for place in sources}
    return CrossDose(places, values, apart)


def _place(region: str, known: tuple[str, ...]) -> str | None:
    try:
        return region_name(region, known, "region")
    except InputError:
        return None


def _integral(curve: Curve | None) -> Draws | float:
    return 0.0 if curve is None else curve.integral()
