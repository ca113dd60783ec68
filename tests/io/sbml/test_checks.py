"""Checks on models from SBML: the known defects of PSMA.sbml, and models of our own."""

from pathlib import Path

import pytest

pytest.importorskip("libsbml", reason="python-libsbml is not installed")

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.io.sbml import check_sbml, read_sbml, sbml_model

PSMA = Path(__file__).parents[4] / "shared" / "reference" / "psma_pbpk_sbml" / "PSMA.sbml"


@pytest.mark.skipif(not PSMA.exists(), reason="../shared/reference is not here")
def test_the_known_defects_of_psma_are_named_with_their_effect():
    found = {f.node: f for f in check_sbml(read_sbml(PSMA))}
    known = {
        "file": "21121",
        "Tumor1": "1 mL",
        "Tumor2": "34 mL",
        "KidneyIntera.Hot -> KidneyVas.Hot": "volume of KidneyIntern",
        "LiverVas": "1.001 of volume a time flows in and 0.2552 out",
        "KidneyIntera.Hot": "no loss with lambdaPhys",
        "Art": "3.926 of volume a time flows in and 4.126 out",
        "Tumor2Vas.AlbHot -> Tumor2Int.AlbHot": "no way back",
        "SpleenVas.Albumin -> Vein.Albumin": "to LiverVas",
        "SkinInt.Hot -> SkinVas.Hot": "volume of SkinVas",
        "RestVas": "Art and Vein",
        "parameters": "F_Total",
    }
    for node, text in known.items():
        assert text in found[node].text, node
        assert found[node].effect, node
    # Besides these: what follows from them, and plasma lost by filtration.
    assert set(found) - set(known) == {
        "KidneyIntera.Cold -> KidneyVas.Cold",
        "Tumor2Vas.AlbCold -> Tumor2Int.AlbCold",
        "GIVas.Albumin -> Vein.Albumin",
        "Vein",
        "KidneyVas",
    }


def two_places(sbml, there="F / V * A", back="F / W * B"):
    return (
        sbml(
            parameters={"F": 2.0},
            compartments={"V": 1.0, "W": 4.0},
            species={"A": ("V", 1.0, True), "B": ("W", 0.0, True)},
            reactions={"there": ("A", "B", there), "back": ("B", "A", back)},
        )
        .replace('id="B"', 'id="B" name="drug"')
        .replace('id="A"', 'id="A" name="drug"')
    )


def test_a_sound_model_has_no_findings(sbml):
    assert check_sbml(sbml_model(two_places(sbml))) == ()


def test_another_places_volume_is_found(sbml):
    (found,) = check_sbml(sbml_model(two_places(sbml, back="F / V * B")))
    assert found.node == "W.drug -> V.drug"
    assert "divided by the volume of V" in found.text
    assert found.effect == ""


def test_unbalanced_flow_is_found(sbml):
    found = check_sbml(sbml_model(two_places(sbml, back="(1 - 0.5) * F / W * B")))
    assert [f.node for f in found] == ["W", "V"] or [f.node for f in found] == ["V", "W"]
    texts = " ".join(f.text for f in found)
    assert "2 of volume a time flows in and 1 out" in texts
    assert "1 of volume a time flows in and 2 out" in texts


def test_unused_parameters_are_found(sbml):
    (found,) = check_sbml(sbml_model(sbml(parameters={"idle": 1.0, "x": 1.0}, rates={"x": "-x"})))
    assert found.text == "nothing uses idle"


def test_what_no_simulation_may_ask_for_is_checked_too(sbml):
    text = sbml(
        parameters={"x": 1.0, "late": 0.0}, rates={"x": "-x"}, rules={"late": "delay(x, 1)"}
    )
    with pytest.raises(UnsupportedError, match=r"unsupported: delay\(\)"):
        sbml_model(text)
    empty = sbml(parameters={"x": 1.0, "k": 2.0}, rates={"x": "-k * x"})
    with pytest.raises(InputError, match="no value for k"):
        check_sbml(sbml_model(empty.replace('id="k" value="2"', 'id="k"')))
