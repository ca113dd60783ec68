"""One table of several models of cell survival on the same exposure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

from theratwin.core import Curve, Exposure, InputError, UnsupportedError
from theratwin.response.cell_survival.library import cell_model, cell_model_names
from theratwin.response.cell_survival.model import CellModel


@dataclass(frozen=True)
class Answer:
    r"""What one model says of an exposure.

    Parameters
    ----------
    model
        The model, with the values it used.
    log_kill, survival
        :math:`-\ln S` and S; None if the model cannot say.
    refusal
        Why it cannot, else empty.
    """

    model: CellModel
    log_kill: Any = None
    survival: Any = None
    refusal: str = ""

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name


@dataclass(frozen=True)
class Comparison:
    """The answers of several models, in their order."""

    answers: tuple[Answer, ...]

    def __getitem__(self, name: str) -> Answer:
        for answer in self.answers:
            if answer.name == name:
                return answer
        known = [answer.name for answer in self.answers]
        raise InputError("not compared", field="model", value=name, allowed=known)

    @property
    def rows(self) -> list[list[str]]:
        """The table as text, for one patient; the first row is a head."""
        head = ["model", "surviving fraction", "-ln S", "remark"]
        return [head, *map(_row, self.answers)]


def compare(
    exposure: Exposure | Curve,
    models: Iterable[str | CellModel] | None = None,
    until: float = inf,
) -> Comparison:
    """Return what several models say of one exposure.

    Parameters
    ----------
    exposure
        Dose rates by component, or a bare curve (Gy/h) of photons and electrons.
    models
        Names, or models with values of their own; all that there are if None.
    until
        The time up to which dose and deaths count (h).

    Raises
    ------
    InputError
        If a name is unknown, or the dose has no end. A model that cannot take the exposure is no
        error: its answer says why.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> found = compare(Pulses([0.0], [2.0]), ["linear", "lq"])
    >>> [round(float(answer.survival), 4) for answer in found.answers]
    [0.7453, 0.5036]
    """
    chosen = cell_model_names() if models is None else models
    made = [cell_model(m) if isinstance(m, str) else m for m in chosen]
    return Comparison(tuple(_answer(model, exposure, until) for model in made))


def _answer(model: CellModel, exposure: Exposure | Curve, until: float) -> Answer:
    try:
        # Survival is asked for itself, as some models are no exponential of a kill.
        return Answer(model, model.log_kill(exposure, until), model.survival(exposure, until))
    except UnsupportedError as error:
        return Answer(model, refusal=str(error))


def _row(answer: Answer) -> list[str]:
    if answer.refusal:
        return [answer.name, "", "", answer.refusal]
    kill, survival = float(answer.log_kill), float(answer.survival)
    return [answer.name, f"{survival:.6g}", f"{kill:.6g}", answer.model.summary]
