"""The kinetic models that a twin can be calibrated with, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from theratwin.case import Case
from theratwin.core.errors import UnsupportedError
from theratwin.kinetics import Block, empirical_curves
from theratwin.physics import nuclide


@dataclass(frozen=True)
class KineticModel:
    """A kinetic model.

    Parameters
    ----------
    blocks
        From a case and the decay constant (1/h) of its nuclide to what is fitted.
    parameter_sets
        The sets behind it in every case, as ``room/name``; a block may add its own.
    diagnostic_sets
        Those that diagnostics bring in.
    """

    blocks: Callable[[Case, float], tuple[Block, ...]]
    parameter_sets: tuple[str, ...]
    diagnostic_sets: tuple[str, ...] = ()

    def sets_of(self, case: Case) -> tuple[str, ...]:
        """Return the sets behind the twin of a case."""
        return (*self.parameter_sets, *(self.diagnostic_sets if case.diagnostics else ()))


#: What is estimated of a whole body rests on these; the sets of its equations depend on the
#: patient and the ligand, and come with the block.
_BODY_SETS = ("kinetics/body_priors", "kinetics/model_errors", "kinetics/cycle_changes")
_TRANSFER = ("kinetics/ligand_transfer",)


def _psma(case: Case, decay_constant: float) -> tuple[Block, ...]:
    # The engine behind it loads the compiler: curves can do without.
    from theratwin.kinetics.body_fit import psma_block

    return psma_block(case, decay_constant)


def _sstr(case: Case, decay_constant: float) -> tuple[Block, ...]:
    from theratwin.kinetics.body_fit import sstr_block

    return sstr_block(case, decay_constant)


MODELS: dict[str, KineticModel] = {
    "curves": KineticModel(
        empirical_curves,
        (
            "kinetics/effective_half_lives",
            "kinetics/curve_shapes",
            "kinetics/cycle_changes",
        ),
    ),
    "psma": KineticModel(_psma, _BODY_SETS, _TRANSFER),
    "sstr": KineticModel(_sstr, _BODY_SETS, _TRANSFER),
}


def model_of(name: str, field: str = "model") -> KineticModel:
    """Return a model by its name.

    Raises
    ------
    UnsupportedError
        If there is none of that name.
    """
    if name not in MODELS:
        raise UnsupportedError("unknown model", field=field, value=name, allowed=sorted(MODELS))
    return MODELS[name]


def blocks_of(model: KineticModel, case: Case) -> tuple[Block, ...]:
    """Return the blocks of a case."""
    return model.blocks(case, nuclide(case.radiopharmaceutical.nuclide).decay_constant)
