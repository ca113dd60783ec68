r"""What a plan maximizes: expected log cell kill, or the mean BED or dose of the lesions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from theratwin.core import parameter_set, parse
from theratwin.core.errors import InputError
from theratwin.planning.course import Course
from theratwin.planning.dose_arrays import Doses
from theratwin.planning.limit import Quantity, bed
from theratwin.response import Repopulation


class Objective(Protocol):
    """What is maximized: its expectation over the draws."""

    @property
    def name(self) -> str:
        """As the command line calls it."""
        ...

    @property
    def title(self) -> str:
        """As a reader would call it, with its unit."""
        ...

    @property
    def counts_time(self) -> bool:
        """Whether the time from cycle to cycle enters."""
        ...

    def draws(self, course: Course, cycles: int, activity: Any) -> np.ndarray:
        """Return its draws, shape ``(*activity.shape, draws)``."""
        ...

    def worth(self, course: Course) -> float:
        """Return by how much it rises with one Gy more in every lesion."""
        ...


@dataclass(frozen=True)
class LogCellKill:
    r"""The logarithm of all surviving clonogens together, negative:

    .. math:: -\ln \sum_i N_i e^{-\alpha_i BED_i + \ln 2\, T / T_d},
              \qquad N_i = \rho\, m_i

    with the lesions' masses m, and growth from the first administration to the last, if it is
    counted. The lesion with the most survivors rules it.

    Parameters
    ----------
    density
        Clonogenic cells in a gram of tumor, :math:`\rho` (1/g).
    alpha
        Radiosensitivity (1/Gy) of all lesions; None for that of each lesion's tissue.
    doubling_time
        In which the clonogens double while the course lasts, :math:`T_d` (h); None counts no
        growth.
    """

    density: float
    alpha: float | None = None
    doubling_time: float | None = None

    def __post_init__(self) -> None:
        for name in ("density", "alpha", "doubling_time"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise InputError("must be positive", field=f"log_cell_kill.{name}", value=value)

    @property
    def name(self) -> str:
        """As the command line calls it."""
        return "log-cell-kill"

    @property
    def title(self) -> str:
        """As a reader would call it."""
        return "-ln(surviving clonogens)"

    @property
    def counts_time(self) -> bool:
        """Whether growth from cycle to cycle is counted."""
        return self.doubling_time is not None

    def draws(self, course: Course, cycles: int, activity: Any) -> np.ndarray:
        """Return its draws, shape ``(*activity.shape, draws)``."""
        logarithms = [
            np.log(self.density * lesion.mass)
            - self._alpha(lesion)
            * (
                course.total(bed(lesion.region)).at(cycles, activity)
                - self._grown(course, cycles, self._alpha(lesion))
            )
            for lesion in lesions_of(course)
        ]
        return -np.logaddexp.reduce(logarithms, axis=0)

    def _grown(self, course: Course, cycles: int, alpha: float) -> float:
        """Return the BED (Gy) that growth takes back."""
        if self.doubling_time is None:
            return 0.0
        return Repopulation(alpha, self.doubling_time, course.elapsed(cycles)).dose_lost

    def worth(self, course: Course) -> float:
        """Return by how much it rises with one Gy more in every lesion."""
        return float(np.mean([self._alpha(lesion) for lesion in lesions_of(course)]))

    def _alpha(self, lesion: Doses) -> float:
        if self.alpha is not None:
            return self.alpha
        alpha = lesion.known_tissue.alpha
        if alpha is None:
            raise InputError(
                f"no alpha is known for {lesion.known_tissue.name}",
                field=f"log_cell_kill.{lesion.region}",
                remedy="Give log_cell_kill(alpha=...), or maximize the mean lesion BED",
            )
        return alpha


@dataclass(frozen=True)
class MeanOverLesions:
    """The mean of the lesions' BED or absorbed dose (Gy), each lesion counting the same."""

    kind: str

    @property
    def name(self) -> str:
        """As the command line calls it."""
        return f"mean-lesion-{self.kind}"

    @property
    def title(self) -> str:
        """As a reader would call it."""
        return f"mean lesion {'BED' if self.kind == 'bed' else 'absorbed dose'} [Gy]"

    @property
    def counts_time(self) -> bool:
        """Dose does not grow back."""
        return False

    def draws(self, course: Course, cycles: int, activity: Any) -> np.ndarray:
        """Return its draws, shape ``(*activity.shape, draws)``."""
        totals = [
            course.total(Quantity(self.kind, lesion.region)).at(cycles, activity)
            for lesion in lesions_of(course)
        ]
        return np.mean(totals, axis=0)

    def worth(self, course: Course) -> float:
        """Return by how much it rises with one Gy more in every lesion."""
        return 1.0


def log_cell_kill(
    *, density: str | None = None, alpha: str | None = None, doubling_time: str | None = None
) -> LogCellKill:
    """Return the objective E[-ln(surviving clonogens)] over all lesions together.

    Parameters
    ----------
    density
        Clonogens in a gram of tumor, such as ``"1e8 1/g"``; an assumption by default.
    alpha
        Radiosensitivity of all lesions, such as ``"0.147 1/Gy"``; each lesion's tissue has its
        own by default.
    doubling_time
        In which clonogens double from the first administration to the last, such as
        ``"60 days"``; growth is not counted by default.

    Examples
    --------
    >>> log_cell_kill().density
    100000000.0
    """
    if density is None:
        cells = parameter_set("planning", "choices").value("clonogens.density")
    else:
        cells = parse(density, "1/g", field="log_cell_kill.density")
    return LogCellKill(
        cells,
        None if alpha is None else parse(alpha, "1/Gy", field="log_cell_kill.alpha"),
        None
        if doubling_time is None
        else parse(doubling_time, "h", field="log_cell_kill.doubling_time"),
    )


def mean_lesion_bed() -> MeanOverLesions:
    """Return the objective E[mean BED of the lesions]."""
    return MeanOverLesions("bed")


def mean_lesion_dose() -> MeanOverLesions:
    """Return the objective E[mean absorbed dose of the lesions]."""
    return MeanOverLesions("dose")


OBJECTIVES = {
    "log-cell-kill": log_cell_kill,
    "mean-lesion-bed": mean_lesion_bed,
    "mean-lesion-dose": mean_lesion_dose,
}


def objective_named(name: str) -> Objective:
    """Return the objective of a name, such as ``"log-cell-kill"``.

    Raises
    ------
    InputError
        If there is no such objective.
    """
    if name not in OBJECTIVES:
        raise InputError("unknown objective", field="maximize", value=name, allowed=OBJECTIVES)
    return OBJECTIVES[name]()


def default_objective(course: Course) -> Objective:
    """Return log cell kill if every lesion's alpha is known, else mean BED, else mean dose."""
    tissues = [lesion.tissue for lesion in lesions_of(course)]
    if any(tissue is None for tissue in tissues):
        return mean_lesion_dose()
    if any(tissue is not None and tissue.alpha is None for tissue in tissues):
        return mean_lesion_bed()
    return log_cell_kill()


def lesions_of(course: Course) -> tuple[Doses, ...]:
    """Return the lesions; an error if none was measured."""
    if not course.lesions:
        raise InputError(
            "no lesion was measured, so there is nothing to maximize",
            field="lesions",
            remedy="Declare a lesion in the case with its volume and measure its activity",
        )
    return course.lesions
