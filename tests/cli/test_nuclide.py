"""``theratwin nuclide`` as users call it."""

from __future__ import annotations

import json

import pytest

from theratwin.cli.nuclide import app
from theratwin.cli.nuclide_text import half_life
from theratwin.core.errors import InputError
from theratwin.physics import chain_emissions, decay_chain, nuclide_names


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> str:
        app([*arguments], standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_list_names_all_in_json(run):
    listed = json.loads(run("list", "--json"))
    assert listed["schema"] == "theratwin/nuclides/1"
    assert listed["value"] == list(nuclide_names())


def test_list_is_compact_and_by_element(run):
    lines = run("list").splitlines()
    assert lines[0].startswith("1252 nuclides of 97 elements")
    assert len(lines) < 150
    assert max(map(len, lines)) <= 96
    assert lines[2].split() == ["H", "3"]
    symbols = [line.split()[0] for line in lines[2:] if not line.startswith(" ")]
    assert symbols[:3] == ["H", "Be", "C"]
    assert symbols[-1] == "Fm"
    # nothing is left out
    assert sum(len(line[4:].split()) for line in lines[2:]) == 1252


def test_list_of_one_element(run):
    lines = run("list", "ac").splitlines()
    assert len(lines) == sum(name.startswith("Ac-") for name in nuclide_names())
    assert "Ac-225    10 d          1 alpha to Fr-221" in lines
    assert set(json.loads(run("list", "Cu", "--json"))["value"]) == {
        name for name in nuclide_names() if name.startswith("Cu-")
    }


def test_list_of_no_element(run):
    with pytest.raises(InputError, match="ELEMENT"):
        run("list", "Xy")


def test_show_one_without_progeny(run):
    shown = json.loads(run("show", "177Lu", "--json"))
    assert shown["schema"] == "theratwin/nuclide/2"
    value = shown["value"]
    assert value["name"] == "Lu-177"
    assert value["half_life_h"] == pytest.approx(159.53, rel=1e-3)
    assert value["branches"] == [
        {"mode": "beta-", "fraction": 1.0, "daughter": "Hf-177", "stable": True}
    ]
    assert value["energy_MeV_per_decay"]["beta_minus"] == pytest.approx(0.13327, abs=6e-6)
    assert "chain" not in value
    text = run("show", "Lu-177")
    assert "half-life 6.647 d (159.528 h)" in text
    assert "to Hf-177, stable" in text
    assert "Chain" not in text


def test_show_a_chain(run):
    value = json.loads(run("show", "Ac-225", "--json"))["value"]
    chain = value["chain"]
    assert [member["name"] for member in chain["members"]] == list(decay_chain("Ac-225").names)
    decays = {member["name"]: member["decays"] for member in chain["members"]}
    assert decays["Po-213"] == pytest.approx(0.9790, abs=1e-4)
    whole = chain_emissions("Ac-225").energy_per_decay
    assert sum(chain["energy_MeV_per_decay"].values()) == pytest.approx(whole, rel=1e-12)
    assert sum(m["energy_MeV"] for m in chain["members"]) == pytest.approx(whole, rel=1e-12)
    own = value["energy_MeV_per_decay"]
    assert sum(own.values()) == pytest.approx(chain["members"][0]["energy_MeV"], rel=1e-12)


def test_text_of_a_chain(run):
    text = run("show", "Ac-225")
    assert "Po-213    4.2 us          0.97898    8.35758" in text
    assert "alpha              5.78718     27.48144" in text
    assert "beta+" not in text  # none is emitted
    alone = run("show", "Ac-225", "--progeny", "none")
    assert "5.78718" in alone
    assert "27.48" not in alone
    assert "chain" not in json.loads(run("show", "Ac-225", "--progeny", "none", "--json"))["value"]


def test_both_signs_of_betas_are_told_apart(run):
    text = run("show", "Cu-64")
    assert "beta-              0.07427" in text
    assert "beta+              0.04843" in text


def test_fission_is_named_and_has_no_energies(run):
    text = run("show", "U-238")
    assert "spontaneous fission" in text
    assert "No energies of U-238" in text
    assert "and 15 more with less than 1e-09 decays" in text
    value = json.loads(run("show", "U-238", "--json"))["value"]
    assert value["energy_MeV_per_decay"] is None
    assert "U-238" in value["no_energy_because"]
    assert len(value["chain"]["members"]) == 20


def test_unknown_nuclide(run):
    with pytest.raises(InputError, match="nearest match 'Lu-177"):
        run("show", "Lu-777")


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (0.299e-6 / 3600, "0.299 us"),
        (0.0323 / 3600, "32.3 ms"),
        (55.6 / 3600, "55.6 s"),
        (1.82951, "109.77 min"),
        (12.7, "12.7 h"),
        (240.0, "10 d"),
        (4.468e9 * 24 * 365.2422, "4.468e+09 y"),
    ],
)
def test_half_lives_in_their_units(hours, told):
    assert half_life(hours) == told
