r"""Cells in a dish: a labeled ligand in the medium, on the membrane, in cytoplasm and nucleus.

Of every label, hot or cold, with the free receptors R and those inside :math:`R_i`:

.. math::

    \dot n_m = -v + k_{lr}\,n_i, \qquad v = \frac{k_{on}}{V_m} R\,n_m - K_D k_{on}\,n_b, \qquad
    \dot n_b = v - k_{int}\,n_b,

.. math::

    \dot n_i = k_{int}\,n_b - (k_{lr} + k_{eff} + k_{ni})\,n_i + k_{ne}\,n_n, \qquad
    \dot n_n = k_{ni}\,n_i - k_{ne}\,n_n, \qquad
    \dot R_i = k_{int}\textstyle\sum n_b - k_{rr} R_i .

Hot label becomes cold where it is, at the nuclide's decay constant. A wash takes what is in the
medium away, but for a residual part.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.core.parameter_file import parameter_set
from theratwin.core.units import inside
from theratwin.dynamics import TIME, Expression, Network, NetworkBuilder
from theratwin.kinetics.body.decay import MBQ_HOURS_PER_NMOL
from theratwin.kinetics.models.sstr import sstr_ligand
from theratwin.physics import nuclide as find_nuclide

#: Where the ligand can be; what `PLACES` of a cell are called in S values.
MEDIUM, SPENT = "medium", "spent"
PLACES = {"membrane": "CS", "cytoplasm": "Cy", "nucleus": "N"}
_LABELS = ("hot", "cold")
_WASHED = (MEDIUM, SPENT)
_NMOL_PER_MOLECULE = 1e9 / 6.02214076e23
_PATHS = {
    "ligand_recycling": ("cytoplasm", MEDIUM),
    "efflux": ("cytoplasm", SPENT),
    "nuclear_import": ("cytoplasm", "nucleus"),
    "nuclear_export": ("nucleus", "cytoplasm"),
}


def in_vitro(
    ligand: str = "dotatoc",
    nuclide: str = "Lu-177",
    *,
    washes: int = 1,
    given: Mapping[str, float | str] | None = None,
) -> Network:
    """Return the kinetics of an assay: incubate, wash off, observe.

    Parameters
    ----------
    ligand
        A ligand of SSTR2 whose constants are in the set ``kinetics/sstr``.
    nuclide
        Its label.
    washes
        Number of washes: the first at ``incubation``, further ones at ``wash_2.time`` and so on,
        which have to be given.
    given
        Parameters that differ from the set ``kinetics/in_vitro``: numbers inside, or text.

    Returns
    -------
    Network
        With the states ``medium.hot`` and its like (nmol in the well) and the outputs
        ``medium`` (MBq/mL), ``membrane``, ``cytoplasm`` and ``nucleus`` (MBq a cell).

    Raises
    ------
    InputError
        If a name is unknown or a value is missing.

    Examples
    --------
    >>> in_vitro()
    <Network in-vitro: 12 states, 20 reactions, 18 parameters>
    """
    if washes < 0:
        raise InputError("washes cannot be fewer than none", field="washes", value=washes)
    name = sstr_ligand(ligand)
    draft = _Draft.of(name, nuclide, dict(given or {}), washes)
    draft.bind()
    draft.release()
    draft.decay()
    draft.wash(washes)
    draft.report()
    return draft.builder.freeze()


@dataclass(frozen=True, eq=False)
class _Draft:
    """The network as it is written."""

    builder: NetworkBuilder
    known: Mapping[str, Expression]
    amounts: Mapping[tuple[str, str], Expression]
    free: Expression
    inside: Expression

    @classmethod
    def of(cls, ligand: str, nuclide: str, given: dict[str, Any], washes: int) -> _Draft:
        b = NetworkBuilder("in-vitro")
        known = {n: b.parameter(p) for n, p in _parameters(ligand, nuclide, given, washes).items()}
        well = b.compartment(MEDIUM, known["medium_volume"])
        cell = b.compartment("cell")
        start = _start(known)
        amounts = {
            (place, label): b.species(
                f"{place}.{label}",
                well if place in _WASHED else cell,
                start[label] if place == MEDIUM else 0.0,
                contains=_made_of(place, label),
            )
            for place in (MEDIUM, *PLACES, SPENT)
            for label in _LABELS
        }
        receptors = known["cells"] * known["receptors_per_cell"] * known["molecule"]
        free = b.species("receptor.surface", cell, receptors, contains=("receptor",))
        inside = b.species("receptor.inside", cell, contains=("receptor",))
        return cls(b, known, amounts, free, inside)

    def bind(self) -> None:
        b, known = self.builder, self.known
        on = known["k_on"]
        for label in _LABELS:
            near, held = self.amounts[MEDIUM, label], self.amounts["membrane", label]
            binding = on / known["medium_volume"] * self.free * near
            b.reaction(f"binding.{label}", (near, self.free), held, binding)
            off = known["dissociation_constant"] * on * held
            b.reaction(f"unbinding.{label}", held, (near, self.free), off)
            taken = known["internalization"] * held
            target = (self.amounts["cytoplasm", label], self.inside)
            b.reaction(f"internalization.{label}", held, target, taken)

    def release(self) -> None:
        b, known = self.builder, self.known
        back = known["receptor_recycling"] * self.inside
        b.reaction("receptor_return", self.inside, self.free, back)
        for path, (source, target) in _PATHS.items():
            for label in _LABELS:
                leaving = self.amounts[source, label]
                arriving = self.amounts[target, label]
                b.reaction(f"{path}.{label}", leaving, arriving, known[path] * leaving)

    def decay(self) -> None:
        for place in (MEDIUM, *PLACES, SPENT):
            hot, cold = (self.amounts[place, label] for label in _LABELS)
            rate = math.log(2.0) / self.known["half_life"] * hot
            self.builder.reaction(f"decay.{place}", hot, cold, rate, not_conserved=("nuclide",))

    def wash(self, washes: int) -> None:
        for i in range(1, washes + 1):
            time = self.known["incubation" if i == 1 else f"wash_{i}.time"]
            left = {
                self.amounts[place, label]: self.known["wash_residual"] * self.amounts[place, label]
                for place in _WASHED
                for label in _LABELS
            }
            self.builder.event(f"wash_{i}", TIME - time, left)

    def report(self) -> None:
        known = self.known
        specific = known["activity_per_decay_rate"] * (math.log(2.0) / known["half_life"])
        found = {
            MEDIUM: (
                specific
                * (self.amounts[MEDIUM, "hot"] + self.amounts[SPENT, "hot"])
                / known["medium_volume"],
                "MBq/mL",
            )
        }
        for place in PLACES:
            found[place] = (specific * self.amounts[place, "hot"] / known["cells"], "MBq")
        for name, (value, unit) in found.items():
            self.builder.output(name, value, unit)
            self.builder.observable(name, value, unit)


def _made_of(place: str, label: str) -> tuple[str, ...]:
    held = ("receptor",) if place == "membrane" else ()
    return ("ligand", *(("nuclide",) if label == "hot" else ()), *held)


def _start(known: Mapping[str, Expression]) -> dict[str, Expression]:
    """Return the amounts (nmol) in the medium at the start."""
    activity = known["activity_concentration"] * known["medium_volume"]
    specific = known["activity_per_decay_rate"] * (math.log(2.0) / known["half_life"])
    hot = activity / specific
    return {"hot": hot, "cold": activity / known["molar_activity"] - hot}


def _parameters(
    ligand: str, nuclide: str, given: dict[str, Any], washes: int
) -> dict[str, Parameter]:
    sstr, found = parameter_set("kinetics", "sstr"), find_nuclide(nuclide)
    known = dict(parameter_set("kinetics", "in_vitro"))
    if washes == 0:
        known = {n: p for n, p in known.items() if n not in ("incubation", "wash_residual")}
    for name in ("k_on", "dissociation_constant"):
        known[name] = replace(sstr[f"{ligand}.{name}"], name=name)
    known["half_life"] = Parameter(
        "half_life", "h", Fixed(found.half_life), "icrp_107", where=found.name
    )
    known["molecule"] = _constant("molecule", "nmol", _NMOL_PER_MOLECULE)
    known["activity_per_decay_rate"] = _constant(
        "activity_per_decay_rate", "MBq h/nmol", MBQ_HOURS_PER_NMOL
    )
    for i in range(2, washes + 1):
        name = f"wash_{i}.time"
        if name not in given:
            raise InputError("the time of the wash is missing", field=f"given.{name}")
        known[name] = Parameter(name, "h", Fixed(0.0), ASSUMPTION, note="Given by the user.")
    for name, value in given.items():
        if name not in known:
            raise InputError("unknown parameter", field="given", value=name, allowed=sorted(known))
        known[name] = _given(known[name], value)
    _check_molar_activity(known)
    return known


def _constant(name: str, unit: str, value: float) -> Parameter:
    return Parameter(name, unit, Fixed(value), "si_2019", where="Avogadro constant")


def _given(parameter: Parameter, value: float | str) -> Parameter:
    unit, place = parameter.unit, f"given.{parameter.name}"
    number = inside(value, unit, field=place)
    if not number >= 0:
        raise InputError("the value is out of range", field=place, value=value, allowed="0 or more")
    return replace(
        parameter, distribution=Fixed(number), source=ASSUMPTION, note="Given by the user."
    )


def _check_molar_activity(known: Mapping[str, Parameter]) -> None:
    """Refuse more activity than all of the ligand, labeled, could have."""
    most = MBQ_HOURS_PER_NMOL * math.log(2.0) / known["half_life"].value
    if known["molar_activity"].value > most:
        raise InputError(
            "more activity than if every molecule were labeled",
            field="given.molar_activity",
            value=known["molar_activity"].value,
            allowed=f"at most {most:.6g} MBq/nmol",
        )
