"""``theratwin doctor``: what it sees, and what it says about it."""

from __future__ import annotations

import json
import re

import pytest
import typer

from theratwin.cli import doctor as doctor_module
from theratwin.cli import doctor_findings
from theratwin.cli.doctor import diagnosed, register
from theratwin.cli.self_test import ALLOWED, measured

SOUND = {
    "patients": 4,
    "solved": 4,
    "error": 1e-9,
    "flushed_inside": True,
    "restored_after": True,
    "compile_s": 0.1,
}


@pytest.fixture(autouse=True)
def private_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def run(capsys):
    app = typer.Typer()
    register(app)

    def call(*arguments: str) -> tuple[str, int]:
        status = app(arguments, standalone_mode=False) or 0
        return capsys.readouterr().out, status

    return call


def found(**changed):
    sound = {
        "versions": {"numpy": "2.1"},
        "llvm": {"refusal": None},
        "cache": {"folder": "there", "writable": True},
        "self_test": {"cold": SOUND},
        "jax": {"road": "foreign", "reason": None, "same_bytes": True},
    }
    return sound | changed


def test_this_machine_is_healthy(run):
    text, status = run("--json")
    result = json.loads(text)
    value = result["value"]
    assert result["schema"] == "theratwin/doctor/1"
    assert value["problems"] == []
    assert status == 0
    assert value["processor"]["fma"] is True
    assert value["llvm"]["target"].startswith(("x86-64-v3", "generic"))
    assert value["versions"]["llvmlite"] == value["llvm"]["llvmlite"]
    assert value["cache"]["writable"]
    cold, cached = value["self_test"]["cold"], value["self_test"]["cached"]
    assert not cold["cached"]
    assert cached["cached"]
    # The same code gives the same numbers.
    assert cold["error"] == cached["error"] <= ALLOWED
    assert value["jax"] == {"road": "foreign", "reason": None, "same_bytes": True}


def test_text_without_the_self_test(run):
    text, status = run("--quick")
    assert status == 0
    assert re.search(r"^fma +yes$", text, re.MULTILINE)
    assert "left out" in text
    assert text.rstrip().endswith("healthy")


def test_the_closed_form_is_another_at_other_rates(monkeypatch):
    monkeypatch.setattr("theratwin.cli.self_test._exact", lambda a, times: 1.001 + 0.0 * a)
    assert measured()["error"] > ALLOWED


def test_nothing_wrong_nothing_said():
    assert diagnosed(found()) == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"versions": {"numpy": None}}, "not installed: numpy"),
        ({"llvm": {"refusal": "this processor lacks fma"}}, "lacks fma"),
        ({"cache": {"folder": None, "writable": False}}, "cannot be kept"),
        ({"self_test": {"cold": {"failure": "Segmentation fault"}}}, "Segmentation fault"),
        ({"self_test": {"cold": SOUND | {"solved": 3}}}, "3 of 4"),
        ({"self_test": {"cold": SOUND | {"error": float("nan")}}}, "error is nan"),
        ({"self_test": {"cold": SOUND | {"flushed_inside": False}}}, "not flushed"),
        ({"self_test": {"cold": SOUND | {"restored_after": False}}}, "leaves subnormal"),
        ({"jax": {"failure": "Segmentation fault"}}, "JAX: Segmentation fault"),
        ({"jax": {"same_bytes": False}}, "when JAX calls it"),
    ],
)
def test_each_fault_is_named_with_its_remedy(changed, word):
    (problem,) = diagnosed(found(**changed))
    assert word in problem["problem"]
    assert problem["remedy"].endswith(".")


def test_a_fault_leaves_with_one(run, monkeypatch):
    monkeypatch.setattr(doctor_findings, "DEPENDENCIES", ("numpy", "no-such-package"))
    text, status = run("--quick")
    assert status == 1
    assert "NOT HEALTHY" in text
    assert "no-such-package missing" in text


def test_a_process_that_dies_is_reported(monkeypatch):
    monkeypatch.setattr(doctor_findings.sys, "executable", "false")
    assert doctor_findings._self_tests()["cached"] == {"failure": "exit status 1"}


@pytest.mark.parametrize(
    ("joint", "words"),
    [
        (None, "left out"),
        ({"failure": "exit status 1"}, "FAILED"),
        (
            {"road": "callback", "reason": "an older JAX", "same_bytes": True},
            "calls through Python (an older JAX): the engine's bytes",
        ),
        ({"road": "foreign", "reason": None, "same_bytes": False}, "itself: OTHER bytes"),
    ],
)
def test_how_jax_reaches_the_engine(joint, words):
    assert words in doctor_module._joint_words(joint)
