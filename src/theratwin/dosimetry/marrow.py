"""Dose of red marrow: from itself, and from the photons of the whole body."""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.core import parameter_set
from theratwin.core.errors import UnsupportedError
from theratwin.physics import body_photon_s_value, emissions
from theratwin.physics.progeny import refuse_progeny
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM


@dataclass(frozen=True)
class MarrowModel:
    """Factors that turn activity curves into the dose rate of red marrow.

    Parameters
    ----------
    mass
        Mass of red marrow (g): stated in proportion to the body's, or of what was imaged.
    self_s_value
        Dose for each unit of time-integrated activity in the marrow, Gy/(MBq h).
    body_s_value
        The same for activity anywhere in the body, by its photons.
    activity_for_blood
        Activity in the marrow (MBq) for each unit of concentration in blood (MBq/mL), in mL.
    relative_uncertainty
        Relative standard uncertainty of the self-dose part.
    """

    mass: float
    self_s_value: float
    body_s_value: float
    activity_for_blood: float
    relative_uncertainty: float


def marrow_model(
    nuclide: str, body_mass: float, height: float, *, marrow_mass: float | None = None
) -> MarrowModel:
    r"""Return the marrow model of an adult.

    .. math::

        \dot D = S_\mathrm{self} A_\mathrm{marrow} + S_\mathrm{body} A_\mathrm{body}, \qquad
        A_\mathrm{marrow} = C_\mathrm{blood}\, R\, m / \rho

    The marrow's mass is the reference adult's in proportion to body mass; with activity from
    blood it cancels. Electrons that start in the marrow leave part of their energy in bone: the
    fraction that stays is a published one. Bone and other organs act through their photons only.

    Parameters
    ----------
    nuclide
        Name.
    body_mass
        Body mass (g).
    height
        Height (mm).
    marrow_mass
        Mass (g) of the marrow in which activity was measured, such as that of some vertebrae;
        by default all of the body's.

    Examples
    --------
    >>> model = marrow_model("Lu-177", 73_000.0, 1760.0)
    >>> model.mass, f"{model.self_s_value:.2e} Gy/(MBq h)"
    (1170.0, '4.19e-05 Gy/(MBq h)')
    """
    values = parameter_set("dosimetry", "red_marrow")
    share = body_mass / values.value("reference_body_mass")
    mass = values.value("reference_mass") * share if marrow_mass is None else marrow_mass
    return MarrowModel(
        mass=mass,
        self_s_value=marrow_self_s_value(nuclide, mass),
        body_s_value=float(body_photon_s_value(nuclide, body_mass, height)),
        activity_for_blood=values.value("to_blood_ratio") * mass / values.value("density"),
        relative_uncertainty=values.value("relative_uncertainty"),
    )


def marrow_self_s_value(nuclide: str, mass: float) -> float:
    r"""Return the dose of marrow for each unit of its own time-integrated activity, Gy/(MBq h).

    .. math:: S(m) = E_e\,\phi / m

    with the electrons' energy and the fraction of it that stays in marrow, a published one.

    Parameters
    ----------
    nuclide
        Name.
    mass
        Mass of the marrow (g).

    Raises
    ------
    UnsupportedError
        If the nuclide's dose is dominated by daughters or alpha particles.

    Examples
    --------
    >>> round(marrow_self_s_value("Lu-177", 1170.0) * 1e5, 2)
    4.19
    """
    emitted = emissions(refuse_progeny(nuclide))
    if emitted.alpha.energy_per_decay > 0.01 * emitted.electrons.energy_per_decay:
        raise UnsupportedError(
            "the dose of alpha particles in marrow is not treated", field="nuclide", value=nuclide
        )
    retained = parameter_set("dosimetry", "red_marrow").value("self_absorbed_fraction")
    energy = emitted.electrons.energy_per_decay * retained
    return energy * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / mass
