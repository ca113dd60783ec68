"""Where things lie: the rows of the scratch memory, and what the driver is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

#: Whole numbers and addresses that the driver reads, in order.
CONTEXT = (
    "scratch",
    "parameters",
    "switches",
    "next",
    "stop",
    "event_begin",
    "event_target",
    "event_slopes",
    "event_slopes",
    "event_time",
    "event_amount",
    "times",
    "times_stride",
    "times_count",
    "starts",
    "ends",
    "tolerance",
    "options",
    "most_steps",
    "chosen",
    "chosen_count",
    "out_states",
    "out_observables",
    "out_state_slopes",
    "out_observable_slopes",
    "status",
    "counts",
    "reached",
    "record",
    "record_used",
    "record_capacity",
    "recorded",
    "recorded_count",
    "spread",
)
#: What the adjoint is told, in order.
ADJOINT_CONTEXT = (
    *CONTEXT,
    "todo",
    "tape",
    "tape_base",
    "tape_last",
    "state_cotangents",
    "observable_cotangents",
    "out_parameters",
    "out_initial",
    "out_events",
)
#: The function that follows patients back along their tapes.
PULL_BACK = "theratwin_pull_back"
#: Numbers before the switches in a row of a tape: patient, time, length, and the row before.
TAPE_HEADER = 4

#: Numbers that the driver reads through ``options``.
OPTIONS = ("rtol", "largest_step", "first_step")

#: What ``theratwin_integrate`` returns: all done, or room for pieces is needed.
DONE, FULL = 0, 1
#: Lanes: four doubles fill the registers of AVX2; eight gain nothing and compile much slower.
LANES = 4
#: Powers of a piece's polynomial, and the numbers before them: patient, time, length.
POWERS, HEADER = 5, 3

#: What a lane is doing.
IDLE, RUNNING, BEGINNING, LOADED, STARTING = -1, 0, 1, 2, 3


@dataclass
class Layout:
    """Rows of scratch, each one number (or whole number) for each lane.

    Parameters
    ----------
    lanes
        Numbers a row.
    """

    lanes: int
    rows: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    total: int = 0

    def add(self, name: str, rows: int = 1) -> None:
        """Reserve rows."""
        self.rows[name], self.sizes[name] = self.total, rows
        self.total += rows

    def add_all(self, names: Iterable[str]) -> None:
        """Reserve one row for each name."""
        for name in names:
            self.add(name)

    @property
    def bytes(self) -> int:
        """Size of the scratch memory."""
        return self.total * self.lanes * 8
