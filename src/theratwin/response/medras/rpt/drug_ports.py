"""What partner drugs do in the cell, as ports: inhibition from 0 to 1, trapping from 0 on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from theratwin.dynamics import Expression, NetworkBuilder
from theratwin.response.medras.rpt.repair_flow import Inhibition


@dataclass(frozen=True, eq=False)
class Drugs:
    """What drugs take away or add, as expressions; 0 without the drug.

    Attributes
    ----------
    repair
        Of the repair of double-strand breaks.
    single_strand
        Part of single-strand repair that is inhibited.
    trapping
        How much trapped PARP adds to the conversion of single- to double-strand breaks, as a
        multiple of that without.
    arrest
        Part of the checkpoint that is lost.
    """

    repair: Inhibition
    single_strand: Any = 0.0
    trapping: Any = 0.0
    arrest: Any = 0.0


def drug_ports(b: NetworkBuilder, drugs: tuple[str, ...], known: Mapping[str, Expression]) -> Drugs:
    """Add the ports of the drugs that are on, and return what they do.

    ``parp_inhibition``, ``parp_trapping``; ``dnapk_inhibition``; ``atm_inhibition``;
    ``atr_inhibition``. Two kinases that serve one purpose act one after the other:
    :math:`1 - (1 - c_1 I_1)(1 - c_2 I_2)` of it is lost.
    """
    level = {
        kinase: b.input(f"{kinase}_inhibition") if kinase in drugs else 0.0
        for kinase in ("parp", "dnapk", "atm", "atr")
    }
    trapping = b.input("parp_trapping") if "parp" in drugs else 0.0

    def lost(purpose: str) -> Any:
        kept: Any = 1.0
        for kinase in ("atm", "atr"):
            if (name := f"inhibition.{purpose}_by_{kinase}") in known:
                kept = kept * (1.0 - known[name] * level[kinase])
        return 1.0 - kept

    return Drugs(Inhibition(level["dnapk"], lost("hr")), level["parp"], trapping, lost("arrest"))
