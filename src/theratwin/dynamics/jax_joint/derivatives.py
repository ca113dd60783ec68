"""The rule by which JAX differentiates the engine.

Under differentiation the compiled code returns the matrix of sensitivities S of the parameters
that are perturbed, and JAX contracts it with their tangents, dy = S dp. A contraction can be
transposed, so reverse mode costs no more than forward mode. Where S is contracted (`_along`) is the
one place at which a product with S^T could be had in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from theratwin.core._jax import jax, jnp
from theratwin.core.errors import UnsupportedError
from theratwin.dynamics.jax_joint.joint import Joint, packed

SymbolicZero = jax.custom_derivatives.SymbolicZero


def differentiable(joint: Joint) -> Callable[[dict[str, jax.Array]], jax.Array]:
    """Return the function of parameters to values, with its rule of differentiation."""

    @jax.custom_jvp
    def solved(given: dict[str, jax.Array]) -> jax.Array:
        return joint.called((), given)[0]

    def rule(primals: tuple, tangents: tuple) -> tuple[jax.Array, jax.Array]:
        (given,), (changes,) = primals, tangents
        directions = tuple(name for name in given if not isinstance(changes[name], SymbolicZero))
        if not directions:
            values = solved(given)
            return values, jnp.zeros_like(values)
        values, slopes = _with_slopes(joint, directions)(given)
        return values, _along(slopes, [changes[name] for name in directions])

    solved.defjvp(rule, symbolic_zeros=True)
    return solved


def _with_slopes(
    joint: Joint, directions: tuple[str, ...]
) -> Callable[[dict[str, jax.Array]], tuple[jax.Array, jax.Array]]:
    """Return the function of values and sensitivities, which refuses to be differentiated."""
    _check_directions(joint, directions)
    joint.engine.code(directions)

    @jax.custom_jvp
    def both(given: dict[str, jax.Array]) -> tuple[jax.Array, jax.Array]:
        return joint.called(directions, given)

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


def _check_directions(joint: Joint, directions: tuple[str, ...]) -> None:
    """Raise for derivatives that the engine does not have, before anything is called."""
    from theratwin.dynamics.solving.slope_programs import check_directions

    names = tuple(dose.name for dose in joint.doses if dose.name)
    check_directions(directions, joint.engine.slots, names)


def _along(slopes: jax.Array, changes: Sequence[jax.Array]) -> jax.Array:
    """Return the sensitivities (..., time, output, direction) along changes of (...)."""
    return jnp.einsum("...top,...p->...to", slopes, packed(changes, slopes.shape[:-3]))
