"""A twin as a folder: the same twin comes back, and damage is told by file and reason."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from theratwin.case import (
    Administration,
    Case,
    Kind,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    SharedUncertainty,
    Volume,
)
from theratwin.core import InputError, UnsupportedError
from theratwin.store import load_twin, save_twin
from theratwin.store.case_json import case_from_dict, case_to_dict
from theratwin.twin import Twin, calibrate, predict, update

SCANS = {"kidneys": (120.0, 40.0), "lesion_1": (40.0, 60.0), "blood": (0.03, 15.0)}


def _scans(cycle: str, times: tuple[float, ...], regions=SCANS) -> tuple[Measurement, ...]:
    return tuple(
        Measurement(
            region,
            cycle,
            t,
            regions[region][0] * 2.0 ** (-t / regions[region][1]),
            0.05,
            Kind.CONCENTRATION if region == "blood" else Kind.ACTIVITY,
            source=f"scans.csv: {region}",
        )
        for region in regions
        for t in times
    )


@pytest.fixture(scope="module")
def twin() -> Twin:
    case = Case(
        "a patient",
        Patient(
            "female",
            61_000.0,
            54.0,
            1650.0,
            organs={"kidneys": Volume(150.0, 0.08)},
            absent=("kidney_left",),
        ),
        Radiopharmaceutical("177Lu-DOTATATE", Ligand("dotatate", "sstr"), "Lu-177"),
        Schedule(
            (
                Administration("cycle 1", 0.0, 7400.0, 120.0, duration=0.5),
                Administration("cycle 2", 1344.0, 7300.0),
            )
        ),
        lesions=(Lesion("lesion_1", Volume(5.0, 0.1), site="liver"),),
        measurements=Measurements(_scans("cycle 1", (24.0, 96.0))),
        uncertainty=SharedUncertainty(0.05, 0.08),
        origin="simulated",
        description="made for the test",
    )
    first = calibrate(case, seed=7, draws=300)
    return update(first, _scans("cycle 2", (48.0,), {"kidneys": (100.0, 42.0)}))


@pytest.fixture
def folder(twin, tmp_path) -> Path:
    return save_twin(twin, tmp_path / "twin")


def test_the_same_twin_comes_back(twin, folder):
    loaded = load_twin(folder)
    assert loaded.case == twin.case
    assert loaded.history == twin.history
    assert loaded.provenance == twin.provenance
    assert loaded.warnings == twin.warnings
    for region, dose in predict(twin).regions.items():
        assert predict(loaded)[region].dose.tobytes() == dose.dose.tobytes()


def test_saving_what_was_loaded_gives_the_same_bytes(folder, tmp_path):
    again = save_twin(load_twin(folder), tmp_path / "again")
    names = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    for name in names:
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_a_loaded_twin_takes_the_next_scans(twin, folder):
    new = _scans("cycle 2", (72.0,), {"lesion_1": (30.0, 60.0)})
    ours, theirs = (predict(update(t, new))["lesion_1"].dose for t in (twin, load_twin(folder)))
    assert ours.tobytes() == theirs.tobytes()


def test_everything_is_text(folder):
    assert {p.suffix for p in folder.rglob("*") if p.is_file()} == {".json", ".csv"}


def test_a_folder_that_stands_is_kept_unless_forced(twin, folder):
    with pytest.raises(InputError, match="exists already"):
        save_twin(twin, folder)
    save_twin(replace(twin, history=()), folder, force=True)
    assert load_twin(folder).history == ()


def test_an_interrupted_save_leaves_nothing(twin, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("theratwin.store.twin_folder._manifest", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_twin(twin, tmp_path / "twin")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_save_leaves_the_twin_that_stood_there(twin, folder, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("theratwin.store.twin_folder._manifest", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_twin(twin, folder, force=True)
    assert load_twin(folder).case == twin.case
    assert [p.name for p in folder.parent.iterdir()] == ["twin"]


def test_no_twin_folder(tmp_path):
    with pytest.raises(InputError, match=r"twin\.json: there is no such file.*calibrate"):
        load_twin(tmp_path)


@pytest.mark.parametrize("name", ["case.json", "posterior/kidneys.csv"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(InputError, match=rf"{name}: there is no such file"):
        load_twin(folder)


@pytest.mark.parametrize("name", ["case.json", "posterior/lesion_1.csv"])
def test_an_edited_file_is_named(folder, name):
    text = (folder / name).read_text()
    (folder / name).write_text(text.replace("1", "2", 1))
    with pytest.raises(InputError, match=rf"{name}: changed since the twin was saved"):
        load_twin(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '"twin"', "\x00"])
def test_a_manifest_that_is_none_is_refused(folder, content):
    (folder / "twin.json").write_text(content)
    with pytest.raises(InputError, match=r"twin\.json"):
        load_twin(folder)


def _edit(folder: Path, change) -> None:
    manifest = json.loads((folder / "twin.json").read_text())
    change(manifest)
    (folder / "twin.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("key", ["model", "blocks", "seed", "provenance", "history", "files"])
def test_a_manifest_that_lacks_something_is_refused(folder, key):
    _edit(folder, lambda manifest: manifest.pop(key))
    with pytest.raises(InputError, match="the manifest is damaged"):
        load_twin(folder)


@pytest.mark.parametrize("number", [0, 2, "1", None])
def test_another_format_is_refused_by_its_number(folder, number):
    _edit(folder, lambda manifest: manifest.update(format=number))
    with pytest.raises(UnsupportedError, match=r"twin\.json: format.*another format") as caught:
        load_twin(folder)
    assert "format = 1" in str(caught.value)


def test_an_unknown_model_is_refused(folder):
    _edit(folder, lambda manifest: manifest.update(model="pbpk"))
    with pytest.raises(UnsupportedError, match="unknown model"):
        load_twin(folder)


def _rewrite(folder: Path, name: str, text: str) -> None:
    """Change a file and its digest, as another program might."""
    (folder / name).write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    _edit(folder, lambda manifest: manifest["files"].update({name: digest}))


@pytest.mark.parametrize("row", ["cubic,1,1,1", "monoexponential,1", "monoexponential,a,b,c,d"])
def test_a_row_of_draws_that_is_wrong_is_named_by_its_line(folder, row):
    name = "posterior/kidneys.csv"
    lines = (folder / name).read_text().splitlines()
    _rewrite(folder, name, "\n".join([*lines[:4], row, *lines[5:]]))
    with pytest.raises(InputError, match=r"kidneys\.csv: line 5"):
        load_twin(folder)


def test_a_block_that_lacks_draws_is_refused(folder):
    name = "posterior/kidneys.csv"
    lines = (folder / name).read_text().splitlines()
    _rewrite(folder, name, "\n".join(lines[:-10]))
    with pytest.raises(InputError, match=r"kidneys\.csv.*290.*300"):
        load_twin(folder)


def test_a_case_is_the_same_after_json(twin):
    assert case_from_dict(json.loads(json.dumps(case_to_dict(twin.case)))) == twin.case


def test_a_case_of_the_wrong_shape_is_named_by_its_field(twin):
    content = case_to_dict(twin.case)
    content["patient"]["mass"] = "heavy"
    with pytest.raises(InputError, match=r"case\.patient\.mass"):
        case_from_dict(content)
