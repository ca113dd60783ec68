"""The plan of a body: which organs, lesions, ligands and paths its network is built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from theratwin.core.errors import InputError
from theratwin.core.parameter import Parameter, ParameterSet

#: Where the label goes that a cell releases: to a pool that the balance counts, or back.
Release = Literal["pool", "back"]
#: How the bladder empties: not at all (urine leaves at once), at a mean rate, or when told.
Bladder = Literal["none", "mean", "scheduled"]


@dataclass(frozen=True)
class Organ:
    """A tissue that blood flows through.

    Parameters
    ----------
    name
        Its region.
    like
        Names whose parameters stand in where the sets have none of its own: ``("gland",)``.
    receptors
        Whether its cells bind the ligand.
    drains_into
        ``"vein"``, or the organ that its blood goes to, as the spleen's to the liver.
    """

    name: str
    like: tuple[str, ...] = ("organ",)
    receptors: bool = False
    drains_into: str = "vein"


@dataclass(frozen=True)
class LigandPlan:
    """A ligand with its label.

    Parameters
    ----------
    name
        As it stands in parameter names, such as ``"psma617"``.
    nuclide
        The radionuclide of the hot label.
    like
        Names whose parameters stand in where the sets have none of its own.
    """

    name: str
    nuclide: str
    like: tuple[str, ...] = ()


@dataclass(frozen=True)
class BodyPlan:
    """What a whole body is built from.

    Parameters
    ----------
    name
        Of the network.
    organs
        The organs in series with the arteries; lungs, kidneys and other tissues are always there.
    lesions
        Names of the lesions.
    ligands
        The ligands, which compete for the receptors.
    sets
        Parameter sets; a later one replaces values of an earlier one.
    given
        Parameters of this patient, before those of the sets; the body must have a use for each.
    measured
        Likewise, from a record that holds more than the body has a use for.
    changing
        Names of parameters that differ from cycle to cycle: each is multiplied by a switch
        ``NAME.ratio``, one at the start.
    appearing
        Lesion to the administration at which it is first seen: it has no receptors before.
    release, bladder
        Options, see `Release` and `Bladder`.
    hepatobiliary
        Whether the liver excretes into bile and gut.
    tubular_uptake
        Whether the tubule takes ligand up by a saturable carrier that is no receptor.
    albumin
        Whether the ligand binds to the albumin of plasma.
    kidney_receptors
        The side of the tubule cell that has the receptors.
    single_kidney
        Whether there is but one kidney.
    """

    name: str
    organs: tuple[Organ, ...]
    ligands: tuple[LigandPlan, ...]
    sets: tuple[ParameterSet, ...]
    lesions: tuple[str, ...] = ()
    given: Mapping[str, Parameter] = field(default_factory=dict)
    measured: Mapping[str, Parameter] = field(default_factory=dict)
    changing: tuple[str, ...] = ()
    appearing: Mapping[str, str] = field(default_factory=dict)
    release: Release = "pool"
    bladder: Bladder = "mean"
    hepatobiliary: bool = False
    tubular_uptake: bool = False
    albumin: bool = False
    kidney_receptors: Literal["tubular", "interstitial"] = "tubular"
    single_kidney: bool = False

    def __post_init__(self) -> None:
        names = [*(organ.name for organ in self.organs), *self.lesions, *ALWAYS]
        for name in names:
            if names.count(name) > 1:
                raise InputError("the region stands twice", field=f"body {self.name}", value=name)
        if not self.ligands:
            raise InputError("at least one ligand is needed", field=f"body {self.name}, ligands")
        for organ in self.organs:
            if organ.drains_into != "vein" and organ.drains_into not in names:
                raise InputError(
                    "the blood of an organ drains into no other",
                    field=f"body {self.name}, {organ.name}",
                    value=organ.drains_into,
                    allowed=["vein", *names],
                )
        if self.hepatobiliary and "liver" not in names:
            raise InputError("there is no liver", field=f"body {self.name}, hepatobiliary")
        for option, value, allowed in (
            ("release", self.release, ("pool", "back")),
            ("bladder", self.bladder, ("none", "mean", "scheduled")),
            ("kidney_receptors", self.kidney_receptors, ("tubular", "interstitial")),
        ):
            if value not in allowed:
                raise InputError(
                    "no such option",
                    field=f"body {self.name}, {option}",
                    value=value,
                    allowed=allowed,
                )
        for lesion in self.appearing:
            if lesion not in self.lesions:
                raise InputError(
                    "no such lesion",
                    field=f"body {self.name}, appearing",
                    value=lesion,
                    allowed=self.lesions,
                )
        for name in ("given", "measured", "appearing"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def own(self) -> dict[str, Parameter]:
        """The parameters of this patient."""
        return {**self.measured, **self.given}

    @property
    def switched(self) -> dict[str, float]:
        """Parameters that a switch multiplies, to the switch's value at the start."""
        hidden = {f"{lesion}.receptor_density": 0.0 for lesion in self.appearing}
        return {**dict.fromkeys(self.changing, 1.0), **hidden}


#: Regions that every body has.
ALWAYS = ("lungs", "kidneys", "other_tissues")
