"""What is given beside a radiopharmaceutical: ligands, drugs, beams, checkpoint inhibition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from theratwin.case import ExternalBeam, Schedule
from theratwin.core import Curve
from theratwin.response.drugs import Doses


@dataclass(frozen=True, eq=False)
class Agents:
    """The schedule of a therapy, agent by agent; times in h from one common start.

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

    Examples
    --------
    >>> Agents({"": Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="57 nmol")}).last
    1008.0
    """

    radiopharmaceuticals: Mapping[str, Schedule]
    drugs: Mapping[str, Doses] = field(default_factory=dict)
    beams: tuple[ExternalBeam, ...] = ()
    checkpoint: Curve | None = None

    @property
    def last(self) -> float:
        """When the last administration begins (h)."""
        return max(s.administrations[-1].time for s in self.radiopharmaceuticals.values())
