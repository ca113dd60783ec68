"""The engine within JAX: one function of a dictionary of parameters, differentiable once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from theratwin.core._jax import jax, jnp
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics.dosing import Bolus, Dose, Infusion
from theratwin.dynamics.engine import Engine

Parameters = Mapping[str, Any]


def simulator(
    engine: Engine,
    times: Any,
    outputs: Iterable[str],
    *,
    doses: Iterable[Dose] = (),
    **settings: Any,
) -> Callable[[Parameters], Any]:
    """Return a JAX function from parameters to outputs at the times.

    It takes a dictionary of numbers: parameters, switches, and amounts of named doses; what is
    missing keeps its default. It gives an array of shape ``(output, time)``, NaN where the solution
    failed. It can be jitted, vmapped (one batch of patients for the engine), and differentiated
    once, forward or in reverse; only parameters that are perturbed are differentiated by. Second
    derivatives raise an error: see `gauss_newton`.

    Parameters
    ----------
    engine
        The compiled system.
    times
        Times (h), shape ``(time,)``.
    outputs
        States, observables or quadratures.
    doses
        As for `Engine.solve`; an amount in the dictionary replaces that of the dose so named.
    **settings
        As for `Engine.solve`.

    Examples
    --------
    >>> from theratwin.dynamics.expression import Binding, symbol
    >>> from theratwin.dynamics.system import State, System
    >>> x, k, x0 = symbol("x", Binding.STATE), symbol("k"), symbol("x0")
    >>> engine = Engine(System((State("x", x0, -k * x),), {"k": 1.0, "x0": 1.0}))
    >>> simulate = simulator(engine, [1.0], ["x"])
    >>> slope = jax.grad(lambda k: simulate({"k": k})[0, 0])(0.5)
    >>> round(float(slope), 5)
    -0.60653
    """
    host = _Host(engine, np.asarray(times, dtype=float), tuple(outputs), tuple(doses), settings)

    @jax.custom_jvp
    def simulate(parameters: dict[str, Any]) -> Any:
        return host.called(parameters, ())[0]

    def rule(primals: tuple, tangents: tuple) -> tuple[Any, Any]:
        (parameters,), (changes,) = primals, tangents
        zero = jax.custom_derivatives.SymbolicZero
        which = tuple(n for n, change in changes.items() if not isinstance(change, zero))
        value, slopes = _first_order(host, which)(parameters)
        total = jnp.zeros(host.shape)
        for slope, name in zip(slopes, which, strict=True):
            total = total + slope * changes[name]
        return value, total

    simulate.defjvp(rule, symbolic_zeros=True)

    def checked(parameters: Parameters) -> Any:
        host.check(parameters)
        return simulate({n: jnp.asarray(v, dtype=float) for n, v in parameters.items()})

    return checked


def gauss_newton(residuals: Callable[[Any], Any], point: Any) -> tuple[Any, Any]:
    """Return the gradient of half the sum of squares, and the Gauss-Newton matrix.

    For residuals r of a vector, with J its derivative: J^T r and J^T J, the second derivative but
    for the curvature of r.
    """
    values, slopes = residuals(point), jax.jacfwd(residuals)(point)
    flat, matrix = values.reshape(-1), slopes.reshape(values.size, -1)
    return matrix.T @ flat, matrix.T @ matrix


def _first_order(host: _Host, which: tuple[str, ...]) -> Callable[[dict[str, Any]], Any]:
    """Return value and slopes as a function that refuses to be differentiated again."""

    @jax.custom_jvp
    def both(parameters: dict[str, Any]) -> tuple[Any, tuple]:
        value, *slopes = host.called(parameters, which)
        return value, tuple(slopes)

    @both.defjvp
    def refuse(_: tuple, __: tuple) -> Any:
        raise UnsupportedError(
            "the engine has first derivatives only",
            field="simulate",
            remedy="Use theratwin.dynamics.jax.gauss_newton for second derivatives.",
        )

    return both


class _Host:
    """What happens outside of JAX, with NumPy alone."""

    def __init__(
        self,
        engine: Engine,
        times: np.ndarray,
        outputs: tuple[str, ...],
        doses: tuple[Dose, ...],
        settings: dict[str, Any],
    ) -> None:
        self.engine, self.times, self.outputs = engine, times, outputs
        self.doses, self.settings = doses, settings
        known = [*engine.public_names(), *engine.operations.observables]
        for name in outputs:
            if name not in known:
                raise InputError("no such output", field="outputs", value=name, allowed=known)
        self.shape = (len(outputs), times.size)
        self.kept = [name for name in outputs if name in engine.public_names()]
        self.named = {dose.name: i for i, dose in enumerate(doses) if dose.name}

    def check(self, parameters: Parameters) -> None:
        known = [*self.engine.operations.parameters, *self.engine.operations.switches, *self.named]
        for name in parameters:
            if name not in known:
                raise InputError("no such parameter", field="simulate", value=name, allowed=known)

    def called(self, parameters: dict[str, Any], which: tuple[str, ...]) -> Any:
        shape = jax.ShapeDtypeStruct(self.shape, jnp.float64)
        return jax.pure_callback(
            lambda given: self.solve(given, which),
            (shape,) * (1 + len(which)),
            parameters,
            vmap_method="expand_dims",
        )

    def solve(self, parameters: Mapping[str, Any], which: tuple[str, ...]) -> tuple:
        """Solve a batch: every leading axis counts patients."""
        given = {name: np.asarray(value) for name, value in parameters.items()}
        batch = np.broadcast_shapes(*(value.shape for value in given.values()))
        flat = {name: np.broadcast_to(v, batch).reshape(-1) for name, v in given.items()}
        found = self.engine.solve(
            {name: v for name, v in flat.items() if name not in self.named},
            self.times,
            doses=self._doses(flat),
            keep=self.kept,
            sensitivities=which,
            **self.settings,
        )
        groups = [found, *(found.slopes[direction] for direction in which)]
        return tuple(
            np.stack([group[name] for name in self.outputs], axis=1).reshape(*batch, *self.shape)
            for group in groups
        )

    def _doses(self, flat: Mapping[str, np.ndarray]) -> list[Dose]:
        doses = list(self.doses)
        for name, i in self.named.items():
            if name in flat:
                dose = doses[i]
                field = "amount" if isinstance(dose, Bolus | Infusion) else "value"
                doses[i] = replace(dose, **{field: flat[name]})
        return doses
