"""The library: names of models, each written when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib import import_module

from theratwin.core.errors import InputError
from theratwin.dynamics.models.packages import package_models
from theratwin.dynamics.networks.network import Network


def _written_in(module: str, function: str = "network", **options: object) -> Network:
    written = import_module(f"theratwin.dynamics.models.{module}")
    return getattr(written, function)(**options)


def _benchmark(labels: int, free_receptor: bool) -> Callable[[], Network]:
    return partial(_written_in, "benchmark", labels=labels, free_receptor=free_receptor)


_SYNTHETIC = "whole-body flows, permeation, binding; synthetic numbers"

_MODELS: dict[str, tuple[str, Callable[[], Network]]] = {
    "benchmark-88": (f"2 labels, free receptor by a rule: {_SYNTHETIC}", _benchmark(2, False)),
    "benchmark-93": (f"2 labels, free receptor a state: {_SYNTHETIC}", _benchmark(2, True)),
    "benchmark-181": (f"4 labels, free receptor a state: {_SYNTHETIC}", _benchmark(4, True)),
    "benchmark-445": (f"10 labels, free receptor a state: {_SYNTHETIC}", _benchmark(10, True)),
    "benchmark-1017": (f"23 labels, free receptor a state: {_SYNTHETIC}", _benchmark(23, True)),
    "linear-chain": (
        "four nuclides that decay one into the next",
        partial(_written_in, "linear_chain"),
    ),
    "one-compartment": (
        "bolus, infusion, elimination and decay in one volume",
        partial(_written_in, "one_compartment"),
    ),
    "receptor-binding": (
        "a ligand, its receptor and their complex, with turnover",
        partial(_written_in, "receptor_binding"),
    ),
    "tumor-feedback": (
        "a tumor whose volume changes its own uptake, two networks coupled",
        partial(_written_in, "tumor_feedback"),
    ),
}


def model_names() -> list[str]:
    """Return the names of the library's models, and of those that installed packages bring."""
    return [*_MODELS, *package_models(_MODELS)]


def model_summary(name: str) -> str:
    """Return what a model is, in one line."""
    return _entry(name)[0]


@cache
def model(name: str) -> Network:
    """Return a library model, or one that an installed package brings.

    Raises
    ------
    InputError
        If there is no such model; the nearest name is given.

    Examples
    --------
    >>> model("one-compartment")
    <Network one-compartment: 1 states, 3 reactions, 5 parameters>
    """
    return _entry(name)[1]()


def own_models() -> dict[str, tuple[str, Callable[[], Network]]]:
    """Return the models of the library itself: each in one line, and a function that writes it."""
    return dict(_MODELS)


def _entry(name: str) -> tuple[str, Callable[[], Network]]:
    if name in _MODELS:
        return _MODELS[name]
    found = package_models(_MODELS)
    if name not in found:
        raise InputError("unknown model", field="model", value=name, allowed=[*_MODELS, *found])
    return found[name]
