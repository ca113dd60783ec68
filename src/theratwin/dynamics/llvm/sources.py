"""Which version of theratwin writes the code: a digest of all that decides what is written."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

#: Below the room `dynamics`: what code is written by, and from. They import nothing else of it.
ROOMS = ("expressions", "llvm", "solving", "solving/tableaus")
FILES = ("system.py",)

_HOME = Path(__file__).parent.parent
#: A file changed after this (ns) may not be the one that this process has loaded. The margin is
#: for the modules loaded before this one, and for clocks of file systems.
_LOADED = time.time_ns() - 2_000_000_000


def sources_digest(home: Path = _HOME, loaded: int = _LOADED) -> str | None:
    """Return a digest of the sources' content.

    None if they cannot be read, or if one has changed since it was loaded: what runs here is then
    not what stands there, and neither may stand for the other.
    """
    digest = hashlib.sha256()
    count = 0
    try:
        for name, path in _sources(home):
            with open(path, "rb") as file:
                status = os.fstat(file.fileno())
                if max(status.st_mtime_ns, status.st_ctime_ns) > loaded:
                    return None
                content = file.read()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
            count += 1
    except OSError:
        return None
    return digest.hexdigest() if count > len(FILES) else None


def _sources(home: Path) -> Iterator[tuple[str, str]]:
    """Yield name and path of every source, in the order of names."""
    for name in FILES:
        yield name, f"{home}/{name}"
    for room in ROOMS:
        for name in sorted(os.listdir(f"{home}/{room}")):
            if name.endswith((".py", ".toml")):
                yield f"{room}/{name}", f"{home}/{room}/{name}"
