"""The engine as a function that JAX compiles, vectorizes and differentiates.

Under differentiation the compiled code returns the matrix of sensitivities S of the parameters
that are perturbed, and JAX contracts it with their tangents, dy = S dp. A contraction can be
transposed, so reverse mode costs no more than forward mode. Second derivatives are those of
Gauss and Newton: see `gauss_newton`.

Inside the callback is NumPy only: a JAX call in there can wait for itself forever.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from theratwin.core._jax import jax, jnp
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics.dosing import Dose, Jump
from theratwin.dynamics.engine import Engine

SymbolicZero = jax.custom_derivatives.SymbolicZero
Parameters = Mapping[str, Any]


def jax_solver(
    engine: Engine,
    times: Any,
    outputs: Iterable[str],
    *,
    doses: Iterable[Dose] = (),
    start: float = 0.0,
    end: float | None = None,
    **settings: Any,
) -> Callable[[Parameters], dict[str, jax.Array]]:
    """Return a function of parameters that solves the system, for use in JAX.

    The function takes a dictionary of parameters, switches (their starting values) and named
    doses (their amounts, or the value of a jump); what is left out keeps its default and costs
    no derivative. Numbers stand for one patient, arrays for as many as their shapes, broadcast.
    It returns output to array of shape ``(*batch, time)``, with the same bytes as
    `Engine.solve`; a patient who failed has NaN from there on, in values and derivatives, for no
    error can leave a compiled function. The slower fallback is not used.

    Parameters
    ----------
    engine
        The compiled system.
    times
        When results are wanted (h), shape ``(time,)``.
    outputs
        States, quadratures and observables.
    doses
        Boluses, infusions and jumps, the same for all patients but for named amounts.
    start, end
        When to start and to end (h).
    **settings
        `theratwin.dynamics.engine.Settings`.

    Raises
    ------
    InputError
        If a name is unknown or a shape does not fit; also from the function, when it is traced.
    UnsupportedError
        From the function, when it is differentiated twice.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> engine = Engine(model("one-compartment").system())
    >>> solve = jax_solver(engine, [1.0, 24.0], ["concentration"])
    >>> loss = lambda p: solve(p)["concentration"][-1]
    >>> slope = jax.jit(jax.grad(loss))({"clearance": 5000.0})["clearance"]
    >>> bool(slope < 0.0)
    True
    """
    joint = _Joint(
        engine,
        np.ascontiguousarray(times, dtype=float),
        tuple(outputs),
        tuple(doses),
        {"start": start, "end": end, **settings},
    )
    joint.check()
    solved = joint.primitive()

    def solve(parameters: Parameters) -> dict[str, jax.Array]:
        values = solved(joint.prepared(parameters))
        return {name: values[..., i] for i, name in enumerate(joint.outputs)}

    return solve


class GaussNewton(NamedTuple):
    """A sum of squares and its expansion.

    Parameters
    ----------
    loss
        Half the sum of squared residuals.
    gradient
        Of the loss, exact, shaped as the parameters.
    matrix
        J^T J, nested as `jax.hessian` of the loss would be.
    """

    loss: Any
    gradient: Any
    matrix: Any


def gauss_newton(residuals: Callable[[Any], Any], parameters: Any) -> GaussNewton:
    """Return half the sum of squared residuals, its gradient, and Gauss and Newton's matrix.

    With r the residuals and J their Jacobian, L = r^T r / 2, its gradient is J^T r, and J^T J is
    its second derivative but for the term sum_i r_i d^2 r_i, which vanishes with the residuals.

    Parameters
    ----------
    residuals
        Function of the parameters that returns one array.
    parameters
        An array or a tree of them.

    Examples
    --------
    >>> found = gauss_newton(lambda p: p**2 - 4.0, jnp.array([1.0, 2.0]))
    >>> found.matrix
    Array([[ 4.,  0.],
           [ 0., 16.]], dtype=float64)
    """

    def twice(p: Any) -> tuple[Any, Any]:
        value = jnp.asarray(residuals(p))
        return value, value

    by_parameter, value = jax.jacfwd(twice, has_aux=True)(parameters)
    axes = value.ndim

    def product(left: jax.Array) -> Any:
        return jax.tree.map(lambda right: _contracted(left, right, axes), by_parameter)

    gradient = jax.tree.map(lambda one: _contracted(one, value, axes), by_parameter)
    return GaussNewton(0.5 * jnp.sum(value**2), gradient, jax.tree.map(product, by_parameter))


def _contracted(left: jax.Array, right: jax.Array, axes: int) -> jax.Array:
    shared = tuple(range(axes))
    return jnp.tensordot(left, right, axes=(shared, shared))


@dataclass(frozen=True, eq=False)
class _Joint:
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
        self.callback((), {})

    def prepared(self, parameters: Parameters) -> dict[str, jax.Array]:
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
        return jax.pure_callback(
            lambda values: self.callback(directions, values),
            [jax.ShapeDtypeStruct(each, jnp.float64) for each in shapes],
            given,
            vmap_method="expand_dims",
        )

    def callback(self, directions: tuple[str, ...], given: Mapping[str, Any]) -> list[np.ndarray]:
        """Solve for the patients in these arrays; NumPy only."""
        arrays = {name: np.asarray(value) for name, value in given.items()}
        batch = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        patients = math.prod(batch)
        shape = (*batch, self.times.size, len(self.outputs))
        if not patients:
            return [np.empty(shape), np.empty((*shape, len(directions)))][: 1 + bool(directions)]
        rows = {
            name: np.broadcast_to(array, batch).reshape(patients) for name, array in arrays.items()
        }
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
        if not directions:
            return [values.reshape(shape)]
        slopes = np.stack(
            [
                np.stack([solution.slopes[d][name] for d in directions], axis=-1)
                for name in self.outputs
            ],
            axis=-2,
        )
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
    batch = slopes.shape[:-3]
    stacked = jnp.stack([jnp.broadcast_to(change, batch) for change in changes], axis=-1)
    return jnp.einsum("...top,...p->...to", slopes, stacked)
