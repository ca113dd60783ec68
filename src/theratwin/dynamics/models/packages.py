"""Models that installed packages bring, by the entry points ``theratwin.models``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import EntryPoint

from theratwin.core.errors import InputError
from theratwin.core.packages import MODELS, brought, loaded, owner
from theratwin.dynamics.networks.network import Network


def package_models(taken: Iterable[str] = ()) -> dict[str, tuple[str, Callable[[], Network]]]:
    """Return packages' models by name: what each is in one line, and a function that writes it.

    A name that is taken, or that two packages have, is given as ``PACKAGE:NAME``: no model of one
    package stands in silently for another's.

    Parameters
    ----------
    taken
        Names of models that the program has itself.

    Examples
    --------
    >>> isinstance(package_models(), dict)
    True
    """
    points = brought(MODELS)
    names = [point.name for point in points]
    known = set(taken)
    found = {}
    for point in points:
        plain = names.count(point.name) == 1 and point.name not in known
        name = point.name if plain else f"{owner(point)}:{point.name}"
        found[name] = (_summary(point), partial(_written, point))
    return found


def _summary(point: EntryPoint) -> str:
    """Return the first line of the function's docstring, and the package."""
    try:
        text = (loaded(point).__doc__ or "").strip()
    except InputError as error:
        return f"cannot be loaded: {str(error).splitlines()[0]}"
    line = text.splitlines()[0].rstrip(".") if text else "not described"
    return f"{line} (package {owner(point)})"


def _written(point: EntryPoint) -> Network:
    write = loaded(point)
    network = write() if callable(write) else write
    if not isinstance(network, Network):
        raise InputError(
            "this is no model",
            field=f"entry point {MODELS}",
            value=f"{point.name} = {point.value}",
            allowed="a function without arguments that returns a Network",
            remedy=f"Mend the package {owner(point)}",
        )
    return network
