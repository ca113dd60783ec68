"""What joins one engine to JAX: what is fixed, its checks, and the choice of a road."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from theratwin.core._jax import jax, jnp
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics.jax_joint.callback import by_callback, solved
from theratwin.dynamics.jax_joint.foreign import by_foreign_call
from theratwin.dynamics.solving.dosing import Dose
from theratwin.dynamics.solving.engine import Engine
from theratwin.dynamics.solving.run import LEAST_CHUNK

#: What may be asked for; the first is a foreign call where that can be.
FASTEST, FOREIGN, CALLBACK = ROADS = ("fastest", "foreign", "callback")


@dataclass(frozen=True, eq=False)
class Joint:
    """What is fixed when a function is made; all else comes with each call."""

    engine: Engine
    times: np.ndarray
    outputs: tuple[str, ...]
    doses: tuple[Dose, ...]
    options: Mapping[str, Any]
    wish: str = FASTEST
    _callers: dict[Any, Callable[..., Any]] = field(default_factory=dict, init=False, repr=False)

    @property
    def kept(self) -> list[str]:
        """The outputs that the engine must be told to keep."""
        return [name for name in self.outputs if name not in self.engine.system.observables]

    def results(self, patients: int, directions: tuple[str, ...]) -> list[jax.ShapeDtypeStruct]:
        """Return the shapes of values and slopes."""
        shape = (patients, self.times.size, len(self.outputs))
        shapes = shape, (*shape, len(directions))
        return [jax.ShapeDtypeStruct(each, jnp.float64) for each in shapes]

    @cached_property
    def refusal(self) -> str | None:
        """Why no foreign call can be made; None if it can."""
        from theratwin.dynamics.jax_joint.foreign import refusal

        return "a callback was asked for" if self.wish == CALLBACK else refusal(self)

    def is_foreign(self, patients: int) -> bool:
        """Whether so many patients are solved by a foreign call, which uses one thread."""
        fits = self.wish == FOREIGN or patients <= LEAST_CHUNK or self.options.get("threads") == 1
        return fits and self.refusal is None

    def called(
        self, directions: tuple[str, ...], given: dict[str, jax.Array]
    ) -> tuple[jax.Array, jax.Array]:
        """Return values, and sensitivities in the directions, by one call of the engine."""
        batch = np.broadcast_shapes(*(value.shape for value in given.values()))
        key = tuple(given), directions
        if key not in self._callers:
            # Compiled by JAX once, even where a function is called outside of `jit`.
            self._callers[key] = jax.jit(self._caller(*key))
        # One array: each argument of a call takes time of its own.
        return self._callers[key](packed(list(given.values()), batch))

    def _caller(self, names: tuple[str, ...], directions: tuple[str, ...]) -> Callable[..., Any]:
        """Return the function of an array (..., name), which a batch calls once."""

        @jax.custom_batching.custom_vmap
        def call(array: jax.Array) -> tuple[jax.Array, jax.Array]:
            batch, patients = array.shape[:-1], math.prod(array.shape[:-1])
            shapes = self.results(patients, directions)
            if patients:
                road = self._road(names, directions, patients)
                found = road(array.reshape(patients, len(names)))
            else:
                found = [jnp.empty(each.shape) for each in shapes]
            values, slopes = (each.reshape(*batch, *each.shape[1:]) for each in found)
            return values, slopes

        @call.def_vmap
        def rule(_: int, __: Any, array: jax.Array) -> tuple[Any, tuple[bool, bool]]:
            return call(array), (True, True)

        return call

    def _road(
        self, names: tuple[str, ...], directions: tuple[str, ...], patients: int
    ) -> Callable[[jax.Array], Sequence[jax.Array]]:
        def slow(array: jax.Array) -> Sequence[jax.Array]:
            return by_callback(self, names, directions, array)

        def fast(array: jax.Array) -> Sequence[jax.Array]:
            return by_foreign_call(self, names, directions, array)

        if not self.is_foreign(patients):
            return slow
        return lambda array: jax.lax.platform_dependent(array, cpu=fast, default=slow)

    def check(self) -> None:
        """Raise for whatever would raise inside a call: solve at default values."""
        if self.times.ndim != 1 or not self.times.size:
            raise InputError("a list of times is needed", field="times", value=self.times.shape)
        self._check_outputs()
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
        solved(self, (), (), np.empty((1, 0)))
        self._check_road()

    def _check_outputs(self) -> None:
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

    def _check_road(self) -> None:
        if self.wish not in ROADS:
            raise InputError("no such road", field="road", value=self.wish, allowed=ROADS)
        if self.wish == FOREIGN and self.refusal is not None:
            raise UnsupportedError(
                f"no foreign call can be made: {self.refusal}",
                field="road",
                value=self.wish,
                remedy=f"Ask for {FASTEST!r}, which goes through Python where it must.",
            )

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


def packed(arrays: Sequence[jax.Array], batch: tuple[int, ...]) -> jax.Array:
    """Return arrays, broadcast to a batch, along a last axis."""
    if not arrays:
        return jnp.empty((*batch, 0))
    return jnp.stack([jnp.broadcast_to(array, batch) for array in arrays], axis=-1)


def _real(value: Any, name: str) -> jax.Array:
    """Return a parameter as an array of real numbers."""
    array = jnp.asarray(value)
    if jnp.issubdtype(array.dtype, jnp.complexfloating) or array.dtype == bool:
        raise InputError("not a real number", field=f"parameters.{name}", value=str(array.dtype))
    return array.astype(jnp.float64)
