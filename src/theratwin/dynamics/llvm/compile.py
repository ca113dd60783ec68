"""From the text of the IR to machine code, kept on disk by what it was made from."""

from __future__ import annotations

import hashlib
import platform
import threading
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics.llvm.cache_files import read, write

_V3 = ("x86-64-v3", ("fma", "avx2", "avx", "bmi", "bmi2", "f16c", "lzcnt", "movbe"))
_NEON = ("generic", ("neon",))
#: By machine: the processor that is compiled for, and the features that it must have.
TARGETS = {"x86_64": _V3, "amd64": _V3, "aarch64": _NEON, "arm64": _NEON}


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
        If the processor has no fused multiply-add, or lacks another instruction of the code:
        without the first results would differ in the last digits, and the code would be twelve
        times slower.
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
    cpu, needed = TARGETS[machine]
    features: dict[str, bool] = dict(llvm.get_host_cpu_features())
    present = machine in ("aarch64", "arm64")  # where LLVM does not list what all have
    lacking = [name for name in needed if features and not features.get(name, present)]
    if lacking:
        raise UnsupportedError(
            f"this processor lacks {', '.join(lacking)}, which the engine needs: its results are "
            "the same bytes on all processors that have it, and would not be without",
            field="machine",
            value=llvm.get_host_cpu_name(),
            remedy="Run it on a processor of 2013 or later; in a virtual machine, pass the host's "
            "processor through.",
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


@cache
def toolchain() -> str:
    """Return what turns IR into an object: the target, and the versions of the compiler."""
    import llvmlite
    import llvmlite.binding as llvm

    return f"{target()} llvmlite {llvmlite.__version__} LLVM {llvm.llvm_version_info}"


def object_key(ir: str, level: int = 1) -> str:
    """Return the name of the object made from a text of IR."""
    return hashlib.sha256(f"{toolchain()}\0{level}\0{ir}".encode()).hexdigest()


def kept(key: str, names: tuple[str, ...]) -> Compiled | None:
    """Return the code of an object in memory or on the disk, None if there is none.

    Parameters
    ----------
    key
        The name of the object.
    names
        The functions wanted.
    """
    with _LOCK:
        return _kept(key, names)


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
    key = object_key(ir, level)
    with _LOCK:
        found = _kept(key, names)
        if found is None:
            data = _object(ir, target(), level)
            write(f"{key}.o", data)
            found = _LOADED[key] = _linked(data, names, cached=False)
        return found


def _kept(key: str, names: tuple[str, ...]) -> Compiled | None:
    if key not in _LOADED:
        data = read(f"{key}.o")
        if data is None:
            return None
        _LOADED[key] = _linked(data, names, cached=True)
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
