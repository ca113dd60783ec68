"""What the last update changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from theratwin.core.errors import InputError
from theratwin.report.names import in_order, title
from theratwin.report.numbers import listed, with_bounds
from theratwin.twin import Interval, Twin, snapshot


@dataclass(frozen=True)
class Change:
    """Doses of one cycle before and after an update.

    Parameters
    ----------
    cycle
        The administration compared.
    before
        The data that the twin rested on before, such as ``"cycle 1"``.
    added
        The data that came in.
    rows
        Region to its intervals (Gy/GBq) before and after.
    """

    cycle: str
    before: str
    added: str
    rows: Mapping[str, tuple[Interval, Interval]]

    @property
    def narrowing(self) -> dict[str, float]:
        """The width of each interval after over that before, on the logarithmic scale."""
        return {
            region: math.log(after.high / after.low) / math.log(before.high / before.low)
            for region, (before, after) in self.rows.items()
        }

    @property
    def surprises(self) -> list[str]:
        """The regions whose new median lies outside the interval of before."""
        return [
            region
            for region, (before, after) in self.rows.items()
            if not before.low <= after.median <= before.high
        ]

    @property
    def words(self) -> str:
        """The same in words: the largest change, how far intervals narrowed, and surprises."""
        if not self.rows:
            return f"{self.cycle} was not predicted before, so that nothing can be compared."
        region, (before, after) = max(
            self.rows.items(), key=lambda row: abs(math.log(row[1][1].median / row[1][0].median))
        )
        outside = listed([title(name) for name in self.surprises])
        held = (
            f"Outside the interval predicted before: {outside}."
            if outside
            else "Every new median lies within the interval predicted before."
        )
        return (
            f"The largest change is in {title(region)}: from {with_bounds(before)} to "
            f"{with_bounds(after, 'Gy/GBq')}. {self._widths} {held}"
        )

    @property
    def _widths(self) -> str:
        ratios = self.narrowing.values()
        least, most = 100 * (1 - max(ratios)), 100 * (1 - min(ratios))
        if least >= 0:
            return f"The intervals became {least:.0f} to {most:.0f} % narrower."
        if most <= 0:
            return f"The intervals became {-most:.0f} to {-least:.0f} % wider."
        return f"The intervals changed between {-least:.0f} % wider and {most:.0f} % narrower."


def changes(twin: Twin) -> Change:
    """Compare the twin with what it said before its last update.

    The cycle compared is the last one measured now that the twin could speak of before.

    Raises
    ------
    InputError
        If the twin was never updated.
    """
    if not twin.history:
        raise InputError(
            "the twin was never updated", field="twin.history", remedy="Use `update` first"
        )
    last, now = twin.history[-1], snapshot(twin)
    measured = twin.case.measurements.administrations
    spoken = [name for name in twin.case.schedule.names if name in last.dose]
    cycle = ([name for name in spoken if name in measured] or spoken)[-1]
    before, after = last.dose[cycle], now.dose[cycle]
    both = (region for region in after if region in before)
    rows = {
        region: (before[region], after[region])
        for region in in_order(both, twin.case)
        if before[region].low > 0 and after[region].low > 0
    }
    earlier = last.label.split(", ")
    added = [name for name in measured if name not in earlier]
    return Change(cycle, last.label, listed(added) or "further scans", rows)
