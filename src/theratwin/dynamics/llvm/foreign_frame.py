"""How XLA calls a foreign function: the structures of its C interface, version 0.3.

Typed from the declarations of ``xla/ffi/api/c_api.h``, which JAX brings along. Each structure that
crosses the border begins with its size, by which code tells whether it knows what it is given.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, cast

#: The version that the structures were typed from, which a handler reports when asked.
VERSION = (0, 3)
#: Values of enumerations: the stage in which to compute, kinds, and types of elements.
EXECUTE, BUFFER, ARRAY, METADATA = 3, 1, 1, 1
REAL, WHOLE = 12, 5
INVALID_ARGUMENT, RESOURCE_EXHAUSTED = 3, 8

_WORD, _ENUM = ctypes.c_int64, ctypes.c_int32


def _structure(name: str, fields: Sequence[tuple[str, type]]) -> type[ctypes.Structure]:
    """Return a structure that begins with its size and a list of extensions."""
    begun = [("struct_size", _WORD), ("extension_start", _WORD), *fields]
    return type(name, (ctypes.Structure,), {"_fields_": begun})


def _listing(name: str, *fields: str) -> type[ctypes.Structure]:
    return _structure(name, [(field, _WORD) for field in ("size", *fields)])


Version = _structure("Version", [("major_version", _ENUM), ("minor_version", _ENUM)])
Args = _listing("Args", "types", "args")
Rets = _listing("Rets", "types", "rets")
Attrs = _listing("Attrs", "types", "names", "attrs")
Buffer = _structure("Buffer", [("dtype", _ENUM), ("data", _WORD), ("rank", _WORD), ("dims", _WORD)])
CallFrame = _structure(
    "CallFrame",
    [
        ("api", _WORD),
        ("ctx", _WORD),
        ("stage", _ENUM),
        ("args", Args),
        ("rets", Rets),
        ("attrs", Attrs),
    ],
)
Api = _structure(
    "Api", [("api_version", Version), ("internal_api", _WORD), ("XLA_FFI_Error_Create", _WORD)]
)
ErrorCreate = _structure("ErrorCreate", [("message", _WORD), ("errc", _ENUM)])


class Extension(ctypes.Structure):
    """What may hang on a call: here, a question for the version."""

    _fields_ = (
        ("struct_size", _WORD),
        ("type", _ENUM),
        ("next", _WORD),
        ("metadata", _WORD),
    )


class Metadata(ctypes.Structure):
    """What a handler says of itself."""

    _fields_ = (("struct_size", _WORD), ("api_version", Version), ("traits", ctypes.c_uint32))


class Array(ctypes.Structure):
    """An attribute that is a list of numbers."""

    _fields_ = (("dtype", _ENUM), ("size", _WORD), ("data", _WORD))


def offset(structure: type[ctypes.Structure], *path: str) -> int:
    """Return where a field lies (bytes), through structures within.

    Examples
    --------
    >>> offset(CallFrame, "args"), offset(CallFrame, "args", "size")
    (40, 56)
    """
    total, found = 0, cast(Any, structure)
    for name in path:
        total += getattr(found, name).offset
        found = {field[0]: field[1] for field in found._fields_}[name]
    return total


def full_size(structure: type[ctypes.Structure]) -> int:
    """Return the size that a structure states of itself: up to the end of its last field."""
    name, kind = structure._fields_[-1][:2]
    return getattr(structure, name).offset + ctypes.sizeof(kind)
