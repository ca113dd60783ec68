"""PSMA ligands for PET: the sets are what the calibration finds, the page what they give."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from theratwin.kinetics import psma_body

ROOT = Path(__file__).parents[2]
METHODS = ROOT / "docs" / "methods" / "whole_body.md"


def _tool():
    name = "calibrate_pet"
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / "kinetics" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


@pytest.fixture(scope="module")
def calibrated():
    return {ligand: TOOL.calibrate(ligand) for ligand in TOOL.STUDIES}


def test_the_sets_are_what_the_calibration_finds(calibrated):
    for ligand, (medians, _) in calibrated.items():
        body = TOOL.body(ligand, TOOL.STUDIES[ligand].nuclide)
        known = {each.name: each.value for each in body.network.parameters}
        for name, value in medians.items():
            # The sets hold four digits.
            assert known[name] == pytest.approx(value, rel=1e-3), (ligand, name)


def test_every_figure_is_met(calibrated):
    """Six unknowns for six figures: a miss would mean that the body cannot have them."""
    for ligand, (_, found) in calibrated.items():
        for name, aim in TOOL.STUDIES[ligand].targets.items():
            assert found[name] == pytest.approx(aim, rel=1e-3), (ligand, name)


def test_the_page_shows_what_the_bodies_give(calibrated):
    page = METHODS.read_text(encoding="utf-8")
    for line in TOOL.table({ligand: found for ligand, (_, found) in calibrated.items()}):
        assert line in page, f"docs/methods/whole_body.md lacks: {line}"


def test_psma_1007_alone_leaves_by_bile():
    for ligand, by_bile in (("psma-1007", True), ("psma-11", False), ("dcfpyl", False)):
        body = psma_body(ligand=ligand, lesions=[])
        assert ("gallbladder_contents" in body.regions) is by_bile, ligand


@pytest.mark.parametrize(("ligand", "label"), [("psma-11", "Ga-68"), ("psma-1007", "F-18")])
def test_a_ligand_has_its_usual_label(ligand, label):
    assert psma_body(ligand=ligand, lesions=[]).plan.ligands[0].nuclide == label
