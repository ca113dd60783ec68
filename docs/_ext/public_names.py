"""The public names of theratwin: what each package lists in ``__all__``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType


def packages(root: str = "theratwin") -> Iterator[ModuleType]:
    """Yield the root package and every package below it whose path has no leading underscore."""
    package = importlib.import_module(root)
    yield package
    for found in pkgutil.iter_modules(package.__path__, prefix=f"{root}."):
        if found.ispkg and not found.name.rpartition(".")[2].startswith("_"):
            yield from packages(found.name)


def public_names(package: ModuleType) -> list[str]:
    """Return the names in ``__all__``, dunder names and submodules left out."""
    names = getattr(package, "__all__", ())
    return [
        name
        for name in names
        if not name.startswith("__") and not isinstance(getattr(package, name), ModuleType)
    ]
