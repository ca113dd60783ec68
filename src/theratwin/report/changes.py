"""What the last update changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from theratwin.core.errors import InputError
from theratwin.report.names import in_order
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
    after
        The data that it rests on now.
    rows
        Region to its intervals (Gy/GBq) before and after.
    """

    cycle: str
    before: str
    after: str
    rows: Mapping[str, tuple[Interval, Interval]]

    @property
    def narrowing(self) -> dict[str, float]:
        """The width of each interval after over that before, on the logarithmic scale."""
        return {
            region: math.log(after.high / after.low) / math.log(before.high / before.low)
            for region, (before, after) in self.rows.items()
        }


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
    shared = [region for region in after if region in before and before[region].low > 0]
    rows = {
        region: (before[region], after[region])
        for region in in_order(shared, twin.case)
        if after[region].low > 0
    }
    return Change(cycle, last.label, now.label, rows)
