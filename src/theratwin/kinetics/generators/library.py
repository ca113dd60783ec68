"""The generators that a program may list, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from theratwin.dynamics import Network
from theratwin.kinetics.body import WholeBody
from theratwin.kinetics.body.decay import MBQ_HOURS_PER_NMOL
from theratwin.kinetics.generators.generator import generator
from theratwin.kinetics.generators.site import body_sites
from theratwin.physics import nuclide as find_nuclide

#: Activity (MBq) and ligand (nmol) given into the vein at the start.
_DOSES = {"Ac-225": (8.0, 140.0), "Pb-212": (100.0, 140.0)}
_LESION = {"lesion_1.volume": "20 mL"}
_SECOND = 1.0 / 3600.0


def generator_entries() -> dict[str, tuple[str, Callable[[], Network]]]:
    """Return models by name: what each is in one line, and a function that writes it.

    Examples
    --------
    >>> summary, write = generator_entries()["ac225-psma617"]
    >>> summary
    'whole body, Ac-225 PSMA-617 with its daughters, 1 lesion; daughters by assumptions'
    """
    end = "with its daughters, 1 lesion; daughters by assumptions"
    return {
        "ac225-psma617": (
            f"whole body, Ac-225 PSMA-617 {end}",
            partial(_written, "ac225-psma617", "psma-617", "Ac-225"),
        ),
        "ac225-dotatate": (
            f"whole body, Ac-225 DOTATATE {end}",
            partial(_written, "ac225-dotatate", "dotatate", "Ac-225"),
        ),
        "pb212-dotatate": (
            f"whole body, Pb-212 DOTATATE {end}",
            partial(_written, "pb212-dotatate", "dotatate", "Pb-212"),
        ),
    }


def _written(name: str, ligand: str, nuclide: str) -> Network:
    body = _body(name, ligand, nuclide)
    return generator(body.network, nuclide, body_sites(body), equilibrium=_SECOND).network


def _body(name: str, ligand: str, nuclide: str) -> WholeBody:
    from theratwin.kinetics.models import psma_body, sstr_body

    activity, amount = _DOSES[nuclide]
    hot = activity / (MBQ_HOURS_PER_NMOL * find_nuclide(nuclide).decay_constant)
    given = {**_LESION, "dose.hot": f"{hot!r} nmol", "dose.cold": f"{amount - hot!r} nmol"}
    write = psma_body if ligand.startswith("psma") else sstr_body
    return write(ligand=ligand, nuclide=nuclide, lesions=["lesion_1"], given=given, name=name)
