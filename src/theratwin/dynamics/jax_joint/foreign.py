"""The road without Python: the engine as a foreign function that XLA itself calls.

Only on processors, only where XLA's interface is one that the code was written for, and only for
what the compiled code does alone; `refusal` says what stands against it.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
import sys
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theratwin.core._jax import jax
from theratwin.core.errors import UnsupportedError
from theratwin.dynamics.jax_joint.foreign_plan import foreign_plan
from theratwin.dynamics.llvm.compile import Compiled, compiled
from theratwin.dynamics.llvm.emit_foreign import EXPORTS, foreign_module
from theratwin.dynamics.llvm.emit_foreign_solve import LINKS
from theratwin.dynamics.llvm.foreign_frame import VERSION
from theratwin.dynamics.solving.engine import Engine

if TYPE_CHECKING:
    from theratwin.dynamics.jax_joint.joint import Joint

_LOCK = threading.Lock()
#: Name under which XLA knows it to code, which must never go: JAX may keep what calls it.
_REGISTERED: dict[str, tuple[Compiled, Compiled]] = {}


def refusal(joint: Joint) -> str | None:
    """Return why this road is closed to a joint; None if it is open."""
    reason = interface_refusal()
    if reason is None and joint.options.get("steady"):
        reason = "a start from rest is solved in two runs, between which is Python"
    if reason is not None:
        return reason
    try:
        registered(joint.engine, ())
        foreign_plan(joint, (), (), 1)
    except UnsupportedError as error:
        return error.message
    return None


@cache
def interface_refusal() -> str | None:
    """Return why no engine can be called by XLA in this process; None if it can."""
    if not hasattr(getattr(jax, "ffi", None), "register_ffi_target"):
        return f"JAX {jax.__version__} has no typed foreign functions"
    if ctypes.sizeof(ctypes.c_void_p) != 8 or sys.byteorder != "little":
        return "the interface is written for 64-bit little-endian machines"
    if not hasattr(ctypes.pythonapi, "PyMem_RawCalloc"):
        return "this Python does not give out memory"
    major, minor = interface_version()
    if major != VERSION[0]:
        return f"XLA's interface has version {major}.{minor}, not {VERSION[0]}"
    return None


@cache
def interface_version() -> tuple[int, int]:
    """Return the version of XLA's interface that JAX was built with; ours if it does not say."""
    header = Path(jax.ffi.include_dir()) / "xla" / "ffi" / "api" / "c_api.h"
    try:
        text = header.read_text(encoding="utf-8")
    except OSError:
        return VERSION
    found = [re.search(rf"#define XLA_FFI_API_{part} (\d+)", text) for part in ("MAJOR", "MINOR")]
    major, minor = (int(each[1]) if each else -1 for each in found)
    return major, minor


def registered(engine: Engine, directions: tuple[str, ...]) -> str:
    """Return the name under which XLA knows an engine's code, after making it known.

    The name tells the code by its content, and nothing that is compiled holds an address: what JAX
    keeps on disk finds the same code in another process, or none.

    Raises
    ------
    UnsupportedError
        If XLA does not take it.
    """
    interface, code = engine.code(directions)
    # An older interface is told its own version; a newer one decides whether it still knows ours.
    text = foreign_module(interface.key, min(VERSION, interface_version()))
    name = f"theratwin-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
    with _LOCK:
        if name not in _REGISTERED:
            made = compiled(text, EXPORTS)
            _link(made, code)
            handler = jax.ffi.pycapsule(ctypes.c_void_p(made.addresses["theratwin_foreign"]))
            try:
                jax.ffi.register_ffi_target(name, handler, platform="cpu")
            except (RuntimeError, TypeError, ValueError) as error:
                reason = str(error).splitlines()[0]
                raise UnsupportedError(
                    f"XLA does not take a foreign function: {reason}", field="road"
                ) from error
            _REGISTERED[name] = made, code
    return name


def _link(made: Compiled, code: Compiled) -> None:
    """Tell the foreign function where the driver and the memory are."""
    python: Any = ctypes.pythonapi
    calls = {
        "integrate": code.addresses["theratwin_integrate"],
        "calloc": ctypes.cast(python.PyMem_RawCalloc, ctypes.c_void_p).value,
        "free": ctypes.cast(python.PyMem_RawFree, ctypes.c_void_p).value,
    }
    links = (ctypes.c_void_p * len(LINKS)).from_address(made.addresses["theratwin_links"])
    links[:] = [calls[name] for name in LINKS]


def by_foreign_call(
    joint: Joint, names: tuple[str, ...], directions: tuple[str, ...], given: jax.Array
) -> list[jax.Array]:
    """Return values and slopes of the patients in an array (patient, name), under JAX."""
    patients = len(given)
    call = jax.ffi.ffi_call(
        registered(joint.engine, directions), joint.results(patients, directions)
    )
    return list(call(given, plan=foreign_plan(joint, names, directions, patients)))
