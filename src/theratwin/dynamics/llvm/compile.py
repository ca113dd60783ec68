"""From the text of the IR to machine code, kept on disk by what it was made from."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from theratwin.core.errors import UnsupportedError

#: By machine: the processor that is compiled for, and the feature that it must have.
TARGETS = {
    "x86_64": ("x86-64-v3", "fma"),
    "amd64": ("x86-64-v3", "fma"),
    "aarch64": ("generic", "neon"),
    "arm64": ("generic", "neon"),
}


@dataclass(frozen=True)
class Target:
    """The machine that is compiled for.

    Parameters
    ----------
    triple
        As LLVM names it.
    cpu
        The least processor on which the code runs; the code is the same on a better one.
    """

    triple: str
    cpu: str

    @property
    def is_x86(self) -> bool:
        """Whether the floating-point control is that of x86."""
        return self.cpu.startswith("x86")


@cache
def target() -> Target:
    """Return this machine as a target.

    Raises
    ------
    UnsupportedError
        If the processor has no fused multiply-add: without it results would differ in the last
        digits, and the code would be twelve times slower.
    """
    import llvmlite.binding as llvm

    machine = platform.machine().lower()
    if machine not in TARGETS:
        raise UnsupportedError(
            "the engine has no code for this machine",
            field="machine",
            value=machine,
            allowed=sorted(set(TARGETS)),
        )
    cpu, feature = TARGETS[machine]
    features: dict[str, bool] = dict(llvm.get_host_cpu_features())
    if features and not features.get(feature, machine in ("aarch64", "arm64")):
        raise UnsupportedError(
            f"this processor lacks the instruction {feature}, which the engine needs",
            field="machine",
            value=llvm.get_host_cpu_name(),
            remedy="Run it on a processor of 2013 or later.",
        )
    return Target(llvm.get_process_triple(), cpu)


@dataclass(frozen=True)
class Compiled:
    """Machine code in memory.

    Parameters
    ----------
    addresses
        Function to its address.
    cached
        Whether it came from the disk.
    size
        Bytes of object code.
    """

    addresses: dict[str, int]
    cached: bool
    size: int
    _keep: tuple[Any, ...] = ()


_LOCK = threading.Lock()
_LOADED: dict[str, Compiled] = {}
_NUMBER = count()


def compiled(ir: str, names: tuple[str, ...], level: int = 1) -> Compiled:
    """Return the code for a text of IR, from memory, from the disk, or made now.

    Parameters
    ----------
    ir
        The module.
    names
        The functions wanted.
    level
        Of code generation, 0 (fast to make) to 2.
    """
    import llvmlite

    found = target()
    identity = f"{found}\0{llvmlite.__version__}\0{level}\0{ir}"
    key = hashlib.sha256(identity.encode()).hexdigest()
    with _LOCK:
        if key not in _LOADED:
            kept = _read(key)
            data = kept or _object(ir, found, level)
            if kept is None:
                _write(key, data)
            _LOADED[key] = _linked(data, names, kept is not None)
        return _LOADED[key]


def _object(ir: str, found: Target, level: int) -> bytes:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_triple(found.triple).create_target_machine(
        cpu=found.cpu, features="", opt=level, reloc="pic", codemodel="small"
    )
    module = llvm.parse_assembly(ir)
    module.triple = found.triple
    module.data_layout = str(machine.target_data)
    module.verify()
    return machine.emit_object(module)


@cache
def _jit() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.create_lljit_compiler()


def _linked(data: bytes, names: tuple[str, ...], cached: bool) -> Compiled:
    import llvmlite.binding as llvm

    builder = llvm.JITLibraryBuilder().add_object_img(data)
    for name in names:
        builder.export_symbol(name)
    jit = _jit()
    library = builder.link(jit, f"theratwin-{next(_NUMBER)}")
    addresses = {name: library[name] for name in names}
    return Compiled(addresses, cached, len(data), (jit, library))


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


def _read(key: str) -> bytes | None:
    """Return the kept object, whole or not at all: its digest stands before it."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        content = (folder / f"{key}.o").read_bytes()
    except OSError:
        return None
    digest, data = content[:32], content[32:]
    return data if hashlib.sha256(data).digest() == digest else None


def _write(key: str, data: bytes) -> None:
    """Keep an object: written aside with rights for its owner only, then renamed."""
    folder = cache_folder()
    if folder is None:
        return
    # A full or read-only disk costs the cache, not the result.
    with contextlib.suppress(OSError):
        handle, name = tempfile.mkstemp(prefix=".making-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest() + data)
            os.replace(name, folder / f"{key}.o")
        except OSError:
            Path(name).unlink(missing_ok=True)
