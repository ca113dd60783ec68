"""The models of bodies and cells that a program may list, by name: a line for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from theratwin.core.distribution import Fixed
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.dynamics import Network
from theratwin.kinetics.models.psma import PSMA617_CALIBRATED, PSMA617_PUBLISHED

_TUMORS = ("tumor_1", "tumor_2", "tumor_rest")
_NOTE = "Measured in 7.4 GBq of commercial Lu-177 PSMA-617, by the notebook beside the model file."
#: Given into the vein at the start (nmol).
_DOSE = {
    "hot": (10.18, "pbpk_psma_public", _NOTE),
    "cold": (46.91, "pbpk_psma_public", _NOTE),
}
#: The lesion for which the PSMA-617 set was calibrated, with its volume.
CALIBRATED_LESION = {"lesion_1": "20 mL"}
_PEPTIDE = {
    "hot": (10.18, ASSUMPTION, "7.4 GBq of Lu-177."),
    "cold": (129.82, ASSUMPTION, "With the hot 140 nmol: 200 ug of peptide, usual in therapy."),
}
_MOUSE_DOSE = {
    "hot": (0.00509, ASSUMPTION, "3.7 MBq of Lu-177."),
    "cold": (0.09491, ASSUMPTION, "With the hot 0.1 nmol, usual in a biodistribution study."),
}
_MOUSE_DOSE_LNCAP = {
    "hot": (0.0509, ASSUMPTION, "37 MBq of Lu-177."),
    "cold": (0.9491, ASSUMPTION, "With the hot 1 nmol, taken as usual for that activity."),
}
#: By the names of their parameter sets.
_MICE = {
    "mouse-psma617": ("PSMA-617, PC-3 PIP tumor", _MOUSE_DOSE),
    "mouse-psma617-lncap": ("PSMA-617, LNCaP tumor", _MOUSE_DOSE_LNCAP),
    "mouse-psma-1448": ("on a ligand of 1448 g/mol, PC-3 PIP tumor", _MOUSE_DOSE),
}


def model_entries() -> dict[str, tuple[str, Callable[[], Network]]]:
    """Return models by name: what each is in one line, and a function that writes it.

    Examples
    --------
    >>> summary, write = model_entries()["psma"]
    >>> write()
    <Network psma: 134 states, 319 reactions, 152 parameters>
    """
    from theratwin.kinetics.antibody import antibody_entries
    from theratwin.kinetics.generators.library import generator_entries
    from theratwin.kinetics.tmdd import tmdd_entries

    return {
        "psma": (
            "whole body, Lu-177 PSMA-617 (Amsterdam's constants), 3 lesions; not calibrated",
            lambda: _psma("psma", "psma-617", PSMA617_PUBLISHED),
        ),
        "psma617-calibrated": (
            "whole body, Lu-177 PSMA-617, 1 lesion; calibrated to clinical doses",
            _psma_calibrated,
        ),
        "psma-it": (
            "whole body, Lu-177 PSMA-I&T (Kletting 2016, patient 2), 3 lesions; not calibrated",
            lambda: _psma("psma-it", "psma-i&t"),
        ),
        "dotatate": (
            "whole body, Lu-177 DOTATATE, 1 lesion; calibrated to clinical doses",
            _dotatate,
        ),
        **{
            name: (
                f"mouse of 25 g, Lu-177 {what}; calibrated to a biodistribution",
                partial(_mouse, name, dose),
            )
            for name, (what, dose) in _MICE.items()
        },
        "iodine": (
            "I-131 in a euthyroid adult: thyroid, blood, tissues, gut, excretion",
            lambda: _iodine("iodine", "euthyroid"),
        ),
        "iodine-rhtsh": (
            "I-131 in an adult with a thyroid remnant under rhTSH; calibrated to half-lives",
            lambda: _iodine("iodine-rhtsh", "rhtsh"),
        ),
        "iodine-withdrawal": (
            "I-131 in an adult with a thyroid remnant off hormone; calibrated to half-lives",
            lambda: _iodine("iodine-withdrawal", "withdrawal"),
        ),
        "mibg": (
            "I-131 MIBG in an adult: liver, salivary glands, tissues, bladder; calibrated",
            _mibg,
        ),
        "clr1404": (
            "I-131 CLR1404 (iopofosine): plasma and tissues as one; calibrated to plasma",
            _clr1404,
        ),
        "in-vitro": (
            "cells in a dish under Lu-177 DOTATOC: medium, membrane, cytoplasm, nucleus, a wash",
            _in_vitro,
        ),
        **antibody_entries(),
        **tmdd_entries(),
        **generator_entries(),
    }


def _dotatate() -> Network:
    from theratwin.kinetics.models.sstr import sstr_body

    return sstr_body(lesions=["lesion_1"], name="dotatate", given=_given(_PEPTIDE)).network


def _mouse(name: str, dose: dict[str, tuple[float, str, str]]) -> Network:
    from theratwin.kinetics.models.mouse import mouse_body

    return mouse_body([name.replace("-", "_")], given=_given(dose), name=name).network


def _iodine(name: str, preparation: str) -> Network:
    from theratwin.kinetics.models.iodine import iodine

    return iodine(preparation, name=name)


def _mibg() -> Network:
    from theratwin.kinetics.models.mibg import mibg

    return mibg()


def _clr1404() -> Network:
    from theratwin.kinetics.models.clr1404 import clr1404

    return clr1404()


def _in_vitro() -> Network:
    from theratwin.kinetics.models.in_vitro import in_vitro

    return in_vitro()


def _psma(name: str, ligand: str, sets: tuple[str, ...] = ()) -> Network:
    from theratwin.kinetics.models.psma import psma_body

    given = _given(_DOSE)
    return psma_body(ligand=ligand, sets=sets, lesions=_TUMORS, name=name, given=given).network


def _psma_calibrated() -> Network:
    from theratwin.kinetics.models.psma import psma_body

    # The public model's own tumors have densities that belong to its faster clearance.
    return psma_body(
        ligand="psma-617",
        sets=PSMA617_CALIBRATED,
        lesions=tuple(CALIBRATED_LESION),
        name="psma617-calibrated",
        given=_given(_DOSE) | {f"{n}.volume": v for n, v in CALIBRATED_LESION.items()},
    ).network


def _given(parts: dict[str, tuple[float, str, str]]) -> dict[str, Parameter]:
    return {
        f"dose.{label}": Parameter(f"dose.{label}", "nmol", Fixed(amount), source, note=note)
        for label, (amount, source, note) in parts.items()
    }
