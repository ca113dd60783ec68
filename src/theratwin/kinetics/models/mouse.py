r"""A mouse of 25 g with a tumor that binds a PSMA ligand, and how man's rates are carried over.

Rates per volume of tissue (permeation, a tumor's perfusion) are scaled by mass M,

.. math:: k_{mouse} = k_{man}\,(M_{man} / M_{mouse})^{1/4},

since flows go as :math:`M^{3/4}` and volumes as M. What a molecule and a cell do (association,
affinity, internalization) is not scaled. Sizes and flows are the mouse's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import ASSUMPTION, Parameter, ParameterSet
from theratwin.core.parameter_file import parameter_set
from theratwin.core.units import inside
from theratwin.kinetics.body import BodyPlan, LigandPlan, Organ, WholeBody, whole_body
from theratwin.kinetics.models.names import listed
from theratwin.kinetics.models.patient import given_parameters

#: Flows of blood and clearances go as this power of body mass, volumes as the mass itself.
FLOW_EXPONENT = 0.75
#: Per volume of tissue.
RATE_EXPONENT = FLOW_EXPONENT - 1.0
_HUMAN = ("psma_kletting_2016", "psma_amsterdam")
_MOUSE = "physiology_mouse"
#: Of the human sets: what is scaled, and what holds for any mammal's tissue or cell.
_SCALED = (
    *(f"{name}.permeability" for name in ("organ", "liver", "spleen", "lungs", "lesion")),
    "lesion.plasma_perfusion",
)
_KEPT = (
    *("lesion.blood_fraction", "lesion.interstitial_fraction", "lesion.density"),
    *(f"{name}.{key}" for name in ("organ", "lesion") for key in ("internalization", "release")),
    *("kidneys.reabsorbed_share", "psma617.k_on", "psma617.dissociation_constant"),
)
_ORGANS = (
    *(Organ(name) for name in ("heart", "brain", "muscle", "adipose", "skin", "bone")),
    Organ("gut", drains_into="liver"),
    Organ("spleen", receptors=True, drains_into="liver"),
    Organ("liver"),
)


def allometric(value: float, exponent: float, mass: float, other_mass: float) -> float:
    r"""Return :math:`x\,(M'/M)^b`: a quantity of a body of mass M in one of another mass.

    Parameters
    ----------
    value
        Of the body of ``mass``.
    exponent
        1 for volumes, 3/4 for flows and clearances, -1/4 for rates, 1/4 for times.
    mass, other_mass
        In the same unit.

    Examples
    --------
    >>> round(allometric(1.0, -0.25, 70e3, 25.0), 2)  # a rate in a mouse for one of 1/h in man
    7.27
    """
    for field, mass_given in (("mass", mass), ("other_mass", other_mass)):
        if not mass_given > 0.0:
            raise InputError("must be positive", field=field, value=mass_given)
    return value * (other_mass / mass) ** exponent


def scaled_to_mouse(mass: float, human_mass: float) -> ParameterSet:
    """Return the rates of the human PSMA sets in a mouse (masses in g).

    Examples
    --------
    >>> scaled_to_mouse(25.0, 71e3).value("lesion.internalization")  # a cell's: as in man
    0.06
    """
    human: dict[str, Parameter] = {}
    for name in _HUMAN:
        human |= dict(parameter_set("kinetics", name))
    found = {name: human[name] for name in _KEPT}
    for name in _SCALED:
        value = allometric(human[name].value, RATE_EXPONENT, human_mass, mass)
        note = f"Man's, {human[name].value:g} 1/h, times (man's mass / the mouse's)^(1/4)."
        found[name] = replace(
            human[name], distribution=Fixed(value), source=ASSUMPTION, where="", note=note
        )
    return ParameterSet("psma_scaled", "PSMA ligands in man, scaled to the mouse", found)


def mouse_body(
    sets: Iterable[str] = ("mouse_psma617",),
    *,
    nuclide: str = "Lu-177",
    mass: float | str = 25.0,
    lesions: Iterable[str] = ("tumor",),
    given: Mapping[str, float | str | Parameter] | None = None,
    name: str = "mouse",
    **options: Any,
) -> WholeBody:
    """Return the body of a mouse that gets a PSMA ligand.

    Parameters
    ----------
    sets
        Parameter sets of a ligand and strain, laid over the mouse's physiology and the scaled
        rates; a later one over the earlier ones.
    nuclide
        The label.
    mass
        Of the mouse: a number in g, or text with a unit.
    lesions
        Names of the tumors.
    given
        Parameters of this mouse, as ``{"tumor.volume": "0.2 mL"}``; ``dose.hot`` and ``dose.cold``
        are amounts in the vein at the start.
    name
        Of the network.
    **options
        Of `BodyPlan`; urine leaves at once unless ``bladder`` says otherwise.

    Raises
    ------
    InputError
        If a value is missing or out of range.

    Examples
    --------
    >>> body = mouse_body()
    >>> "kidneys" in body.regions, "tumor" in body.regions
    (True, True)
    """
    mass = inside(mass, "g", field="mass")
    if not 10.0 <= mass <= 60.0:
        raise InputError("no adult mouse", field="mass", value=mass, allowed="10 to 60 g")
    man = parameter_set("kinetics", "physiology_male").value("reference.mass")
    base = (parameter_set("kinetics", _MOUSE), scaled_to_mouse(mass, man))
    known = (*base, *(parameter_set("kinetics", each) for each in listed(sets, "sets")))
    own = given_parameters({**_of_mass(base[0], mass), **(given or {})}, known)
    plan = BodyPlan(
        name,
        _ORGANS,
        (LigandPlan("psma617", nuclide),),
        known,
        lesions=listed(lesions, "lesions"),
        given=own,
        **{"bladder": "none", **options},
    )
    return whole_body(plan)


def _of_mass(physiology: ParameterSet, mass: float) -> dict[str, float]:
    """Return what the set says of its mouse, for one of another mass.

    Plasma goes as the mass, by the area; flow as its power 3/4, so turnover as -1/4; filtration
    is a clearance.
    """
    own = physiology.value("patient.mass")
    exponents = {
        "patient.mass": 1.0,
        "patient.body_surface_area": 1.0,
        "blood.turnover": RATE_EXPONENT,
        "patient.gfr": FLOW_EXPONENT,
    }
    return {
        name: allometric(physiology.value(name), exponent, own, mass)
        for name, exponent in exponents.items()
    }
