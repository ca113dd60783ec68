"""The whole-body models that a program may list, by name."""

from __future__ import annotations

from collections.abc import Callable

from theratwin.dynamics import Network

_TUMORS = ("tumor_1", "tumor_2", "tumor_rest")


def model_entries() -> dict[str, tuple[str, Callable[[], Network]]]:
    """Return models by name: what each is in one line, and a function that writes it.

    Examples
    --------
    >>> summary, write = model_entries()["psma"]
    >>> write()
    <Network psma: 134 states, 319 reactions, 150 parameters>
    """
    return {
        "psma": (
            "whole body, Lu-177 PSMA-617 (Amsterdam's constants), three lesions; not calibrated",
            lambda: _psma("psma", "psma-617"),
        ),
        "psma-it": (
            "whole body, Lu-177 PSMA-I&T (Kletting 2016, patient 2), three lesions; not calibrated",
            lambda: _psma("psma-it", "psma-i&t"),
        ),
    }


def _psma(name: str, ligand: str) -> Network:
    from theratwin.kinetics.models.psma import psma_body

    return psma_body(ligand=ligand, lesions=_TUMORS, name=name).network
