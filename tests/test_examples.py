"""The examples: each is a sound case that calibrates, and its simulated tables can be remade."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from theratwin import cli
from theratwin.io import load_case
from theratwin.physics import nuclide
from theratwin.twin import calibrate, predict

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples"
DEMO = ROOT / "src" / "theratwin" / "cli" / "demo" / "case.toml"
CASES = [*sorted(FOLDER.glob("*.toml")), DEMO]


def name(file: Path) -> str:
    return "demo" if file == DEMO else file.stem


@pytest.fixture(scope="module", name="generator")
def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("examples_generate", FOLDER / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for their annotations
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", CASES, ids=name)
def test_case_check_passes(file, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["case", "check", str(file)])
    assert left.value.code == 0
    assert "Odd, but no error" not in capsys.readouterr().out


@pytest.mark.parametrize("file", CASES, ids=name)
def test_calibrates_and_predicts(file):
    case = load_case(file)
    twin = calibrate(case, seed=1, draws=150)
    prediction = predict(twin)
    wanted = {m.region for m in case.measurements} - {"blood", "whole_body"}
    assert wanted <= set(prediction.regions)
    for region in prediction:
        assert np.all(np.isfinite(region.dose))
        assert np.all(region.dose >= 0)
        assert np.all(region.dose.sum(axis=1) > 0)


def test_every_simulated_table_has_its_generator(generator):
    """Only the mouse's values were measured."""
    made = {table.file for example in generator.EXAMPLES for table in example().tables}
    shipped = {*FOLDER.glob("*.csv"), *DEMO.parent.glob("*.csv")}
    assert shipped - made == {FOLDER / "mouse_psma.csv"}


def test_the_generator_writes_the_same_bytes(generator, tmp_path):
    for example in (make() for make in generator.EXAMPLES):
        moved = [replace(table, file=tmp_path / table.file.name) for table in example.tables]
        generator.write(replace(example, tables=tuple(moved)))
        for table in example.tables:
            assert (tmp_path / table.file.name).read_bytes() == table.file.read_bytes()


def test_the_generator_states_uptake_at_24_h(generator):
    truth = generator.PSMA["kidneys"]
    decay_constant = nuclide("Lu-177").decay_constant
    at_24_h = truth.retained(np.array(24.0), decay_constant)
    assert at_24_h * np.exp(24 * decay_constant) == pytest.approx(0.022, rel=1e-14)


def test_the_body_example_states_what_its_generator_is_built_with(generator):
    case, body = load_case(FOLDER / "psma_body.toml"), generator.body_model()
    assert case.model == "psma"
    assert case.schedule == generator.psma_body_example().schedule
    known = {p.name: p.value for p in body.network.parameters}
    volumes = dict(case.patient.organs) | {each.name: each.volume for each in case.lesions}
    for region, volume in volumes.items():
        assert known[f"{region}.volume"] == pytest.approx(volume.value, rel=1e-12)
    assert known["patient.mass"] == case.patient.mass
    assert known["patient.height"] == case.patient.height
