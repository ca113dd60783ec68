"""The engine as a function that JAX compiles, vectorizes and differentiates.

First derivatives are exact; second derivatives are those of Gauss and Newton.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from theratwin.core._jax import jax, jnp
from theratwin.dynamics.jax_joint.derivatives import differentiable
from theratwin.dynamics.jax_joint.joint import FASTEST, Joint
from theratwin.dynamics.solving.dosing import Dose
from theratwin.dynamics.solving.engine import Engine

Parameters = Mapping[str, Any]


def jax_solver(
    engine: Engine,
    times: Any,
    outputs: Iterable[str],
    *,
    doses: Iterable[Dose] = (),
    start: float = 0.0,
    end: float | None = None,
    road: str = FASTEST,
    **settings: Any,
) -> JaxSolver:
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
    road
        How JAX reaches the engine: ``"foreign"``, a call by XLA itself; ``"callback"``, through
        Python; or ``"fastest"``, a foreign call for as many patients as one thread takes, where it
        can be made. The results are the same.
    **settings
        `theratwin.dynamics.solving.engine.Settings`, and ``steady`` as of `Engine.solve`.

    Raises
    ------
    InputError
        If a name is unknown or a shape does not fit; also from the function, when it is traced.
    UnsupportedError
        If a foreign call is asked for that cannot be made. From the function, when it is
        differentiated twice.

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
    joint = Joint(
        engine,
        np.ascontiguousarray(times, dtype=float),
        tuple(outputs),
        tuple(doses),
        {"start": start, "end": end, **settings},
        road,
    )
    joint.check()
    return JaxSolver(joint)


class JaxSolver:
    """A function of parameters that solves a system, made by `jax_solver`.

    Parameters
    ----------
    joint
        What is fixed.
    """

    def __init__(self, joint: Joint) -> None:
        self._joint = joint
        self._solved = differentiable(joint)

    def __call__(self, parameters: Parameters) -> dict[str, jax.Array]:
        """Return output to array of shape ``(*batch, time)``."""
        values = self._solved(self._joint.prepared(parameters))
        return {name: values[..., i] for i, name in enumerate(self._joint.outputs)}

    @property
    def callback_reason(self) -> str | None:
        """Why Python is called for every number of patients; None if XLA calls the engine."""
        return self._joint.refusal


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
