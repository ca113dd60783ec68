"""The public checks: they pass what is sound, and name what is not."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dynamics import model
from theratwin.testing import (
    check_balance,
    check_dimensions,
    check_order,
    check_permutation,
    check_symmetry,
    observed_order,
)


def hot_for_cold() -> dict[str, str]:
    system = model("benchmark-88").system()
    states = {name: f"{name[:-3]}cold" for name in system.names if name.endswith(".hot")}
    return states | {"dose.hot": "dose.cold"}


def test_library_models_balance() -> None:
    for name in ("benchmark-88", "receptor-binding", "tumor-feedback"):
        check_balance(model(name))
        check_dimensions(model(name))


def test_labels_can_be_swapped_without_decay() -> None:
    check_symmetry(model("benchmark-88").system(), hot_for_cold(), {"half_life": np.inf})


def test_decay_breaks_the_symmetry_and_the_state_is_named() -> None:
    with pytest.raises(InputError, match=r"state .*\.(hot|cold): after the exchange"):
        check_symmetry(model("benchmark-88").system(), hot_for_cold())


def test_a_swap_must_be_one() -> None:
    system = model("receptor-binding").system()
    with pytest.raises(InputError, match="nearest match 'ligand'"):
        check_symmetry(system, {"ligandd": "receptor"})
    with pytest.raises(InputError, match="no exchange"):
        check_symmetry(system, {"ligand": "bound", "receptor": "bound"})


def test_swapped_parameters_take_other_values() -> None:
    """Two organs with the same equations, but parameters of their own."""
    organs = {f"heart.{q}": f"skin.{q}" for q in ("vascular.hot", "interstitial.hot")}
    organs |= {
        name.replace("hot", "cold"): to.replace("hot", "cold") for name, to in organs.items()
    }
    quantities = ("plasma_flow", "vascular_volume", "interstitial_volume", "permeability_surface")
    own = {f"heart.{q}": f"skin.{q}" for q in quantities}
    check_symmetry(model("benchmark-88").system(), organs | own)
    with pytest.raises(InputError, match="after the exchange"):
        check_symmetry(model("benchmark-88").system(), organs)


def test_permutation_finds_what_depends_on_the_neighbors() -> None:
    parameters = {"k": np.linspace(1.0, 2.0, 7)}
    check_permutation(lambda p: np.exp(p["k"])[:, None] * np.ones(3), parameters)
    with pytest.raises(InputError, match="place in the batch"):
        check_permutation(lambda p: np.cumsum(p["k"]), parameters)
    with pytest.raises(InputError, match="as many values"):
        check_permutation(lambda p: p["k"], parameters | {"v": np.ones(3)})


def test_permutation_by_digits() -> None:
    parameters = {"k": np.linspace(1.0, 2.0, 7)}

    def noisy(p: dict) -> np.ndarray:
        return p["k"] * (1.0 + 1e-15 * np.arange(7))

    with pytest.raises(InputError, match="the same bits"):
        check_permutation(noisy, parameters)
    check_permutation(noisy, parameters, bitwise=False)


def euler(step: float) -> float:
    return (1.0 - step) ** round(1.0 / step)


def test_order_is_measured() -> None:
    steps = [0.1, 0.05, 0.025, 0.0125]
    check_order(euler, np.exp(-1.0), steps, 1.0, tolerance=0.1)
    with pytest.raises(InputError, match=r"the observed order is 1\.0"):
        check_order(euler, np.exp(-1.0), steps, 2.0)
    with pytest.raises(InputError, match="at least two steps"):
        observed_order([0.1], [0.1])
