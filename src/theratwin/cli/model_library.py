"""The models that the program knows: the engine's library, and whole bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.dynamics import Network


def known_models() -> dict[str, str]:
    """Return the models by name, each in one line.

    Examples
    --------
    >>> {"psma", "one-compartment"} <= set(known_models())
    True
    """
    from theratwin.dynamics import model_names, model_summary

    bodies = {name: summary for name, (summary, _) in _bodies().items()}
    return {**{name: model_summary(name) for name in model_names()}, **bodies}


def known_model(name: str) -> Network:
    """Return a model by its name.

    Raises
    ------
    InputError
        If there is no such model; the nearest name is given.
    """
    from theratwin.dynamics import model, model_names

    if name in model_names():
        return model(name)
    bodies = _bodies()
    if name not in bodies:
        raise InputError("unknown model", field="model", value=name, allowed=list(known_models()))
    return bodies[name][1]()


def _bodies() -> dict[str, tuple[str, Callable[[], Network]]]:
    from theratwin.kinetics.models import model_entries

    return model_entries()
