"""One call for dose by voxel, whatever the method; methods stand in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theratwin.core.errors import InputError
from theratwin.dosimetry.voxel.kernel import kernel_dose
from theratwin.dosimetry.voxel.local import local_dose, local_energy
from theratwin.dosimetry.voxel.maps import AIR_BELOW, VoxelDose
from theratwin.dosimetry.voxel.problem import VoxelProblem
from theratwin.physics.kernels.voxel import MOST, voxel_kernel
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import Progeny
from theratwin.physics.voxel_kernel import VoxelKernel

#: mm from the source voxel outward. Photons of Lu-177 have given 60 % of what they give a body
#: up to there, electrons of all nuclides everything.
REACH = 60.0


@dataclass(frozen=True)
class VoxelMethod:
    """A way from activity to dose by voxel.

    Parameters
    ----------
    title
        What it does, in a few words.
    compute
        Takes the problem, and the method's options by name.
    options
        Options by name, each with whether it must be given.
    """

    title: str
    compute: Callable[..., VoxelDose]
    options: Mapping[str, bool]


def _local(problem: VoxelProblem, *, photons: bool = False) -> VoxelDose:
    return local_dose(
        problem.activity,
        problem.required_density("local"),
        problem.voxel_size,
        local_energy(problem.nuclide, photons=photons, progeny=problem.progeny),
        apart_below=problem.apart_below,
    )


def _kernel(problem: VoxelProblem, *, kernel: VoxelKernel | None = None) -> VoxelDose:
    if kernel is None:
        kernel = _own_kernel(problem)
    _check_kernel(kernel, problem)
    return kernel_dose(
        problem.activity,
        kernel,
        problem.voxel_size,
        problem.mass_density,
        apart_below=problem.apart_below,
        workers=problem.workers,
    )


def _check_kernel(kernel: VoxelKernel, problem: VoxelProblem) -> None:
    emitted = problem.emitted
    if kernel.nuclide != (wanted := " + ".join((emitted.nuclide, *emitted.progeny))):
        raise InputError(
            "the kernel is of another nuclide, or of other progeny",
            field="kernel",
            value=kernel.nuclide,
            allowed=wanted,
        )


def _own_kernel(problem: VoxelProblem) -> VoxelKernel:
    """Return the nuclide's kernel in soft tissue, to `REACH` or the end of the map."""
    widest = max(1, int(np.ceil(REACH / min(problem.voxel_size)))) + 1
    extent = min(widest, max(problem.activity.shape), MOST)
    return voxel_kernel(problem.emitted, problem.voxel_size, extent=extent)


def _photons(problem: VoxelProblem, **options: Any) -> VoxelDose:
    from theratwin.dosimetry.voxel.monte_carlo import monte_carlo_dose  # numba takes a second

    return monte_carlo_dose(problem, electrons=False, **options)


def _full(problem: VoxelProblem, **options: Any) -> VoxelDose:
    from theratwin.dosimetry.voxel.monte_carlo import monte_carlo_dose

    return monte_carlo_dose(problem, electrons=True, **options)


_RUN_OPTIONS = ("histories", "uncertainty", "regions", "seed", "device", "progress")
_RUN: dict[str, bool] = dict.fromkeys(_RUN_OPTIONS, False)
#: The methods by name, from the quickest to the most exact.
METHODS: dict[str, VoxelMethod] = {
    "local": VoxelMethod("local deposition of charged particles", _local, {"photons": False}),
    "kernel": VoxelMethod(
        "convolution with a voxel kernel, scaled by density", _kernel, {"kernel": False}
    ),
    "photons": VoxelMethod("Monte Carlo of photons, electrons local", _photons, _RUN),
    "full": VoxelMethod("Monte Carlo of all", _full, _RUN),
}


def voxel_dose(
    activity: ArrayLike,
    voxel_size: ArrayLike,
    nuclide: str | Nuclide,
    method: str,
    *,
    density: ArrayLike | None = None,
    hounsfield: ArrayLike | None = None,
    apart_below: float = AIR_BELOW,
    workers: int = 1,
    progeny: Progeny | None = None,
    **options: Any,
) -> VoxelDose:
    """Return the dose by voxel of a map of time-integrated activity.

    Parameters
    ----------
    activity
        Time-integrated activity of each voxel, MBq h, shape ``(i, j, k)``.
    voxel_size
        Edge lengths, mm.
    nuclide
        The nuclide.
    method
        ``"local"``: every voxel absorbs the charged particles emitted in it (`local_dose`);
        option ``photons=True`` adds all photons, an upper bound.
        ``"kernel"``: convolution with a voxel kernel, scaled by density (`kernel_dose`); option
        ``kernel``, the `VoxelKernel`; the nuclide's own in soft tissue, 6 cm wide, without.
        ``"photons"`` and ``"full"``: Monte Carlo in the matter of the map, of photons with
        electrons left where they start, or of all (`monte_carlo_dose`); options ``histories``,
        ``uncertainty`` (relative, at which to stop), ``regions`` (whose means get an error from
        batches), ``seed``, ``device``, ``progress``.
    density
        g/mL, a map or one number. The kernel method takes the kernel's own where neither this
        nor ``hounsfield`` is given.
    hounsfield
        CT numbers (HU), of which density follows where it is not given.
    apart_below
        g/mL; less dense voxels get no dose and are counted.
    workers
        Threads.
    progeny
        ``none``, ``all`` or names of descendants that count, all in the voxel of their parent and
        within a year (`chain_weights`). Without it, the nuclide alone, if its progeny hardly
        counts.
    options
        Those of the method; others are refused.

    Raises
    ------
    InputError
        If the method is unknown, an option is not its own or is missing, or a map is wrong.
    UnsupportedError
        If ``progeny`` is not given and counts, or the method cannot take it.

    Examples
    --------
    >>> import numpy as np
    >>> found = voxel_dose(np.full((2, 2, 2), 0.5), (10, 10, 10), "Lu-177", "local", density=1.0)
    >>> round(float(found.dose[0, 0, 0]), 4)
    0.0427
    """
    chosen = METHODS.get(method)
    if chosen is None:
        raise InputError("unknown method", field="method", value=method, allowed=METHODS)
    _check_options(method, chosen, options)
    problem = VoxelProblem(
        activity,  # pyright: ignore[reportArgumentType] (checked there)
        voxel_size,  # pyright: ignore[reportArgumentType]
        nuclide,  # pyright: ignore[reportArgumentType]
        density,
        hounsfield,
        apart_below,
        workers,
        progeny,
    )
    found = chosen.compute(problem, **options)
    chain = ", ".join([problem.nuclide.name, *problem.emitted.progeny])
    return replace(found, method=f"{found.method}; {chain}")


def _check_options(name: str, method: VoxelMethod, given: Mapping[str, Any]) -> None:
    for option in given:
        if option not in method.options:
            raise InputError(
                f"it has no effect on the method {name}",
                field=option,
                allowed=list(method.options),
            )
    for option, required in method.options.items():
        if required and given.get(option) is None:
            raise InputError(f"the method {name} needs it", field=option)
