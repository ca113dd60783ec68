"""Voxel kernels as JSON files: plain lists, each number with its unit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core.errors import InputError, TheratwinError, UnsupportedError
from theratwin.core.files import write_text
from theratwin.physics.nuclide import nuclide
from theratwin.physics.voxel_kernel import VoxelKernel

FORMAT = 1
_TEXTS = ("nuclide", "medium", "provenance")
_QUANTITIES = {"voxel_size": "mm", "density": "g/mL", "s_value": "Gy/(MBq h)"}


def write_voxel_kernel(kernel: VoxelKernel, path: Path | str) -> Path:
    """Write a kernel as a JSON file, ``format = 1``, every digit kept.

    Returns
    -------
    Path
        The file written.
    """
    uncertainty = np.array(kernel.relative_uncertainty, dtype=object)
    uncertainty[np.isnan(kernel.relative_uncertainty)] = None  # JSON has no not-a-number
    numbers = {
        "voxel_size": kernel.voxel_size,
        "density": kernel.density,
        "s_value": kernel.s.tolist(),
    }
    content = {
        "format": FORMAT,
        "kind": "voxel kernel",
        **{name: getattr(kernel, name) for name in _TEXTS},
        **{name: {"value": value, "unit": _QUANTITIES[name]} for name, value in numbers.items()},
        "relative_uncertainty": uncertainty.tolist(),
    }
    return write_text(path, json.dumps(content, allow_nan=False) + "\n")


def read_voxel_kernel(path: Path | str) -> VoxelKernel:
    """Read a kernel that `write_voxel_kernel` wrote, or that was written by hand like it.

    Units are converted; ``relative_uncertainty`` may be left out and is then not known.

    Raises
    ------
    InputError
        If the file is no kernel, or a field of it is missing or wrong; the file is named.
    UnsupportedError
        If the format is newer than this program.
    """
    path = Path(path)
    content = _content(path)
    try:
        return VoxelKernel(
            s=np.array(_quantity(content, "s_value"), dtype=float),
            voxel_size=tuple(_quantity(content, "voxel_size")),
            density=float(_quantity(content, "density")),
            nuclide=nuclide(_text(content, "nuclide")).name,
            medium=_text(content, "medium"),
            provenance=_text(content, "provenance"),
            relative_uncertainty=np.array(
                content.get("relative_uncertainty"), dtype=float
            ),  # null becomes not-a-number
        )
    except TheratwinError as error:
        raise error.at(str(path)) from error
    except (TypeError, ValueError) as error:
        raise InputError(f"not the numbers of a kernel ({error})", field=str(path)) from error


def _content(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise InputError("no such file", field=str(path))
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"this is not JSON ({error})", field=str(path)) from error
    if not isinstance(content, dict) or content.get("kind") != "voxel kernel":
        raise InputError('this is no kernel: it lacks "kind": "voxel kernel"', field=str(path))
    written = content.get("format")
    if isinstance(written, int) and written > FORMAT:
        raise UnsupportedError(
            "written by a newer version", field=f"{path}: format", value=written, allowed="1"
        )
    if written != FORMAT:
        raise InputError("unknown format", field=f"{path}: format", value=written, allowed="1")
    return content


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InputError("missing", field=name, value=value, allowed="text")
    return value


def _quantity(content: Mapping[str, Any], name: str) -> Any:
    from theratwin.core.units import convert

    given = content.get(name)
    if not isinstance(given, Mapping) or not {"value", "unit"} <= given.keys():
        raise InputError(
            "a quantity needs its value and its unit",
            field=name,
            remedy=f'Write {{"value": ..., "unit": "{_QUANTITIES[name]}"}}',
        )
    return np.asarray(given["value"], float) * convert(1.0, given["unit"], _QUANTITIES[name])
