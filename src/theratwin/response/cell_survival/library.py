"""The models of cell survival by name, each loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from theratwin.core import InputError
from theratwin.response.cell_survival.model import CellModel

#: Name to module and class.
_MODELS = {
    "linear": "theratwin.response.cell_survival.linear:Linear",
    "lq": "theratwin.response.cell_survival.lq:LinearQuadratic",
    "lq-l": "theratwin.response.cell_survival.lq_l:LinearQuadraticLinear",
    "lpl": "theratwin.response.cell_survival.lpl:LethalPotentiallyLethal",
    "rmr": "theratwin.response.cell_survival.rmr:RepairMisrepair",
    "tlk": "theratwin.response.cell_survival.tlk:TwoLesionKinetic",
    "neira": "theratwin.response.cell_survival.neira:Neira",
    "lq-mixed": "theratwin.response.quality.mixed_field:MixedField",
    "mkm": "theratwin.response.quality.kinetic_cell_model:MicrodosimetricKinetic",
    "medras": "theratwin.response.medras:Medras",
    "medras-rpt": "theratwin.response.medras:MedrasRpt",
}


def cell_model_names() -> tuple[str, ...]:
    """List the models of cell survival.

    Examples
    --------
    >>> cell_model_names()[:3]
    ('linear', 'lq', 'lq-l')
    """
    return tuple(_MODELS)


def cell_model_class(name: str) -> type[CellModel]:
    """Return the class of a model: its summary, citations and default values.

    Raises
    ------
    InputError
        If there is no such model; the nearest name is given.
    """
    if name not in _MODELS:
        raise InputError("unknown model", field="model", value=name, allowed=cell_model_names())
    module, _, written = _MODELS[name].partition(":")
    return getattr(import_module(module), written)


def cell_model(name: str, **options: Any) -> CellModel:
    """Return a model with the values of its parameter set.

    Parameters
    ----------
    name
        One of `cell_model_names`.
    options
        Those of the model.

    Raises
    ------
    InputError
        If there is no such model or option; the nearest name is given.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> round(float(cell_model("lq").survival(Pulses([0.0], [2.0]))), 4)
    0.5036
    """
    return cell_model_class(name).of(**options)
