"""Write a reference page for each package: every public name, found and documented."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

from sphinx.application import Sphinx

from public_names import packages, public_names

FOLDER = Path("reference") / "rooms"
OUR_TYPES = {"builtins", "theratwin", "types", "typing"}


def write_pages(app: Sphinx) -> None:
    folder = Path(app.srcdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{package.__name__}.rst": page(package) for package in packages()}
    for stale in {path.name for path in folder.iterdir()} - set(pages):
        (folder / stale).unlink()
    for name, text in pages.items():
        _write_if_changed(folder / name, text)


def page(package: ModuleType) -> str:
    """Return the reStructuredText of a package: its own docstring, then its public names."""
    title = package.__name__
    head = f"{title}\n{'=' * len(title)}\n\n.. automodule:: {title}\n"
    return "\n".join([head, *(_entry(package, name) for name in sorted(public_names(package)))])


def _entry(package: ModuleType, name: str) -> str:
    target = f"{package.__name__}.{name}"
    value = getattr(package, name)
    home = _home(package, name)
    if home is not None:
        return f"- :py:obj:`{target} <{home}>`\n"
    if inspect.isclass(value):
        return f".. autoclass:: {target}\n   :members:\n   :show-inheritance:\n"
    if inspect.isroutine(value):
        return f".. autofunction:: {target}\n"
    kind = type(value)
    if kind.__module__.partition(".")[0] not in OUR_TYPES:  # its docstring is not ours
        return f".. py:data:: {target}\n\n   An object of ``{kind.__module__}.{kind.__name__}``.\n"
    return f".. autodata:: {target}\n   :no-value:\n"


def _home(package: ModuleType, name: str) -> str | None:
    """Return the path of a name that a package only passes on from a room of its own."""
    value = getattr(package, name)
    for room in packages():
        is_below = room.__name__.startswith(f"{package.__name__}.")
        if is_below and name in public_names(room) and getattr(room, name) is value:
            return f"{room.__name__}.{name}"
    return None


def _write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", write_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
