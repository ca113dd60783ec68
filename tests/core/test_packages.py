"""Packages that bring models and parameter sets: found, checked, never in another's place."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from theratwin.cli.model_checks import run_checks
from theratwin.cli.model_library import known_model, known_models
from theratwin.core import citation, parameter_set, parameter_set_names
from theratwin.core.errors import InputError
from theratwin.dynamics import Engine, model, model_names
from theratwin.testing import check_model

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "model_package"
POINTS = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]["entry-points"]


@pytest.fixture(name="install")
def _install(tmp_path, monkeypatch):
    """Lay a package's metadata where the import system looks, as an installation does."""
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name, points):
        folder = tmp_path / f"{name.replace('-', '_')}-1.0.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
        lines = []
        for group, entries in points.items():
            lines += [f"[{group}]", *(f"{key} = {value}" for key, value in entries.items())]
        (folder / "entry_points.txt").write_text("\n".join(lines))

    yield install
    parameter_set.cache_clear()
    model.cache_clear()
    for module in [name for name in sys.modules if name.startswith(("theratwin_trapping", "odd_"))]:
        del sys.modules[module]


def module(tmp_path, name, text):
    (tmp_path / f"{name}.py").write_text(text)


def test_nothing_without_packages():
    assert "trapping" not in known_models()
    assert "trapping" not in parameter_set_names("kinetics")


def test_the_example_is_known_everywhere(install):
    install("theratwin-trapping", POINTS)
    assert "package theratwin-trapping" in known_models()["trapping"]
    assert "trapping" in model_names()
    assert known_model("trapping").name == model("trapping").name == "trapping"
    assert "trapping" in parameter_set_names("kinetics")
    assert "trapping" not in parameter_set_names("response")
    known = parameter_set("kinetics", "trapping")
    assert known.value("clearance") == pytest.approx(6000.0)
    assert [each.key for each in known.citations()] == ["trapping_example"]


def test_the_example_passes_the_checks(install):
    install("theratwin-trapping", POINTS)
    network = known_model("trapping")
    check_model(network)
    assert all(result["passed"] for result in run_checks(network).values())
    found = Engine(network.system()).solve({}, [0.0, 1.0, 24.0]).require()
    total = sum(found[f"{place}.tracer"][0] for place in ("plasma", "tissue", "urine"))
    assert total == pytest.approx([10.0] * 3, rel=1e-6)
    assert found["trapped"][0, -1] > 0.1


def test_a_taken_name_keeps_its_model(install):
    models = {"psma": "theratwin_trapping.model:trapping"}
    install("theratwin-trapping", {**POINTS, "theratwin.models": models})
    assert known_model("psma").name == "psma"
    assert known_model("theratwin-trapping:psma").name == "trapping"


def test_two_packages_with_one_name(install):
    points = {"theratwin.models": {"trapping": "theratwin_trapping.model:trapping"}}
    install("package-a", points)
    install("package-b", points)
    names = set(known_models())
    assert {"package-a:trapping", "package-b:trapping"} <= names
    assert "trapping" not in names


def test_a_broken_package_is_listed_and_refused_by_name(install, tmp_path):
    module(tmp_path, "odd_broken", "raise RuntimeError('no such device')")
    install("odd-broken", {"theratwin.models": {"broken": "odd_broken:model"}})
    assert "cannot be loaded" in known_models()["broken"]
    with pytest.raises(InputError, match=r"no such device.*odd-broken"):
        known_model("broken")
    assert known_model("one-compartment").name == "one-compartment"


def test_what_is_no_model_is_refused(install, tmp_path):
    module(tmp_path, "odd_number", "def model():\n    return 42\n")
    install("odd-number", {"theratwin.models": {"number": "odd_number:model"}})
    with pytest.raises(InputError, match="odd-number"):
        known_model("number")


def test_a_set_that_ships_comes_first_and_two_of_one_name_are_refused(install, tmp_path):
    for name in ("odd_one", "odd_two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        for file in ("sstr", "same"):
            (tmp_path / name / f"{file}.toml").write_text('format = 1\ntitle = "Odd"\n')
    install("odd-one", {"theratwin.parameters": {"kinetics": "odd_one"}})
    assert parameter_set("kinetics", "sstr").title != "Odd"
    assert parameter_set("kinetics", "same").title == "Odd"
    parameter_set.cache_clear()
    install("odd-two", {"theratwin.parameters": {"kinetics": "odd_two"}})
    with pytest.raises(InputError, match="two packages"):
        parameter_set("kinetics", "same")


def test_a_citation_key_of_theratwin_is_not_taken(install, tmp_path):
    (tmp_path / "odd_keys").mkdir()
    (tmp_path / "odd_keys" / "__init__.py").write_text("")
    entry = '[kletting_2016]\nauthors = "Odd"\nyear = 2020\ntitle = "Odd"\nsource = "Odd"\n'
    (tmp_path / "odd_keys" / "references.toml").write_text(entry)
    install("odd-keys", {"theratwin.parameters": {"kinetics": "odd_keys"}})
    assert citation("kletting_2016").authors != "Odd"
    with pytest.raises(InputError, match="stands twice"):
        citation("no_such_key")
