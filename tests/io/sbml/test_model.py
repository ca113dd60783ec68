"""Models from SBML: closed forms of what the file can say, and their use as first-class models."""

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Engine
from theratwin.io.sbml import sbml_model

TIMES = np.linspace(0.0, 4.0, 9)


def test_a_concentration_falls_as_its_volume_grows(sbml):
    # dA/dt = -k A with A = c V, V = 2 + t: c = c0 V0 exp(-k t) / V.
    model = sbml_model(
        sbml(
            parameters={"k": 0.3},
            compartments={"C": 2.0},
            species={"S": ("C", 5.0, False)},
            reactions={"loss": ("S", "", "k * S * C")},
            rates={"C": "1"},
        )
    )
    found = model.simulate(TIMES, ["S", "C", "loss"], amounts=())
    amount = 10.0 * np.exp(-0.3 * TIMES)
    np.testing.assert_allclose(found["S"][0], amount / (2.0 + TIMES), rtol=1e-7)
    np.testing.assert_allclose(found["C"][0], 2.0 + TIMES, rtol=1e-12)
    np.testing.assert_allclose(found["loss"][0], 0.3 * amount, rtol=1e-7)
    np.testing.assert_allclose(model.simulate(TIMES, [], amounts=["S"])["S"][0], amount, rtol=1e-7)


def test_a_rate_rule_of_a_concentration_carries_the_volume_along(sbml):
    # dc/dt = 1 whatever the volume does.
    model = sbml_model(
        sbml(
            compartments={"C": 2.0},
            species={"S": ("C", 5.0, False)},
            rates={"S": "1", "C": "-0.2 * C"},
        )
    )
    found = model.simulate(TIMES, ["S"])
    np.testing.assert_allclose(found["S"][0], 5.0 + TIMES, rtol=1e-7)


def test_initial_assignments_follow_the_parameters(sbml):
    model = sbml_model(
        sbml(
            parameters={"a": 2.0, "b": 1.0, "x": 0.0},
            initial={"x": "3 * b", "b": "a^2"},
            rates={"x": "-x"},
        )
    )
    found = model.simulate([0.0, 1.0], ["x", "b"], parameters={"a": [2.0, 3.0]})
    np.testing.assert_allclose(found["x"], np.outer([12.0, 27.0], [1.0, np.exp(-1.0)]), rtol=1e-7)
    assert found["b"][:, 1].tolist() == [4.0, 9.0]


def test_rate_of_is_the_derivative(sbml):
    model = sbml_model(
        sbml(
            parameters={"x": 1.0, "y": 0.0, "z": 0.0},
            rates={"x": "-0.5 * x"},
            rules={"y": "rateOf(z)", "z": "x^2"},
        )
    )
    found = model.simulate(TIMES, ["y"])
    np.testing.assert_allclose(found["y"][0], -np.exp(-TIMES), rtol=1e-7)


def test_batches_sensitivities_and_integrals_are_the_engines(sbml):
    model = sbml_model(
        sbml(
            parameters={"k": 0.5},
            compartments={"C": 1.0},
            species={"S": ("C", 8.0, True)},
            reactions={"loss": ("S", "", "k * S")},
        )
    )
    system = model.system(quadratures={"area": model.expression("S")})
    rates = np.array([0.25, 0.5, 1.0])
    found = Engine(system).solve({"k": rates}, TIMES, sensitivities=["k"], rtol=1e-9, atol=1e-12)
    decayed = 8.0 * np.exp(-np.outer(rates, TIMES))
    np.testing.assert_allclose(found["S"], decayed, rtol=1e-7)
    np.testing.assert_allclose(found.slopes["k"]["S"], -TIMES * decayed, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found["area"][:, -1], (8.0 - decayed[:, -1]) / rates, rtol=1e-7)


def test_a_parameter_called_time_is_not_the_time(sbml):
    text = sbml(parameters={"xtimex": 3.0, "y": 0.0}, rates={"y": "xtimex * time"})
    found = sbml_model(text.replace("xtimex", "time")).simulate([0.0, 2.0], ["y", "time"])
    np.testing.assert_allclose(found["y"][0, -1], 6.0, rtol=1e-8)
    assert found["time"][0].tolist() == [3.0, 3.0]
    other = sbml_model(text.replace("xtimex", "time"))
    found = other.simulate([1.0], ["y"], parameters={"time": 4.0})
    np.testing.assert_allclose(found["y"], 2.0, rtol=1e-8)


def test_without_species_what_changes_is_reported(sbml):
    text = sbml(
        parameters={"k": 1.0, "x": 2.0, "y": 0.0}, rates={"x": "-k * x"}, rules={"y": "2 * x"}
    )
    assert list(sbml_model(text).simulate([0.0])) == ["x", "y"]


def test_a_value_that_is_missing_is_named(sbml):
    text = sbml(parameters={"k": 1.0, "x": 1.0}, rates={"x": "-k * x"})
    text = text.replace('id="k" value="1"', 'id="k"')
    with pytest.raises(InputError, match="no value for k"):
        sbml_model(text).simulate(TIMES, ["x"])


def test_values_in_a_circle_are_named(sbml):
    text = sbml(parameters={"a": 1.0, "b": 1.0}, rules={"a": "b", "b": "2 * a"})
    with pytest.raises(InputError, match="b -> a -> b"):
        sbml_model(text).simulate(TIMES, ["a"])


def test_an_unknown_name_and_a_bad_time_are_refused(sbml):
    model = sbml_model(sbml(parameters={"rate": 1.0}))
    with pytest.raises(InputError, match="nearest match 'rate'"):
        model.simulate(TIMES, ["rat"])
    for times in ([2.0, 1.0], [-1.0, 1.0], [0.0, np.nan], [0.0, np.inf], [], [[0.0]]):
        with pytest.raises(InputError, match="times rise"):
            model.simulate(times, ["rate"])


def test_a_value_for_what_is_no_free_parameter_is_refused_with_the_reason(sbml):
    text = sbml(
        parameters={"k": 1.0, "half": 0.0, "idle": 2.0},
        compartments={"C": 1.0},
        species={"S": ("C", 8.0, True)},
        reactions={"loss": ("S", "", "k * S")},
        initial={"half": "k / 2"},
    )
    # As a program writes it that makes up ids: the species is Hot in Vein.
    text = text.replace('id="C"', 'id="C" name="Vein"').replace('id="S"', 'id="S" name="Hot"')
    model = sbml_model(text)
    for name, reason in (
        ("half", "an initial assignment sets it"),
        ("S", "S.initial is what the species starts with"),
        ("idle", "nothing that is asked for depends on it"),
        ("Hot.intial", "nearest match 'Hot.initial'; allowed: Hot.initial, k"),
    ):
        with pytest.raises(InputError, match=reason):
            model.simulate(TIMES, ["S"], parameters={name: 1.0})
    with pytest.raises(InputError, match="another name"):
        model.simulate(TIMES, ["S"], parameters={"S.initial": 1.0, "Vein.Hot.initial": 2.0})
    with pytest.raises(InputError, match=r"match 'Vein\.Hot'; allowed: Hot, Vein, Vein\.Hot, "):
        model.simulate(TIMES, ["Vein.hot"])


def test_what_is_no_sbml_is_refused():
    pytest.importorskip("libsbml", reason="python-libsbml is not installed")
    with pytest.raises(InputError, match="no SBML that can be read"):
        sbml_model("<html/>")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (
            "delay()",
            "<ci> x </ci>",
            "<apply><csymbol encoding='text' definitionURL="
            "'http://www.sbml.org/sbml/symbols/delay'>delay</csymbol><ci>x</ci><cn>1</cn></apply>",
        ),
        ("algebraic rule", '<rateRule variable="x">', "<algebraicRule>"),
        (
            "package comp",
            'level="3"',
            'level="3" xmlns:comp='
            '"http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true"',
        ),
    ],
)
def test_what_is_not_supported_is_named(sbml, name, old, new):
    text = sbml(parameters={"x": 1.0}, rates={"x": "-x"})
    assert old in text
    text = text.replace(old, new)
    if name == "algebraic rule":
        text = text.replace("</rateRule>", "</algebraicRule>")
    with pytest.raises(UnsupportedError) as caught:
        sbml_model(text).simulate(TIMES, ["x"])
    assert caught.value.message == f"unsupported: {name}"
    assert caught.value.exit_status == 3


def test_fast_reactions_are_refused(sbml):
    text = sbml(
        compartments={"C": 1.0},
        species={"S": ("C", 8.0, True)},
        reactions={"loss": ("S", "", "S")},
    )
    text = text.replace("version2/core", "version1/core").replace('version="2"', 'version="1"')
    text = text.replace('id="loss" reversible="false"', 'id="loss" reversible="false" fast="true"')
    with pytest.raises(UnsupportedError, match="unsupported: fast reaction"):
        sbml_model(text)
