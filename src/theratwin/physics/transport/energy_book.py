"""Where all energy went: emitted and created against deposited and escaped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EnergyBook:
    """Energies in MeV, summed over the histories.

    Parameters
    ----------
    emitted
        By the source.
    created
        Rest mass of source positrons that annihilated.
    deposited, escaped
        In the voxels, and out of them.

    Examples
    --------
    >>> EnergyBook(10.0, 0.0, 7.0, 3.0).imbalance
    0.0
    """

    emitted: float
    created: float
    deposited: float
    escaped: float

    @property
    def imbalance(self) -> float:
        """What is missing, as a share of what came in."""
        came = self.emitted + self.created
        return (came - self.deposited - self.escaped) / came
