"""From the text of the IR to machine code, kept on disk by what it was made from."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from theratwin.dynamics.llvm import elf
from theratwin.dynamics.llvm.cache_files import read, write
from theratwin.dynamics.llvm.target import Target, target


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


def object_key(ir: str, level: int = 1) -> str:
    """Return the name of the object made from a text of IR, by this LLVM for this machine."""
    import llvmlite
    import llvmlite.binding as llvm

    known = f"{target()} llvmlite {llvmlite.__version__} LLVM {llvm.llvm_version_info}"
    return hashlib.sha256(f"{known}\0{level}\0{ir}".encode()).hexdigest()


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
    image = elf.load(data, names)
    addresses, keep = (image.addresses, image) if image else _linked_by_llvm(data, names)
    return Compiled(addresses, cached, len(data), (keep,))


def _linked_by_llvm(data: bytes, names: tuple[str, ...]) -> tuple[dict[str, int], Any]:
    import llvmlite.binding as llvm

    builder = llvm.JITLibraryBuilder().add_object_img(data)
    for name in names:
        builder.export_symbol(name)
    jit = _jit()
    library = builder.link(jit, f"theratwin-{next(_NUMBER)}")
    return {name: library[name] for name in names}, (jit, library)
