"""The models that the program knows: the engine's, those of bodies and cells, and packages'."""

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
    return {name: summary for name, (summary, _) in _entries().items()}


def known_model(name: str) -> Network:
    """Return a model by its name.

    Raises
    ------
    InputError
        If there is no such model; the nearest name is given.
    """
    own = _own()
    if name in own:
        return own[name][1]()
    entries = _entries()
    if name not in entries:
        raise InputError("unknown model", field="model", value=name, allowed=list(entries))
    return entries[name][1]()


def _own() -> dict[str, tuple[str, Callable[[], Network]]]:
    from theratwin.dynamics.models import own_models
    from theratwin.kinetics.models import model_entries

    return {**own_models(), **model_entries()}


def _entries() -> dict[str, tuple[str, Callable[[], Network]]]:
    from theratwin.dynamics.models import package_models

    own = _own()
    return {**own, **package_models(own)}
