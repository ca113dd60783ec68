"""How a report calls regions, and in which order they stand."""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.case import Case
from theratwin.twin.words import title

__all__ = ["in_order", "label", "site", "title"]

_LONG = 24

#: What is asked first stands first; other regions follow in the case's own order.
_FIRST = ("kidneys", "red_marrow", "parotid_glands", "submandibular_glands", "salivary_glands")


def site(region: str, case: Case) -> str:
    """Return where a lesion is; empty for an organ or if it is not said."""
    return {lesion.name: lesion.site for lesion in case.lesions}.get(region, "")


def label(region: str, case: Case) -> str:
    """Return a name for a plot: with the lesion's site, unless that makes it long."""
    both = f"{title(region)} ({site(region, case)})"
    return both if site(region, case) and len(both) <= _LONG else title(region)


def in_order(regions: Iterable[str], case: Case) -> list[str]:
    """Return organs first, the most asked for leading, then lesions, then body and blood."""
    last = ("whole_body", "remainder", "blood")

    def rank(region: str) -> tuple[int, int]:
        if region in _FIRST:
            return 0, _FIRST.index(region)
        if region in case.lesion_names:
            return 2, case.lesion_names.index(region)
        return (3, last.index(region)) if region in last else (1, 0)

    return sorted(regions, key=rank)
