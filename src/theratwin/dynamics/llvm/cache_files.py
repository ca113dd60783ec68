"""The private folder of compiled code: files whole or not at all, each bound to its name."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path


def cache_folder() -> Path | None:
    """Return the private folder of compiled code, made if need be; None if there can be none."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    try:
        root = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
        folder = root / "theratwin" / "engine"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if _is_private(folder) else None


def _is_private(folder: Path) -> bool:
    """Whether nobody else can put code there."""
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o077


def read(name: str) -> bytes | None:
    """Return what was kept under a name; None if it is absent, damaged or of another name."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        content = (folder / name).read_bytes()
    except OSError:
        return None
    data = content[32:]
    return data if content[:32] == _digest(name, data) else None


def write(name: str, data: bytes) -> None:
    """Keep data: written aside with rights for its owner only, then renamed."""
    folder = cache_folder()
    if folder is None:
        return
    # A full or read-only disk costs the cache, not the result.
    with contextlib.suppress(OSError):
        handle, aside = tempfile.mkstemp(prefix=".making-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(name, data) + data)
            os.replace(aside, folder / name)
        except OSError:
            Path(aside).unlink(missing_ok=True)


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + data).digest()
