"""Survival of cells under partner drugs and radiation, relative to untreated cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from theratwin.core import Curve, Exposure
from theratwin.response.cell_survival import KineticModel
from theratwin.response.driven import bound_to, follow
from theratwin.response.drugs.combined import with_drugs
from theratwin.response.drugs.drug import Drug


def log_kill_with_drugs(
    model: KineticModel,
    drugs: Iterable[Drug],
    given: Exposure | Curve | Mapping[str, Any],
    times: Any,
    *,
    parameters: Mapping[str, Any] | None = None,
) -> Any:
    r"""Return :math:`-\ln(S/S_0)` of the cells present at time 0, with the untreated cells' S0.

    Parameters
    ----------
    model
        A model with ports for the drugs, ``cell_model("medras-rpt", drugs=...)``.
    drugs
        The drugs.
    given
        An exposure with the drugs' free concentrations, or inputs by name: ``dose_rate`` (Gy/h),
        ``drug.NAME`` (nmol/mL), curves or numbers. A drug that is not named is not there.
    times
        h.
    parameters
        The network's parameters that differ, as ``effects.olaparib.half_trapping``.

    Returns
    -------
    Array
        Shape ``(patient, time)``.

    Raises
    ------
    UnsupportedError, InputError
        As of `with_drugs` and `follow`.

    Examples
    --------
    >>> import numpy as np
    >>> from theratwin.core import Pieces
    >>> from theratwin.response.cell_survival import cell_model
    >>> from theratwin.response.drugs import drug
    >>> cells = cell_model("medras-rpt", p53="mutant", hr="deficient", drugs="parp")
    >>> day = Pieces([0.0, 24.0], [[0.1]])  # nmol/mL
    >>> kill = log_kill_with_drugs(cells, [drug("olaparib")], {"drug.olaparib": day}, [240.0])
    >>> round(float(np.exp(-kill[0, 0])), 2)
    0.54
    """
    network = with_drugs(model.network(), list(drugs))
    ports = [port.name for port in network.inputs if port.name.startswith("drug.")]
    held = bound_to(network, given)
    treated = dict.fromkeys(ports, 0.0) | held
    # What drugs and radiation do is beyond what endogenous damage does; oxygen stays as it is.
    untreated = {
        name: 0.0 if name in ports or name.startswith("dose_rate") else value
        for name, value in treated.items()
    }
    found = follow(network, treated, times, parameters=parameters, keep=())["log_kill"]
    return found - follow(network, untreated, times, parameters=parameters, keep=())["log_kill"]
