r"""What the patient's body says: plasma volume, cardiac output, filtration.

All are rules on parameters, so that sex and size, hematocrit and filtration can be varied and
differentiated by:

.. math::

    V_p = v\,(1 - H)\,A, \qquad F = f\,V_p, \qquad
    A = A_0\,(m / m_0)^{0.425}\,(h / h_0)^{0.725}

with the blood volume per body surface area :math:`v`, the hematocrit :math:`H`, the body surface
area :math:`A` (measured, or Du Bois's), and the cardiac output in plasma volumes :math:`f`.
"""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.dynamics import Expression
from theratwin.kinetics.body.draft import Draft


@dataclass(frozen=True)
class Physiology:
    """Quantities of the whole body.

    Parameters
    ----------
    plasma_volume
        All plasma (mL), that of lesions left out.
    plasma_share
        The share of plasma in blood, one less the hematocrit.
    plasma_flow
        Cardiac output of plasma (mL/h), the flow of lesions left out.
    mass
        Body mass (g).
    """

    plasma_volume: Expression
    plasma_share: Expression
    plasma_flow: Expression
    mass: Expression


def add_physiology(draft: Draft) -> Physiology:
    """Add the body's rules and return their symbols."""
    values, rule = draft.values, draft.builder.rule
    plasma_share = rule("plasma.share", 1.0 - values.of("patient.hematocrit"))
    volume = rule(
        "plasma.volume",
        values.of("blood.volume_per_area") * plasma_share * _surface(draft),
        "mL",
    )
    flow = rule("plasma.flow", values.of("blood.turnover") * volume, "mL/h")
    return Physiology(volume, plasma_share, flow, values.of("patient.mass"))


def _surface(draft: Draft) -> Expression:
    """Return the body surface area (m^2): measured, else by height and mass, else the set's."""
    values = draft.values
    if values.is_given("patient.body_surface_area") or not values.is_given("patient.height"):
        return values.of("patient.body_surface_area")
    by_mass = (values.of("patient.mass") / values.of("du_bois.mass")) ** 0.425
    by_height = (values.of("patient.height") / values.of("du_bois.height")) ** 0.725
    area = values.of("du_bois.area") * by_mass * by_height
    return draft.builder.rule("patient.body_surface_area", area, "m^2")


def filtration(draft: Draft) -> Expression:
    """Return the glomerular filtration rate (mL/h): measured, or by the tubular extraction rate.

    What was measured is of this patient's kidneys; a set's value is of two.
    """
    values = draft.values
    if values.is_given("patient.gfr"):
        rate, measured = values.of("patient.gfr"), True
    elif values.has("patient.tubular_extraction_rate"):
        extraction = values.of("patient.tubular_extraction_rate")
        rate = extraction * values.of("kidneys.filtration_per_extraction")
        measured = values.is_given("patient.tubular_extraction_rate")
    else:
        rate, measured = values.of("patient.gfr"), False
    share = 1.0 if measured else kidney_function(draft)
    return draft.builder.rule("kidneys.filtration", rate * share, "mL/h")


def kidney_function(draft: Draft) -> Expression | float:
    """Return the share of two kidneys' flow and filtration that this patient has."""
    if not draft.plan.single_kidney:
        return 1.0
    return draft.values.of("kidneys.single_function")
