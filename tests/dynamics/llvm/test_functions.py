"""Our exponential, logarithm and power against numbers of more digits."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
import pytest

from theratwin.core.seed import stream
from theratwin.dynamics.llvm.compile import compiled
from theratwin.dynamics.llvm.functions import declarations, functions
from theratwin.dynamics.llvm.ir_text import Code, Width, function
from theratwin.dynamics.llvm.memory import aligned

NAMES = ("exp", "log", "pow")
COUNT = 40_000
Function = Callable[..., np.ndarray]

needs_extended = pytest.mark.skipif(
    np.finfo(np.longdouble).eps >= np.finfo(float).eps / 1000,
    reason="this machine has no floating-point format with more digits",
)


def applied(name: str, width: Width) -> str:
    """Return a loop that applies a function to arrays."""
    code = Code(width)
    with code.loop("%count") as i:
        arguments = [code.load("%x", i)] + ([code.load("%y", i)] if name == "pow" else [])
        code.store(code.call(f"{name}.{width.suffix}", *arguments), "%out", i)
    code.line("ret void")
    return function(f"theratwin_{name}", "ptr %x, ptr %y, ptr %out, i64 %count", code)


@pytest.fixture(scope="module", params=[1, 4])
def ours(request: pytest.FixtureRequest) -> dict[str, Function]:
    width = Width(request.param)
    parts = [declarations(width), functions(width), *(applied(n, width) for n in NAMES)]
    text = "".join(parts) + "attributes #0 = { nounwind }\n"
    made = compiled(text, tuple(f"theratwin_{name}" for name in NAMES))

    def caller(name: str) -> Function:
        kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64)
        call = kind(made.addresses[f"theratwin_{name}"])

        def run(*arguments: np.ndarray) -> np.ndarray:
            arrays = [aligned(arguments[0].size) for _ in range(3)]
            for array, values in zip(arrays, arguments, strict=False):
                array[:] = values
            call(*(a.ctypes.data for a in arrays), arrays[0].size // width.lanes)
            return arrays[2].copy()

        return run

    return {name: caller(name) for name in NAMES}


def units_off(found: np.ndarray, exact: np.ndarray) -> float:
    """Return the largest error in units of the last place."""
    return float(np.max(np.abs(found - exact) / np.spacing(np.abs(exact.astype(float)))))


@needs_extended
def test_exponential(ours: dict[str, Function]) -> None:
    random = stream(1, "exp")
    x = np.concatenate([random.uniform(-708, 709.7, COUNT), random.uniform(-2, 2, COUNT)])
    assert units_off(ours["exp"](x), np.exp(x.astype(np.longdouble))) < 1.0


@needs_extended
def test_logarithm(ours: dict[str, Function]) -> None:
    random = stream(1, "log")
    x = np.concatenate([np.exp(random.uniform(-708, 709, COUNT)), random.uniform(0.5, 2, COUNT)])
    assert units_off(ours["log"](x), np.log(x.astype(np.longdouble))) < 1.0


@needs_extended
def test_power(ours: dict[str, Function]) -> None:
    random = stream(1, "pow")
    x = np.concatenate([np.exp(random.uniform(-30, 30, COUNT)), random.uniform(0.5, 2, COUNT)])
    y = np.concatenate([random.uniform(-20, 20, COUNT), random.uniform(-900, 900, COUNT)])
    exact = np.power(x.astype(np.longdouble), y.astype(np.longdouble))
    inside = (exact > 1e-300) & (exact < 1e300)
    # The logarithm has 12 more bits than a double; the exponential adds one unit.
    assert units_off(ours["pow"](x, y)[inside], exact[inside]) < 1.5


def test_special_values(ours: dict[str, Function]) -> None:
    special = np.array([0.0, 1.0, -1.0, 2.0, -2.0, np.inf, np.nan, 0.5])
    with np.errstate(all="ignore"):
        for name in ("exp", "log"):
            expected = getattr(np, name)(special)
            np.testing.assert_allclose(ours[name](special), expected, rtol=1e-15)
        bases, exponents = (
            grid.ravel() for grid in np.meshgrid(special, [*special[:5], -0.5, 3, -3])
        )
        expected = np.power(bases, exponents)
    np.testing.assert_allclose(ours["pow"](bases, exponents), expected, rtol=1e-15)


def test_overflow_and_underflow(ours: dict[str, Function]) -> None:
    x = np.array([709.79, -746.0, 1e308, -1e308])
    np.testing.assert_array_equal(ours["exp"](x), [np.inf, 0.0, np.inf, 0.0])
    y = np.array([400.0, -400.0, 400.0, 1e300])
    found = ours["pow"](np.array([10.0, 10.0, 0.1, 1.0]), y)
    np.testing.assert_array_equal(found, [np.inf, 0.0, 0.0, 1.0])
