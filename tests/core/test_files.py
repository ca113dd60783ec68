"""Files and folders appear whole or not at all, whatever interrupts the writing."""

from __future__ import annotations

import os
import stat

import pytest

from theratwin.core import InputError
from theratwin.core.files import new_folder, write_text

INTERRUPTS = [RuntimeError, KeyboardInterrupt, SystemExit]


@pytest.fixture(name="umask_022")
def _umask_022():
    before = os.umask(0o022)
    yield
    os.umask(before)


def names(folder):
    return sorted(path.name for path in folder.rglob("*"))


def fill(target, interrupt, *, force):
    with new_folder(target, force=force) as folder:
        (folder / "new.txt").touch()
        raise interrupt


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask_022")
def test_text_is_written_with_the_users_permissions(tmp_path):
    file = write_text(tmp_path / "a" / "b.txt", "Größe 5 µm\n")
    assert file.read_text(encoding="utf-8") == "Größe 5 µm\n"
    assert mode(file) == 0o644
    assert names(tmp_path) == ["a", "b.txt"]


@pytest.mark.parametrize("interrupt", INTERRUPTS)
def test_an_interrupted_text_leaves_the_old_one(tmp_path, monkeypatch, interrupt):
    file = write_text(tmp_path / "a.txt", "old")

    def fail(*_):
        raise interrupt

    monkeypatch.setattr("theratwin.core.files.os.replace", fail)
    with pytest.raises(interrupt):
        write_text(file, "new")
    assert file.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_text_that_cannot_be_encoded_leaves_nothing(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "a.txt", "\ud800")
    assert names(tmp_path) == []


@pytest.mark.usefixtures("umask_022")
def test_a_folder_appears_when_it_is_full(tmp_path):
    target = tmp_path / "twin"
    with new_folder(target) as folder:
        (folder / "a.txt").write_text("a")
        assert not target.exists()
    assert names(tmp_path) == ["a.txt", "twin"]
    assert mode(target) == 0o755


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("interrupt", INTERRUPTS)
def test_an_interrupted_folder_leaves_nothing(tmp_path, interrupt, force):
    with pytest.raises(interrupt):
        fill(tmp_path / "twin", interrupt, force=force)
    assert names(tmp_path) == []


def test_a_folder_that_stands_is_kept_without_force(tmp_path):
    with new_folder(tmp_path / "twin") as folder:
        (folder / "old.txt").touch()
    with pytest.raises(InputError, match="--force"), new_folder(tmp_path / "twin"):
        pytest.fail("it must not be entered")
    assert names(tmp_path) == ["old.txt", "twin"]


@pytest.mark.parametrize("interrupt", INTERRUPTS)
def test_an_interrupted_replacement_leaves_the_old_folder(tmp_path, interrupt):
    with new_folder(tmp_path / "twin") as folder:
        (folder / "old.txt").touch()
    with pytest.raises(interrupt):
        fill(tmp_path / "twin", interrupt, force=True)
    assert names(tmp_path) == ["old.txt", "twin"]


def test_a_replacement_that_fails_at_the_last_step_puts_the_old_folder_back(tmp_path, monkeypatch):
    with new_folder(tmp_path / "twin") as folder:
        (folder / "old.txt").touch()
    replace, calls = os.replace, []

    def fail_second(*paths):
        calls.append(paths)
        if len(calls) == 2:
            raise KeyboardInterrupt
        replace(*paths)

    monkeypatch.setattr("theratwin.core.files.os.replace", fail_second)
    with (
        pytest.raises(KeyboardInterrupt),
        new_folder(tmp_path / "twin", force=True) as folder,
    ):
        (folder / "new.txt").touch()
    assert names(tmp_path) == ["old.txt", "twin"]


@pytest.mark.parametrize("old", ["folder", "file"])
def test_force_replaces(tmp_path, old):
    target = tmp_path / "twin"
    if old == "file":
        target.touch()
    else:
        with new_folder(target) as folder:
            (folder / "old.txt").touch()
    with new_folder(target, force=True) as folder:
        (folder / "new.txt").touch()
    assert names(tmp_path) == ["new.txt", "twin"]


def test_a_folder_that_appears_meanwhile_is_kept_without_force(tmp_path):
    with pytest.raises(InputError, match="exists"), new_folder(tmp_path / "twin"):
        write_text(tmp_path / "twin" / "other.txt", "")
    assert names(tmp_path) == ["other.txt", "twin"]
