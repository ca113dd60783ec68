"""Files written whole or not at all: aside first, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from theratwin.core.errors import InputError


def write_text(path: Path | str, text: str) -> Path:
    """Write a text file whole or not at all; folders on the way are made.

    Returns
    -------
    Path
        The file written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(aside, 0o666 & ~_umask())
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return path


@contextmanager
def new_folder(path: Path | str, *, force: bool = False) -> Iterator[Path]:
    """Fill a folder aside, then put it at ``path``; on any error nothing is left behind.

    Parameters
    ----------
    path
        Where the folder is to stand.
    force
        Replace what stands there; without it that is an error.

    Raises
    ------
    InputError
        If ``path`` exists and ``force`` is not given.
    """
    path = Path(path)
    _check_free(path, force)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield aside
        os.chmod(aside, 0o777 & ~_umask())
        _check_free(path, force)
        _replace_folder(aside, path)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _check_free(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise InputError(
            "this exists already", field=str(path), remedy="Choose another --out, or give --force"
        )


def _replace_folder(aside: Path, path: Path) -> None:
    if not path.exists():
        os.replace(aside, path)
        return
    retired = path.with_name(f".{path.name}.retired-{os.getpid()}")
    os.replace(path, retired)
    try:
        os.replace(aside, path)
    except BaseException:
        os.replace(retired, path)
        raise
    shutil.rmtree(retired) if retired.is_dir() else retired.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
