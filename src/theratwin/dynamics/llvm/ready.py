"""Code for a system that was compiled before: found without its equations.

The cache has two levels. The first goes from a system, what is asked of it, the version of
theratwin and the machine to the interface of its code. The second goes from the text of the IR to
the object, so that systems that differ in names alone share it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from theratwin.dynamics.llvm.cache_files import read, write
from theratwin.dynamics.llvm.compile import Compiled, compiled, kept, object_key, toolchain
from theratwin.dynamics.llvm.layout import Layout
from theratwin.dynamics.llvm.sources import sources_digest

if TYPE_CHECKING:
    from theratwin.dynamics.llvm.emit_llvm import Module


@dataclass(frozen=True)
class Interface:
    """What is needed to use compiled code.

    Parameters
    ----------
    layout
        Its scratch memory.
    exports
        The functions that can be called.
    digest
        Of the text of the IR.
    key
        Of the object.
    """

    layout: Layout
    exports: tuple[str, ...]
    digest: str
    key: str

    @classmethod
    def of(cls, module: Module, level: int) -> Interface:
        """Return that of a module of IR."""
        digest = hashlib.sha256(module.text.encode()).hexdigest()
        return cls(module.layout, module.exports, digest, object_key(module.text, level))

    def to_json(self) -> bytes:
        """Return it as text."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Interface:
        """Return it from the text of `to_json`."""
        data = json.loads(text)
        layout, exports = Layout(**data.pop("layout")), tuple(data.pop("exports"))
        return cls(layout, exports, **data)


_KNOWN: dict[str, Interface] = {}


def ready(identity: str, level: int, build: Callable[[], Module]) -> tuple[Interface, Compiled]:
    """Return interface and code, from memory, from the disk, or built now.

    Parameters
    ----------
    identity
        Of all that the module is built from, but for the sources and the machine.
    level
        Of code generation.
    build
        Makes the module.
    """
    key = _key(identity, level)
    interface = _known(key) if key else None
    if interface is not None:
        code = kept(interface.key, interface.exports)
        if code is not None:
            return interface, code
    module = build()
    interface = Interface.of(module, level)
    code = compiled(module.text, module.exports, level)
    # The sources may have changed while the module was built.
    if key and key == _key(identity, level):
        _KNOWN[key] = interface
        write(f"{key}.json", interface.to_json())
    return interface, code


def _key(identity: str, level: int) -> str | None:
    """Return the name of the interface; None if the version of theratwin is not certain."""
    sources = sources_digest()
    if sources is None:
        return None
    told = (sources, sys.version, toolchain(), str(level), identity)
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def _known(key: str) -> Interface | None:
    if key not in _KNOWN:
        text = read(f"{key}.json")
        if text is None:
            return None
        _KNOWN[key] = Interface.from_json(text)
    return _KNOWN[key]
