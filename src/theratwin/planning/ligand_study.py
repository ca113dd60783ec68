"""What a ligand should be like: doses to tumors and organs against its properties and amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core import Fixed
from theratwin.core.errors import FitError, InputError
from theratwin.dosimetry import bodies, self_s_value
from theratwin.dynamics import Bolus, Engine
from theratwin.dynamics.populations import sample_population
from theratwin.kinetics import WholeBody
from theratwin.kinetics.body import specific_activity
from theratwin.planning.ligand_sweep import Sweep

#: Organs that are reported beside the kidneys where the body has their volume.
_ORGANS = ("kidneys", "parotid_glands", "submandibular_glands")
#: All lesions together.
TUMORS = "tumors"
_MOST = 100_000
#: Measured in 7.4 GBq of commercial Lu-177 PSMA-617 (nmol): 10.18 hot and 46.91 cold.
USUAL_AMOUNT = 57.0


@dataclass(frozen=True, eq=False)
class LigandStudy:
    """Doses over the points of one sweep, or over the grid of two.

    Parameters
    ----------
    body
        Whose.
    sweeps
        One or two.
    amount
        Ligand administered (nmol) where it is not swept.
    doses
        Region, or ``"tumors"`` for the mean over the mass of all lesions, to dose per activity
        (Gy/GBq), shape ``(patient, first point)`` or ``(patient, first point, second point)``.
    varied
        The parameters that differ between the virtual patients.
    """

    body: WholeBody
    sweeps: tuple[Sweep, ...]
    amount: float
    doses: Mapping[str, Float[Any, "patient *point"]]
    varied: tuple[str, ...]

    @property
    def patients(self) -> int:
        """How many virtual patients."""
        return len(self.doses[TUMORS])

    @property
    def is_calibrated(self) -> bool:
        """Whether a parameter set of the body says that it is calibrated to clinical doses."""
        return any(known.name.endswith("_calibrated") for known in self.body.plan.sets)

    def ratio(self, tumor: str = TUMORS, organ: str = "kidneys") -> Float[Any, "patient *point"]:
        """Return the ratio of doses.

        Raises
        ------
        InputError
            If the study has no such region.
        """
        for field, region in (("tumor", tumor), ("organ", organ)):
            if region not in self.doses:
                raise InputError(
                    "no such region in the study",
                    field=field,
                    value=region,
                    allowed=list(self.doses),
                )
        return self.doses[tumor] / self.doses[organ]

    def best(self, tumor: str = TUMORS, organ: str = "kidneys") -> dict[str, float]:
        """Return where the median ratio is highest: each sweep's value (inside units)."""
        median = np.median(self.ratio(tumor, organ), axis=0)
        place = np.unravel_index(int(np.argmax(median)), median.shape)
        return {
            sweep.name: float(sweep.values[at])
            for sweep, at in zip(self.sweeps, place, strict=True)
        }

    def own(self, name: str) -> float | None:
        """Return the body's own value of a property (inside units); None if tissues differ."""
        if name == "amount":
            return self.amount
        values = {each.name: each.value for each in self.body.network.parameters}
        found = {values[target] for target in _targets(self.body, name)}
        return found.pop() if len(found) == 1 else None

    def least_amount(self, activity: float) -> float:
        """Return the ligand (nmol) that an activity (MBq) is at least: every molecule labeled."""
        return activity / specific_activity(self.body.plan.ligands[0].nuclide)


def ligand_study(
    body: WholeBody,
    sweeps: Sequence[Sweep | str],
    *,
    amount: float | None = None,
    patients: int = 1,
    seed: int = 1,
) -> LigandStudy:
    r"""Return doses per activity against a ligand's properties and its amount.

    .. math:: D_r / A_0 = \tilde A_r\, S(r \leftarrow r) / A_0

    with the time integral of the activity to infinity and the S value of spheres. Decayed ligand
    goes on occupying receptors, so that the dose per activity depends on the amount of ligand
    alone and not on the share that was labeled: the study needs no activity.

    Parameters
    ----------
    body
        Of one ligand, with lesions, without doses of its own.
    sweeps
        One or two, also as text: ``"k_on=0.01..0.1 L/(nmol min)"``. ``release`` and
        ``internalization`` hold in all tissues.
    amount
        Ligand administered (nmol) where it is not swept; `USUAL_AMOUNT` without it.
    patients
        One has the medians of all parameters; several draw those that have a distribution, the
        same patients at every point.
    seed
        Of the patients.

    Raises
    ------
    InputError
        If the body lacks lesions, a sweep does not fit, or nothing differs between patients.
    FitError
        If a point could not be solved.

    Examples
    --------
    >>> from theratwin.kinetics import psma_body
    >>> body = psma_body(ligand="psma-617", lesions=["tumor_2"])
    >>> study = ligand_study(body, [Sweep.parse("amount = 10..1000 nmol", points=3)])
    >>> low, middle, high = study.doses["kidneys"][0]
    >>> bool(low > middle > high)
    True
    """
    chosen = tuple(Sweep.parse(each) if isinstance(each, str) else each for each in sweeps)
    _check(body, chosen, amount, patients)
    fixed = USUAL_AMOUNT if amount is None else float(amount)
    drawn = _population(body, chosen, patients, seed)
    grid = np.meshgrid(*(sweep.values for sweep in chosen), indexing="ij")
    shape = (patients, *grid[0].shape)
    flat = {
        sweep.name: np.broadcast_to(axis, shape).ravel()
        for sweep, axis in zip(chosen, grid, strict=True)
    }
    given = flat.pop("amount", np.full(int(np.prod(shape)), fixed))
    each = given.size // patients
    parameters = {name: np.repeat(values, each) for name, values in drawn.items()}
    for name, values in flat.items():
        parameters |= dict.fromkeys(_targets(body, name), values)
    found = _per_activity(body, parameters, given)
    doses = {region: dose.reshape(shape) for region, dose in found.items()}
    return LigandStudy(body, chosen, fixed, doses, tuple(drawn))


def _check(body: WholeBody, sweeps: tuple[Sweep, ...], amount: float | None, patients: int) -> None:
    if len(body.ligands) != 1:
        raise InputError("one ligand is studied at a time", field="body", value=body.ligands)
    if not body.plan.lesions:
        raise InputError("the body has no lesion", field="body", remedy="Build it with `lesions`")
    names = [sweep.name for sweep in sweeps]
    if not 1 <= len(names) <= 2 or len(set(names)) < len(names):
        raise InputError(
            "one property is varied, or two different ones", field="vary", value=names or "none"
        )
    if amount is not None and "amount" in names:
        raise InputError(
            "the amount is varied already",
            field="amount",
            value=amount,
            remedy="Leave out one of the two",
        )
    if amount is not None and not 0.0 < amount < np.inf:
        raise InputError("must be positive", field="amount", value=amount)
    points = int(np.prod([sweep.points for sweep in sweeps]))
    if patients < 1 or points * patients > _MOST:
        raise InputError(
            "points times patients are out of range",
            field="patients",
            value=f"{points} x {patients}",
            allowed=f"1 to {_MOST}",
            remedy="Take fewer points or fewer patients",
        )


def _population(
    body: WholeBody, sweeps: tuple[Sweep, ...], patients: int, seed: int
) -> dict[str, Float[Any, " patient"]]:
    """Return what differs between the patients."""
    if patients == 1:
        return {}
    swept = {name for sweep in sweeps for name in _targets(body, sweep.name)}
    spread = {
        each.name: each.distribution
        for each in body.network.parameters
        if not isinstance(each.distribution, Fixed) and each.name not in swept
    }
    if not spread:
        raise InputError(
            "no parameter of the body has a distribution, so that all patients are alike",
            field="patients",
            value=patients,
            remedy='Lay a set with distributions over it, such as "psma_population_ubc"',
        )
    return sample_population(spread, patients, seed)


def _targets(body: WholeBody, name: str) -> list[str]:
    """Return the body's parameters that a property stands for; the amount is none."""
    if name == "amount":
        return []
    if name in ("dissociation_constant", "k_on"):
        return [f"{body.ligands[0]}.{name}"]
    return [each.name for each in body.network.parameters if each.name.endswith(f".{name}")]


def _per_activity(
    body: WholeBody, parameters: Mapping[str, Any], amount: Float[Any, " case"]
) -> dict[str, Float[Any, " case"]]:
    """Return the dose per activity (Gy/GBq) by region."""
    nuclide, hot = body.plan.ligands[0].nuclide, body.labels[0].name
    volumes = {each.name: each.value for each in body.network.parameters} | dict(parameters)
    organs = [name for name in _ORGANS if f"{name}.volume" in volumes and name in body.regions]
    if "kidneys" not in organs:
        raise InputError("the volume of the kidneys is missing", field="kidneys.volume")
    lesions = body.plan.lesions
    kept = {name: body.time_integrated_activity(name) for name in (*organs, *lesions)}
    solved = Engine(body.system).solve(
        parameters,
        doses=(Bolus(f"vein.{hot}", 0.0, amount),),
        end=1.0,
        keep=kept.values(),
        to_infinity=True,
    )
    if not solved.good.all():
        raise FitError(f"{int((~solved.good).sum())} of {amount.size} points were not solved")
    given = amount * specific_activity(nuclide) / 1000.0
    single = ("kidney_left",) if body.plan.single_kidney else ()
    doses, mass = {}, {}
    for name, quadrature in kept.items():
        density = volumes[f"{name}.density"] if name in lesions else 1.05
        mass[name] = np.broadcast_to(volumes[f"{name}.volume"] * density, amount.shape)
        value = self_s_value(nuclide, mass[name], bodies=bodies(name, single))
        doses[name] = solved.integrals[quadrature] * np.asarray(value) / given
    total = sum(mass[name] for name in lesions)
    together = sum(doses[name] * mass[name] for name in lesions) / total
    return {TUMORS: together, **doses}
