"""Doses that normal tissue is known to bear, and what the knowledge rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from theratwin.core import Citation, InputError, Parameter, citation, parameter_set

_SET = ("response", "clinical_limits")


class Evidence(StrEnum):
    """What kind of treatment a tolerance was seen in."""

    RADIOPHARMACEUTICAL = "radiopharmaceutical therapy"
    EXTERNAL_BEAM = "external beam"
    RADIOEMBOLIZATION = "radioembolization"


@dataclass(frozen=True)
class Tolerance:
    """A dose to one organ with the statement of what it rests on.

    Parameters
    ----------
    organ
        As the parameter set ``response/clinical_limits`` calls it.
    quantity
        What is limited: ``bed``, ``absorbed_dose``, or a dose of another treatment.
    dose
        Gy.
    evidence
        The treatment that it was seen in.
    parameter
        Value, source, place and note.
    """

    organ: str
    quantity: str
    dose: float
    evidence: Evidence
    parameter: Parameter

    @property
    def is_limit(self) -> bool:
        """Whether it was seen in radiopharmaceutical therapy; others are for comparison only."""
        return self.evidence is Evidence.RADIOPHARMACEUTICAL

    @property
    def citation(self) -> Citation | None:
        """Where it was published, if it is no assumption."""
        return None if self.parameter.is_assumption else citation(self.parameter.source)

    def __str__(self) -> str:
        quantity = self.quantity.replace("_", " ")
        use = "limit" if self.is_limit else "for comparison only"
        return f"{self.organ}: {quantity} {self.dose:g} Gy, {self.evidence}, {use}"


def tolerances(organ: str | None = None) -> tuple[Tolerance, ...]:
    """Return what is known of one organ, or of all.

    Salivary and lacrimal glands have no limit that was validated in radiopharmaceutical therapy:
    spare them as an objective, not by a limit.

    Parameters
    ----------
    organ
        As ``kidneys``; all if None.

    Raises
    ------
    InputError
        If nothing is known of the organ.

    Examples
    --------
    >>> for known in tolerances("kidneys"):
    ...     print(known)
    kidneys: bed 40 Gy, radiopharmaceutical therapy, limit
    kidneys: bed with risk factors 28 Gy, radiopharmaceutical therapy, limit
    kidneys: absorbed dose 23 Gy, external beam, for comparison only
    >>> [known.is_limit for known in tolerances("parotids")]
    [False, False]
    """
    found = [_tolerance(p) for p in parameter_set(*_SET).values() if p.unit == "Gy"]
    organs = list(dict.fromkeys(known.organ for known in found))
    if organ is not None and organ not in organs:
        raise InputError(
            "nothing is known of the organ", field="organ", value=organ, allowed=organs
        )
    return tuple(known for known in found if organ in (None, known.organ))


def _tolerance(parameter: Parameter) -> Tolerance:
    organ, _, quantity = parameter.name.partition(".")
    return Tolerance(organ, quantity, parameter.value, _evidence(organ, quantity), parameter)


def _evidence(organ: str, quantity: str) -> Evidence:
    for evidence in (Evidence.EXTERNAL_BEAM, Evidence.RADIOEMBOLIZATION):
        if quantity.startswith(evidence.replace(" ", "_")):
            return evidence
    # The former 23 Gy for the kidneys was taken over from external-beam therapy.
    if (organ, quantity) == ("kidneys", "absorbed_dose"):
        return Evidence.EXTERNAL_BEAM
    return Evidence.RADIOPHARMACEUTICAL
