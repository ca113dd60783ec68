r"""A diagnostic study in the fit: the same patient's body with another radiopharmaceutical.

The diagnostic's body has the therapy's parameters by name. Where the ligand differs, what binds
is scaled,

.. math:: \rho_\mathrm{diagnostic} = m\, e^{\delta_c}\, \rho_\mathrm{therapy},

with the ratio :math:`m` of the two ligands' populations, known, and a deviation :math:`\delta_c`
of this patient, estimated: one for each class of regions (kidneys, glands, organs, lesions) and
one for clearance. By the chain rule a scaled parameter :math:`p` gives
:math:`\partial \ln A / \partial \ln p` to both its own logarithm and that of its deviation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from theratwin.core import LogNormal
from theratwin.kinetics.body_fit.experiment import TOLERANCE, Experiment, Values


@dataclass(frozen=True, eq=False)
class DiagnosticBody:
    """A diagnostic study as the fit sees it.

    Parameters
    ----------
    experiment
        Its one administration in a body of its own, whose ``model.priors`` name the parameters
        that it has in common with the therapy.
    ratios
        Parameter to the known ratio of its value here to that in therapy; 1 if it is not there.
    deviations
        Parameter to the name of the deviation that scales it further.
    priors
        Name of each deviation to its prior.
    """

    experiment: Experiment
    ratios: Mapping[str, float] = field(default_factory=dict)
    deviations: Mapping[str, str] = field(default_factory=dict)
    priors: Mapping[str, LogNormal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("ratios", "deviations", "priors"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @cached_property
    def shared(self) -> tuple[str, ...]:
        """The parameters that it has in common with the therapy."""
        return tuple(self.experiment.model.priors)

    def predicted(self, values: Values, draws: int, tolerance: float = TOLERANCE) -> Any:
        """Return logarithms of the predicted values, shape ``(draws, measurements)``.

        Parameters
        ----------
        values
            Draws of all that is estimated of the patient, by name.
        draws
            Number of draws.
        tolerance
            Relative, of the solution.
        """
        return self.experiment.predicted(self._own(values), (), draws, tolerance)

    def linearized(self, values: Values, names: Sequence[str], draws: int) -> tuple[Any, Any]:
        """Return logarithms of the predicted values and their derivatives by logarithms.

        Parameters
        ----------
        values, draws
            As in `predicted`.
        names
            By what to differentiate, in this order; what it has no use for has slope zero.

        Returns
        -------
        tuple
            Shapes ``(draws, measurements)`` and ``(draws, measurements, names)``.
        """
        own = self._own(values)
        predicted, slopes = self.experiment.linearized(own, (), self.shared, draws)
        place = {name: k for k, name in enumerate(names)}
        found = np.zeros((*predicted.shape, len(names)))
        for k, name in enumerate(self.shared):
            by_log = slopes[..., k] * own[name][:, None]
            found[..., place[name]] += by_log
            if name in self.deviations:
                found[..., place[self.deviations[name]]] += by_log
        return predicted, found

    def _own(self, values: Values) -> dict[str, Any]:
        """Return the shared parameters as they are in this body."""
        own = {name: values[name] * self.ratios.get(name, 1.0) for name in self.shared}
        for name, deviation in self.deviations.items():
            own[name] = own[name] * values[deviation]
        return own
