"""MEDRAS for alpha particles that slow down in tissue: experimental."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from theratwin.core import Curve, Exposure, InputError, Parameter, parameter_set
from theratwin.response.medras.cell_line import CellLine, published
from theratwin.response.medras.medras import Medras
from theratwin.response.medras.tracks import Tracks, tracks_slowing_down

_ADDED = ("response", "alpha_medras")
_UNREPAIRABLE = "unrepairable.per_let"


@dataclass(frozen=True, eq=False)
class AlphaMedras(Medras):
    r"""MEDRAS over the slowing-down spectrum of alpha emitters; experimental.

    As `Medras`, but the component ``alpha`` is that of particles which begin with the energies
    given and stop in tissue, so that a quality is not asked for. Three things make it an
    experiment: above 102.9 keV/um the tracks that it rests on are extrapolated; tracks count as
    equal, with means over the spectrum; and the damage of high LET that cannot be repaired, for
    which MEDRAS is called unfit for alpha particles, is no more than a parameter,
    ``unrepairable.per_let``, whose default is 0.

    Parameters
    ----------
    parameters
        Those of the set ``response/medras``, and ``unrepairable.per_let`` (mm/MeV, which is
        um/keV): the part of the breaks that nothing can join, for each keV/um. Each is lethal.
    energies
        First energies of the alpha particles (MeV), to their number per decay.

    Raises
    ------
    InputError
        If no energies are given.

    References
    ----------
    theratwin's own use of citation ``mcmahon_2017``.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> model = AlphaMedras.of(p53="mutant", energies={5.8: 1.0})
    >>> exposure = Exposure("cells", {"alpha": Pulses([0.0], [1.0])})
    >>> print(f"{model.survival(exposure):.3f}")
    0.251
    """

    energies: Mapping[float, float] = field(default_factory=dict)

    name: ClassVar[str] = "alpha-medras"
    summary: ClassVar[str] = "MEDRAS over the slowing-down of alpha particles; experimental"
    origin: ClassVar[str] = "theratwin"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.energies:
            raise InputError(
                "the energies of the alpha particles are missing",
                field="energies",
                remedy="Give energies={5.8: 1.0}, MeV to particles per decay",
            )

    @classmethod
    def defaults(cls) -> Mapping[str, Parameter]:
        """Return the parameters of MEDRAS, and the one that is added."""
        return {**published(), **parameter_set(*_ADDED)}

    def _tracks(
        self, line: CellLine, exposure: Exposure | Curve, values: Mapping[str, Any]
    ) -> Tracks:
        return tracks_slowing_down(line, self.energies, values[_UNREPAIRABLE])
