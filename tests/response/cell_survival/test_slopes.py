"""Derivatives of the kill by parameters, against differences."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import Exponentials, InputError
from theratwin.response.cell_survival import KineticModel, cell_model

RATE = np.log(2.0) / 51.0
EXPOSURE = Exponentials([8.0 * RATE], [RATE])


@pytest.mark.parametrize("name", ["lpl", "rmr", "tlk", "neira", "lq-l", "medras-rpt"])
def test_slopes_are_those_of_differences(name):
    model = cell_model(name, **({"p53": "mutant"} if name == "medras-rpt" else {}))
    assert isinstance(model, KineticModel)
    shared = [n for n in model.network_values() if n in model.units and n in model.parameters]
    by = shared[0]
    value = float(model.parameters[by])
    step = 1e-4 * value
    slope = float(model.log_kill_slopes(EXPOSURE, [by])[by])
    if name == "medras-rpt":  # other numbers of its network follow from this one
        assert np.isfinite(slope)
        return
    ends = [model.with_parameters({by: value + d}).log_kill(EXPOSURE) for d in (-step, step)]
    assert slope == pytest.approx(float(ends[1] - ends[0]) / (2.0 * step), rel=1e-4)


def test_patients_have_a_slope_each():
    both = Exponentials([[8.0 * RATE], [4.0 * RATE]], [RATE])
    model = cell_model("lpl")
    name = next(iter(model.network_values()))
    slopes = model.log_kill_slopes(both, [name])[name]
    alone = [model.log_kill_slopes(both[i], [name])[name] for i in range(2)]
    np.testing.assert_allclose(slopes, alone, rtol=1e-7)


def test_an_unknown_name_is_refused():
    with pytest.raises(InputError):
        cell_model("lpl").log_kill_slopes(EXPOSURE, ["alpha_of_none"])
