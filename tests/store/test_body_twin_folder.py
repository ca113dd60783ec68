"""A twin with a model of the whole body comes back from its folder, or is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from theratwin.case import Schedule
from theratwin.core import UnsupportedError
from theratwin.store import load_twin, save_twin
from theratwin.twin import calibrate, predict
from theratwin.twin.models import MODELS, KineticModel


@pytest.fixture(autouse=True)
def _registered(monkeypatch, small_body):
    monkeypatch.setitem(MODELS, "small", KineticModel(small_body.blocks, ()))


@pytest.fixture
def saved(small_body, tmp_path):
    rows, cycles = small_body.scans("cycle 1"), small_body.cycles(1)
    case, _ = small_body.simulated_case(rows, cycles, seed=5, model="small")
    twin = calibrate(case, seed=1, draws=100, posterior="smc")
    return twin, save_twin(twin, tmp_path / "twin")


def test_it_comes_back_with_draws_model_and_how_they_were_made(saved, small_body):
    twin, folder = saved
    loaded = load_twin(folder)
    assert (loaded.model, loaded.method, loaded.case) == ("small", "smc", twin.case)
    before, after = (t.posterior("kidneys").best.resampled for t in (twin, loaded))
    np.testing.assert_array_equal(before.draws, after.draws)
    assert after.tempering == before.tempering
    assert loaded.warnings == twin.warnings
    course = Schedule(small_body.cycles(3))
    for region in predict(twin, course):
        assert region.dose.tobytes() == predict(loaded, course)[region.region].dose.tobytes()


def test_changed_equations_are_refused(saved):
    _, folder = saved
    manifest = json.loads((folder / "twin.json").read_text())
    manifest["blocks"]["whole_body_model"][0]["equations"] = "0" * 64
    (folder / "twin.json").write_text(json.dumps(manifest))
    with pytest.raises(UnsupportedError, match="the model has changed"):
        load_twin(folder)
