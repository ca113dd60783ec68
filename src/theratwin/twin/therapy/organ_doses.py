"""Dose and biologically effective dose of organs and red marrow, from the activities of a body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from theratwin.dosimetry import MarrowModel, bodies
from theratwin.dynamics import Expression, Network, NetworkBuilder
from theratwin.physics import sphere_s_value
from theratwin.physics.progeny import LIMIT, progeny_energy_ratio
from theratwin.response import Tissue
from theratwin.response.tumor.linear_quadratic_hazard import add_sublethal_dose

MARROW, BODY = "red_marrow", "whole_body"

#: Density of organs (g/mL).
_DENSITY = 1.05


@dataclass(frozen=True)
class Source:
    """A ligand: the end of its observables' names, S values of organs, the marrow's model.

    Parameters
    ----------
    end
        ``""``, or ``.NAME`` where a body has several ligands.
    s_values
        Organ to its S value for its own activity, Gy/(MBq h).
    marrow
        Factors of the red marrow; None without.
    """

    end: str
    s_values: Mapping[str, float]
    marrow: MarrowModel | None


def counted_progeny(nuclide: str) -> Literal["all"] | None:
    """Count all progeny where it matters: daughters are taken to decay where they are born."""
    return "all" if progeny_energy_ratio(nuclide) > LIMIT else None


def organ_s_value(nuclide: str, organ: str, volume: float) -> float:
    """Return the S value of an organ of a volume (mL) for its own activity, Gy/(MBq h).

    Examples
    --------
    >>> f"{organ_s_value('Lu-177', 'kidneys', 310.0):.2e}"
    '2.67e-04'
    """
    number = bodies(organ)
    mass = np.asarray(_DENSITY * volume / number)
    found = sphere_s_value(nuclide, mass, progeny=counted_progeny(nuclide), density=_DENSITY)
    return float(found.total) / number


def organ_dose_network(sources: list[Source], tissues: Mapping[str, Tissue]) -> Network:
    r"""Return dose rates :math:`\dot D = \sum_l S_l A_l`, doses and BED of organs.

    .. math::

        \frac{d\,\mathrm{BED}}{dt} = \dot D\,\Big(1 + \frac{2 I}{\alpha/\beta}\Big), \qquad
        \dot I = \dot D - \mu I

    with the dose I that repair has left. The red marrow has its self-dose by its activity in the
    body, and the photons of the whole body.

    Parameters
    ----------
    sources
        The ligands.
    tissues
        Organ to its tissue; ``red_marrow`` may be among them.

    Returns
    -------
    Network
        Inputs ``activity.ORGAN`` (MBq), with the source's end. Outputs ``dose_rate.ORGAN`` (Gy/h);
        quadratures ``dose.ORGAN`` and ``bed.ORGAN`` (Gy).

    Examples
    --------
    >>> from theratwin.response import tissue
    >>> source = Source("", {"kidneys": 2.8e-4}, None)
    >>> organ_dose_network([source], {"kidneys": tissue("kidneys")})
    <Network organ-doses: 1 states, 0 reactions, 3 parameters>
    """
    b = NetworkBuilder("organ-doses")
    for organ, tissue in tissues.items():
        add = _marrow_rate if organ == MARROW else _organ_rate
        rates = [add(b, source, organ) for source in sources]
        rate = b.rule(f"rate.{organ}", sum(rates[1:], rates[0]), "Gy/h")
        left = add_sublethal_dose(b, rate, tissue, f"{organ}.")
        ratio = b.parameter(
            f"{organ}.alpha_beta", tissue.alpha_beta, "Gy", note="Of the tissue, as given."
        )
        b.output(f"dose_rate.{organ}", rate, "Gy/h")
        b.observable(f"dose_rate.{organ}", rate, "Gy/h")
        b.quadrature(f"dose.{organ}", rate, "Gy")
        b.quadrature(f"bed.{organ}", rate * (1.0 + 2.0 * left / ratio), "Gy")
    return b.freeze()


def _organ_rate(b: NetworkBuilder, source: Source, organ: str) -> Expression:
    s_value = b.parameter(
        f"s_value.{organ}{source.end}",
        float(source.s_values[organ]),
        "Gy/(MBq h)",
        note="Self-dose of equal spheres that share the organ's mass.",
    )
    return s_value * b.input(f"activity.{organ}{source.end}", "MBq")


def _marrow_rate(b: NetworkBuilder, source: Source, organ: str) -> Expression:
    model = source.marrow
    assert model is not None
    own, whole = (
        b.parameter(f"s_value.{organ}.{kind}{source.end}", float(value), "Gy/(MBq h)", note=note)
        for kind, value, note in (
            ("self", model.self_s_value, "Of the marrow's model."),
            ("body", model.body_s_value, "Of the marrow's model: photons of the whole body."),
        )
    )
    return own * b.input(f"activity.{organ}{source.end}", "MBq") + whole * b.input(
        f"activity.{BODY}{source.end}", "MBq"
    )
