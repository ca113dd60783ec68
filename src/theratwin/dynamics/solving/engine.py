"""The engine: a system compiled once and solved for any number of patients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.llvm.compile import Compiled
from theratwin.dynamics.llvm.layout import LANES
from theratwin.dynamics.llvm.ready import Interface, ready
from theratwin.dynamics.llvm.target import target
from theratwin.dynamics.solving.dosing import Dose, Number, Plan, no_doses, plan, shapes
from theratwin.dynamics.solving.identity import identity
from theratwin.dynamics.solving.inputs import Inputs
from theratwin.dynamics.solving.request import Request, Settings
from theratwin.dynamics.solving.run import Run
from theratwin.dynamics.solving.slots import slots
from theratwin.dynamics.solving.solution import Solution
from theratwin.dynamics.solving.status import Status
from theratwin.dynamics.solving.steady import check_events, steadied
from theratwin.dynamics.solving.tableau import DEFAULT_METHOD, Tableau, tableau
from theratwin.dynamics.system import System

if TYPE_CHECKING:
    from theratwin.dynamics.llvm.emit_llvm import Module
    from theratwin.dynamics.solving.adjoint import Cotangents, Gradient
    from theratwin.dynamics.solving.operations import Operations


class Engine:
    """A system, compiled.

    Parameters
    ----------
    system
        The equations.
    lanes
        Patients solved side by side in one instruction; the results do not depend on it.
    level
        Of code generation: 1, or 0 for code that is made in less time and runs slower.
    method
        Of integration, by name (`tableau`), or as coefficients.

    Raises
    ------
    InputError
        If nothing is carried through time, or the method is unknown.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import Binding, symbol
    >>> from theratwin.dynamics.system import State
    >>> x, k, x0 = symbol("x", Binding.STATE), symbol("k"), symbol("x0")
    >>> engine = Engine(System((State("x", x0, -k * x),), {"k": 1.0, "x0": 1.0}))
    >>> solution = engine.solve({"k": [0.5, 1.0]}, times=[0.0, 2.0])
    >>> solution["x"].round(5)
    array([[1.     , 0.36788],
           [1.     , 0.13534]])
    """

    def __init__(
        self,
        system: System,
        lanes: int = LANES,
        level: int = 1,
        method: str | Tableau = DEFAULT_METHOD,
    ) -> None:
        self.system = system
        self.slots = slots(system)
        if not self.slots.size:
            raise InputError(
                "it has no states, so there is nothing to solve",
                field="system",
                remedy="Couple the network with one that has states",
            )
        self.lanes = lanes
        self.level = level
        self.method = method
        if isinstance(method, str) and method != DEFAULT_METHOD:
            tableau(method)  # an unknown name is refused at once
        self._made: dict[tuple[str, ...], tuple[Interface, Compiled]] = {}
        self._adjoint: tuple[Interface, Compiled] | None = None

    @cached_property
    def operations(self) -> Operations:
        """The programs of the system; not needed where its code is in the cache."""
        from theratwin.dynamics.solving.operations import operations

        return operations(self.system)

    def code(self, directions: tuple[str, ...] = ()) -> tuple[Interface, Compiled]:
        """Return the code for some directions of sensitivity, and how to use it."""
        if directions not in self._made:
            # All that `_module` looks at must stand here.
            known = identity(
                self.system, lanes=self.lanes, directions=directions, method=self.method
            )
            self._made[directions] = ready(known, self.level, partial(self._module, directions))
        return self._made[directions]

    def _module(self, directions: tuple[str, ...]) -> Module:
        from theratwin.dynamics.llvm.emit_llvm import module
        from theratwin.dynamics.llvm.emit_sensitivity import Slopes

        slopes = Slopes.of(self.system, self.operations, directions)
        method = tableau(self.method) if isinstance(self.method, str) else self.method
        return module(self.operations, self.lanes, target().is_x86, slopes, method)

    def adjoint_code(self) -> tuple[Interface, Compiled]:
        """Return the code that keeps tapes and follows them back."""
        if self._adjoint is None:
            known = identity(self.system, lanes=self.lanes, adjoint=True, method=self.method)
            self._adjoint = ready(known, self.level, self._adjoint_module)
        return self._adjoint

    def _adjoint_module(self) -> Module:
        from theratwin.dynamics.llvm.emit_adjoint import Adjoint
        from theratwin.dynamics.llvm.emit_llvm import module
        from theratwin.dynamics.llvm.emit_sensitivity import Slopes

        method = tableau(self.method) if isinstance(self.method, str) else self.method
        adjoint = Adjoint.of(self.operations, method)
        is_x86 = target().is_x86
        return module(self.operations, self.lanes, is_x86, Slopes(), method, adjoint)

    def solve(
        self,
        parameters: Mapping[str, Number | Sequence[float]] | None = None,
        times: Any = (),
        *,
        doses: Iterable[Dose] = (),
        start: float = 0.0,
        end: Any = None,
        keep: Iterable[str] | None = None,
        curves: Iterable[str] = (),
        sensitivities: Iterable[str] = (),
        steady: bool = False,
        to_infinity: bool = False,
        fallback: bool = True,
        **settings: Any,
    ) -> Solution:
        """Solve for all patients.

        Parameters
        ----------
        parameters
            Parameters (and starting values of switches) that differ from the system's defaults:
            one number, or one for each patient.
        times
            When to keep results (h), shape ``(time,)`` or ``(patient, time)``, not decreasing.
        doses
            Boluses, infusions and jumps.
        start, end
            When to start and to end (h); without an end, at the last of the times. The end may
            differ by patient.
        keep
            The states and quadratures to keep at the times, all if None; observables are always
            kept.
        curves
            States and quadratures to keep as polynomial pieces.
        sensitivities
            Parameters, states (their initial values) and named doses to differentiate by.
        steady
            Whether to start from the steady state without doses.
        to_infinity
            Whether to go on until the quadratures stand: `Solution.integrals`.
        fallback
            Whether to solve a failed patient anew with a slower method, which gives values and
            curves; where it cannot help, `Solution.notes` says why.
        **settings
            `Settings`.

        Raises
        ------
        InputError
            If a name is unknown or a shape does not fit. A patient who cannot be solved is no
            error: see `Solution.status`.
        """
        chosen = Settings(**settings)
        request = replace(
            self.request(parameters, times, list(doses), start, end, chosen),
            kept=self._indices(keep, "keep"),
            curves=self._indices(curves, "curves"),
            directions=tuple(sensitivities),
        )
        self._check_directions(request.directions, request.plan.names)
        unsteady = np.zeros(request.inputs.patients, bool)
        if steady:
            check_events(self.system)
            request, unsteady = steadied(request, self.slots, self._run)
        if to_infinity:
            request = request.lengthened()
        found = self._run(request, fallback)
        found = found.with_status(unsteady, Status.NOT_STEADY)
        return found.with_integrals(chosen.rtol, chosen.atol) if to_infinity else found

    def pull_back(
        self,
        parameters: Mapping[str, Number | Sequence[float]] | None = None,
        times: Any = (),
        cotangents: Cotangents | Callable[[Solution], Cotangents] = MappingProxyType({}),
        *,
        doses: Iterable[Dose] = (),
        start: float = 0.0,
        end: Any = None,
        by: Iterable[str] | None = None,
        keep: Iterable[str] | None = None,
        **settings: Any,
    ) -> Gradient:
        r"""Return :math:`\sum_{o,t} \lambda_{ot}\, \partial o(t) / \partial\theta`, one a patient.

        The derivative of the same discrete solution as that of `sensitivities`, by all directions
        at once: worth while for scalars of more than a few directions.

        Parameters
        ----------
        parameters, times, doses, start, end
            As of `solve`.
        cotangents
            The weights :math:`\lambda`: name of a state, quadrature or observable to numbers that
            broadcast to ``(patient, time)``; or a function that returns them for a `Solution`.
        by
            Parameters, switches (their starting values), states (their initial values) and named
            doses; all that there are if None.
        keep
            The states and quadratures in the solution; all if None.
        **settings
            `Settings`.

        Raises
        ------
        InputError
            If a name is unknown or a shape does not fit.
        UnsupportedError
            For state events, or a chunk with too many steps.

        Examples
        --------
        >>> from theratwin.dynamics.models import model
        >>> engine = Engine(model("one-compartment").system())
        >>> found = engine.pull_back({}, [1.0, 24.0], {"concentration": [0.0, 1.0]})
        >>> bool(found["clearance"][0] < 0.0)
        True
        """
        from theratwin.dynamics.solving.adjoint import pull_back, refuse_options

        refuse_options(settings)
        chosen = Settings(**settings)
        request = self.request(parameters, times, list(doses), start, end, chosen)
        kept = self._indices(keep, "keep")
        return pull_back(self, replace(request, kept=kept), cotangents, by)

    def request(
        self,
        parameters: Mapping[str, Number | Sequence[float]] | None,
        times: Any,
        doses: Sequence[Dose],
        start: float,
        end: Any,
        settings: Settings,
    ) -> Request:
        """Return what is asked, to keep nothing yet."""
        given = Inputs.of(self.system, parameters or {}, times, start, end, shapes(doses))
        events = self._plan(doses, given, start)
        none = np.arange(0)
        return Request(given, events, settings, kept=none, curves=none)

    def _run(self, request: Request, fallback: bool) -> Solution:
        return Run(self, request).solution(fallback)

    def _plan(self, doses: Sequence[Dose], given: Inputs, start: float) -> Plan:
        if not doses:
            return no_doses(given.patients)
        names, switches = self.slots.public_names, self.slots.switches
        initial = {switch: given.switches[:, i] for i, switch in enumerate(switches)}
        return plan(doses, names, switches, given.patients, start, initial)

    def _check_directions(self, directions: tuple[str, ...], doses: tuple[str, ...]) -> None:
        if directions:
            from theratwin.dynamics.solving.slope_programs import check_directions

            check_directions(directions, self.slots, doses)

    def _indices(self, names: Iterable[str] | None, field: str) -> np.ndarray:
        known = self.slots.public_names
        if names is None:
            return np.arange(len(known))
        for name in (wanted := list(names)):
            if name not in known:
                raise InputError("no such state", field=field, value=name, allowed=known)
        return np.array([known.index(name) for name in wanted], dtype=np.int64)
