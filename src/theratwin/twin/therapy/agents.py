"""What is given beside a radiopharmaceutical: ligands, drugs, beams, checkpoint inhibition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from theratwin.case import ExternalBeam, Schedule
from theratwin.core import Curve, InputError
from theratwin.response.drugs import Doses


@dataclass(frozen=True, eq=False)
class Agents:
    """The schedule of a therapy, agent by agent; times in h on one clock, that of the schedules.

    Parameters
    ----------
    radiopharmaceuticals
        Ligand to its administrations; with one ligand its name may be left empty.
    drugs
        Partner drug to its doses by mouth.
    beams
        External beams on the lesion.
    checkpoint
        The checkpoint inhibitor's effect over time, from 0 to 1.

    Raises
    ------
    InputError
        If there is no radiopharmaceutical.

    Examples
    --------
    >>> Agents({"": Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="57 nmol")}).last
    1008.0
    """

    radiopharmaceuticals: Mapping[str, Schedule]
    drugs: Mapping[str, Doses] = field(default_factory=dict)
    beams: tuple[ExternalBeam, ...] = ()
    checkpoint: Curve | None = None

    def __post_init__(self) -> None:
        if not self.radiopharmaceuticals:
            raise InputError("at least one is needed", field="agents.radiopharmaceuticals")

    @property
    def last(self) -> float:
        """When the last dose of any agent is given (h)."""
        cycles = [s.administrations[-1].time for s in self.radiopharmaceuticals.values()]
        others = (*self.drugs.values(), *self.beams)
        return float(max(*cycles, 0.0, *(time for each in others for time in each.times)))
