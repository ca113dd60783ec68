"""``theratwin svalue voxel``: S values of the voxels around one that holds the activity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from theratwin.cli.options import Force, Json, Out
from theratwin.cli.svalue_words import named, positive
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.physics import VoxelKernel

_SHOWN = 4  # voxels along each axis, in the text


def register(app: typer.Typer) -> None:
    """Add the command to the group ``svalue``."""
    app.command("voxel")(voxel)


def voxel(
    nuclide: Annotated[str, typer.Option(help="The nuclide, such as Y-90.")],
    size: Annotated[str, typer.Option(help='Edge of the voxels, "4.42 mm", or "4 x 4 x 5 mm".')],
    medium: Annotated[
        str, typer.Option(help="soft, water, adipose, lung or cortical_bone.")
    ] = "soft",
    density: Annotated[
        str | None, typer.Option(help='As "1.04 g/mL"; the medium\'s own where left out.')
    ] = None,
    extent: Annotated[
        int, typer.Option(help="Voxels along each axis, the source's among them.")
    ] = 6,
    progeny: Annotated[
        Literal["none", "all"] | None, typer.Option(help="Whether daughters count.")
    ] = None,
    kernel: Annotated[
        Path | None, typer.Option(help="Write a kernel file here, for `dose voxel --kernel`.")
    ] = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """S values of an octant of voxels, from the source voxel outward."""
    from theratwin.cli.output import emit
    from theratwin.physics import write_voxel_kernel
    from theratwin.physics.kernels import nuclide_voxel_kernel
    from theratwin.physics.units import MGY_PER_MBQ_S

    edges = _edges(size)
    rho = None if density is None else positive(density, "g/mL", "--density")
    if kernel is not None and kernel.exists() and not force:
        raise InputError(
            "the file exists", field="--kernel", value=str(kernel), remedy="Give --force"
        )
    try:
        found = nuclide_voxel_kernel(nuclide, edges, medium, rho, extent=extent, progeny=progeny)
    except InputError as error:
        raise named(error, {"voxel_size": "--size"}) from None
    if kernel is not None:
        write_voxel_kernel(found, kernel)
    value = found.s * MGY_PER_MBQ_S
    emit(
        "svalue/1",
        value.tolist(),
        unit="mGy/(MBq s)",
        text=_text(found, value),
        as_json=as_json,
        out=out,
        force=force,
        extra=_extra(found),
    )


def _edges(text: str) -> tuple[float, float, float]:
    """Return three edges, mm, of one or three numbers with a unit at the end."""
    numbers = [part.strip() for part in text.split("x")]
    unit = numbers[-1].lstrip("0123456789.eE+- ")
    edges = [positive(f"{part.removesuffix(unit)} {unit}", "mm", "--size") for part in numbers]
    if len(edges) == 1:
        edges *= 3
    if len(edges) != 3:
        raise InputError("not one or three edges", field="--size", value=text)
    return edges[0], edges[1], edges[2]


def _extra(found: VoxelKernel) -> dict[str, Any]:
    return {
        "nuclide": found.nuclide,
        "voxel_size_mm": list(found.voxel_size),
        "medium": found.medium,
        "density": found.density,
        "relative_uncertainty": found.relative_uncertainty.tolist(),  # type: ignore[union-attr]
        "method": found.provenance,
        "energy_absorbed_mev": found.energy_absorbed,
    }


def _text(found: VoxelKernel, value: Any) -> str:
    edges = " x ".join(f"{edge:g}" for edge in found.voxel_size)
    lines = [
        f"{found.nuclide}, voxels of {edges} mm, {found.medium}, {found.density:g} g/mL",
        f"{found.energy_absorbed:.4g} MeV a decay within the octants; unweighted absorbed dose",
        "",
        "  i  j  k  S, mGy/(MBq s)  uncertainty",
    ]
    shown = min(_SHOWN, value.shape[0])
    for i in range(shown):
        for j in range(i, shown):
            for k in range(j, shown):
                spread = found.relative_uncertainty[i, j, k]  # type: ignore[index]
                lines.append(f"{i:>3}{j:>3}{k:>3}  {value[i, j, k]:>14.4e}  {spread:>11.1%}")
    if shown < value.shape[0]:
        lines.append(f"... --json gives all {value.shape[0]} along each axis")
    return "\n".join(lines)
