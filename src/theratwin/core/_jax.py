"""JAX in double precision, with curves as PyTrees: import JAX through this module only."""

from __future__ import annotations

import os

import jax
import jax.numpy as jnp

from theratwin.core.curve import Curve, Exponentials, Pieces, Pulses, Total
from theratwin.core.errors import InputError

if os.environ.get("JAX_ENABLE_X64", "1").casefold() in {"0", "false", "off"}:
    raise InputError(
        "theratwin needs double precision",
        field="JAX_ENABLE_X64",
        value=os.environ["JAX_ENABLE_X64"],
        remedy="Unset it or set it to 1",
    )
jax.config.update("jax_enable_x64", True)


def _register(form: type[Curve], *fields: str) -> None:
    def flatten(curve: Curve) -> tuple[tuple, None]:
        return tuple(getattr(curve, name) for name in fields), None

    def unflatten(_: None, leaves: tuple) -> Curve:
        # JAX rebuilds trees with placeholders, so the checks of __init__ must not run.
        curve = object.__new__(form)
        for name, leaf in zip(fields, leaves, strict=True):
            object.__setattr__(curve, name, leaf)
        return curve

    jax.tree_util.register_pytree_node(form, flatten, unflatten)


_register(Exponentials, "amplitudes", "rates", "starts")
_register(Pieces, "breaks", "coefficients")
_register(Pulses, "times", "amounts")
_register(Total, "parts")

__all__ = ["jax", "jnp"]
