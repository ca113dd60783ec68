"""The primitive that joins the engine to JAX: one callback, and its rule of differentiation.

Under differentiation the compiled code returns the matrix of sensitivities S of the parameters
that are perturbed, and JAX contracts it with their tangents, dy = S dp. A contraction can be
transposed, so reverse mode costs no more than forward mode.

Inside the callback is NumPy only: a JAX call in there can wait for itself forever. Each call has
memory of its own, as XLA may make several at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from theratwin.core._jax import jax, jnp
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics.solving.dosing import Dose, Jump
from theratwin.dynamics.solving.engine import Engine
from theratwin.dynamics.solving.status import Status

SymbolicZero = jax.custom_derivatives.SymbolicZero


@dataclass(frozen=True, eq=False)
class Joint:
    """What is fixed when a function is made; all else comes with each call."""

    engine: Engine
    times: np.ndarray
    outputs: tuple[str, ...]
    doses: tuple[Dose, ...]
    options: Mapping[str, Any]

    def check(self) -> None:
        """Raise for whatever would raise inside the callback: solve at default values."""
        if self.times.ndim != 1 or not self.times.size:
            raise InputError("a list of times is needed", field="times", value=self.times.shape)
        system = self.engine.system
        known = [*system.names, *system.quadratures, *system.observables]
        for name in self.outputs:
            if name not in known:
                raise InputError("no such output", field="outputs", value=name, allowed=known)
        if not self.outputs or len(set(self.outputs)) < len(self.outputs):
            raise InputError(
                "each output stands once, and there is one",
                field="outputs",
                value=list(self.outputs),
            )
        for i, dose in enumerate(self.doses):
            if any(np.ndim(value) for value in vars(dose).values()):
                raise InputError(
                    "one number is needed, for all patients",
                    field=f"doses[{i}]",
                    remedy="Name the dose and give its amounts as a parameter.",
                )
        if "to_infinity" in self.options:
            raise InputError(
                "not within JAX",
                field="to_infinity",
                remedy="Put a late time among the times: a quadrature stands there.",
            )
        self.callback((), (), np.empty((1, 0)))

    def prepared(self, parameters: Mapping[str, Any]) -> dict[str, jax.Array]:
        """Return the parameters as numbers of one rank, so that outer axes go in front."""
        amounts = [dose.name for dose in self.doses if dose.name]
        system = self.engine.system
        known = [*system.parameters, *system.switches, *amounts]
        for name in parameters:
            if name not in known:
                raise InputError(
                    "no such parameter, switch or named dose",
                    field="parameters",
                    value=name,
                    allowed=known,
                )
        given = {name: _real(value, name) for name, value in parameters.items()}
        shapes = {name: value.shape for name, value in given.items()}
        try:
            rank = len(np.broadcast_shapes(*shapes.values()))
        except ValueError as error:
            raise InputError(
                "the shapes do not broadcast", field="parameters", value=shapes
            ) from error
        return {
            name: value.reshape((1,) * (rank - value.ndim) + value.shape)
            for name, value in given.items()
        }

    def primitive(self) -> Callable[[dict[str, jax.Array]], jax.Array]:
        """Return the function with its rule of differentiation."""

        @jax.custom_jvp
        def solved(given: dict[str, jax.Array]) -> jax.Array:
            return self.called((), given)[0]

        def rule(primals: tuple, tangents: tuple) -> tuple[jax.Array, jax.Array]:
            (given,), (changes,) = primals, tangents
            directions = tuple(
                name for name in given if not isinstance(changes[name], SymbolicZero)
            )
            if not directions:
                values = solved(given)
                return values, jnp.zeros_like(values)
            values, slopes = self.differentiated(directions)(given)
            return values, _along(slopes, [changes[name] for name in directions])

        solved.defjvp(rule, symbolic_zeros=True)
        return solved

    def differentiated(
        self, directions: tuple[str, ...]
    ) -> Callable[[dict[str, jax.Array]], tuple[jax.Array, jax.Array]]:
        """Return the function of values and sensitivities, which refuses to be differentiated."""
        self.engine.code(directions)

        @jax.custom_jvp
        def both(given: dict[str, jax.Array]) -> tuple[jax.Array, jax.Array]:
            values, slopes = self.called(directions, given)
            return values, slopes

        def refuse(primals: tuple, tangents: tuple) -> tuple[Any, Any]:
            if all(isinstance(leaf, SymbolicZero) for leaf in tangents[0].values()):
                found = both(primals[0])
                return found, jax.tree.map(jnp.zeros_like, found)
            raise UnsupportedError(
                "the engine has no second derivatives",
                field="jax_solver",
                remedy="Use theratwin.dynamics.jax.gauss_newton(residuals, parameters) in place "
                "of jax.hessian; the gradient in it is exact.",
            )

        both.defjvp(refuse, symbolic_zeros=True)
        return both

    def called(
        self, directions: tuple[str, ...], given: dict[str, jax.Array]
    ) -> Sequence[jax.Array]:
        """Return values, and sensitivities if there are directions, by one callback."""
        batch = np.broadcast_shapes(*(value.shape for value in given.values()))
        shape = (*batch, self.times.size, len(self.outputs))
        shapes = [shape, (*shape, len(directions))] if directions else [shape]
        names = tuple(given)
        # One array: each argument of a callback takes time of its own.
        packed = _packed(list(given.values()), batch)
        return jax.pure_callback(
            lambda values: self.callback(names, directions, values),
            [jax.ShapeDtypeStruct(each, jnp.float64) for each in shapes],
            packed,
            vmap_method="expand_dims",
        )

    def callback(
        self, names: tuple[str, ...], directions: tuple[str, ...], packed: Any
    ) -> list[np.ndarray]:
        """Solve for the patients in an array (..., parameter); NumPy only."""
        array = np.asarray(packed)
        batch, patients = array.shape[:-1], math.prod(array.shape[:-1])
        shape = (*batch, self.times.size, len(self.outputs))
        if not patients:
            return [np.empty(shape), np.empty((*shape, len(directions)))][: 1 + bool(directions)]
        rows = dict(zip(names, array.reshape(patients, len(names)).T, strict=True))
        system = self.engine.system
        solution = self.engine.solve(
            {
                name: row
                for name, row in rows.items()
                if name in system.parameters or name in system.switches
            },
            self.times,
            doses=[_given(dose, rows) for dose in self.doses],
            keep=[name for name in self.outputs if name not in system.observables],
            sensitivities=directions,
            fallback=False,
            **self.options,
        )
        values = np.stack([solution[name] for name in self.outputs], axis=-1)
        # Whoever did not come to rest has values, but not those asked for.
        values[solution.status == Status.NOT_STEADY] = np.nan
        if not directions:
            return [values.reshape(shape)]
        slopes = np.stack(
            [
                np.stack([solution.slopes[d][name] for d in directions], axis=-1)
                for name in self.outputs
            ],
            axis=-2,
        )
        slopes[solution.status == Status.NOT_STEADY] = np.nan
        return [values.reshape(shape), slopes.reshape((*shape, len(directions)))]


def _real(value: Any, name: str) -> jax.Array:
    """Return a parameter as an array of real numbers."""
    array = jnp.asarray(value)
    if jnp.issubdtype(array.dtype, jnp.complexfloating) or array.dtype == bool:
        raise InputError("not a real number", field=f"parameters.{name}", value=str(array.dtype))
    return array.astype(jnp.float64)


def _given(dose: Dose, rows: Mapping[str, np.ndarray]) -> Dose:
    """Return a dose with the amounts that were given under its name."""
    if dose.name not in rows:
        return dose
    field = "value" if isinstance(dose, Jump) else "amount"
    return replace(dose, **{field: rows[dose.name]})


def _along(slopes: jax.Array, changes: Sequence[jax.Array]) -> jax.Array:
    """Return the sensitivities (..., time, output, direction) along changes of (...)."""
    return jnp.einsum("...top,...p->...to", slopes, _packed(changes, slopes.shape[:-3]))


def _packed(arrays: Sequence[jax.Array], batch: tuple[int, ...]) -> jax.Array:
    """Return arrays, broadcast to a batch, along a last axis."""
    if not arrays:
        return jnp.empty((*batch, 0))
    return jnp.stack([jnp.broadcast_to(array, batch) for array in arrays], axis=-1)
