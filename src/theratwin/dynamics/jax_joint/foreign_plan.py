"""All that a foreign call must know of a request, as one list of whole numbers.

Numbers stand in it by their bits. What the driver is told (`CONTEXT`) is taken from a `Run` at
default values: what is one for each patient becomes a place in working memory, what is not is
copied into the list. A field that is not known here closes the road, and the callback is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics.jax_joint.dose_terms import DoseTerms
from theratwin.dynamics.llvm.foreign_plan_code import GIVEN, LITERAL, MEMORY, PLAN
from theratwin.dynamics.llvm.layout import CONTEXT
from theratwin.dynamics.solving.dosing import plan
from theratwin.dynamics.solving.inputs import Inputs
from theratwin.dynamics.solving.request import Request, Settings
from theratwin.dynamics.solving.run import LEAST_CHUNK, Run

if TYPE_CHECKING:
    from theratwin.dynamics.jax_joint.joint import Joint

#: Numbers of results for which there is room at once, if that is more than a few patients.
_ROOM = 2**21
_INPUTS = ("parameters", "switches", "starts", "ends")
_EVENTS = ("event_target", "event_time", "event_amount", "event_slopes")
_UNKNOWN = ("out_states", "out_observables", "out_state_slopes", "out_observable_slopes")
_REPORTS = ("status", "counts", "reached")
#: One number each: the next patient, and how many pieces were recorded, which is none.
_COUNTERS = ("next", "record_used")
#: What is the same for all patients, and what the foreign function sets itself or has no use for.
_COMMON = ("times", "tolerance", "options", "chosen", "recorded")
_OTHERS = ("stop", "record", "record_capacity")


def foreign_plan(
    joint: Joint, names: tuple[str, ...], directions: tuple[str, ...], patients: int
) -> np.ndarray:
    """Return the plan of a call for some patients, given values of some names.

    Raises
    ------
    UnsupportedError
        If something is asked for that only the callback does.
    """
    run = _run(joint, directions, patients)
    return _Plan(joint, run, names).numbers()


def _run(joint: Joint, directions: tuple[str, ...], patients: int) -> Run:
    """Return the run that the callback would make at default values, of a part of the patients."""
    engine, options = joint.engine, dict(joint.options)
    start, end = options.pop("start"), options.pop("end")
    options.pop("steady", None)
    strange = set(options) - {each.name for each in fields(Settings)}
    if strange:
        raise UnsupportedError(f"{', '.join(sorted(strange))}: only in Python", field="road")
    slots = engine.slots
    each = joint.times.size * (len(joint.outputs) + len(slots.observables)) * (1 + len(directions))
    capacity = min(patients, max(LEAST_CHUNK, _ROOM // each))
    given = Inputs.of(engine.system, {}, joint.times, start, end, {"patients": (capacity,)})
    initial = {name: given.switches[:, i] for i, name in enumerate(slots.switches)}
    events = plan(joint.doses, slots.public_names, slots.switches, capacity, start, initial)
    kept = np.array([slots.public_names.index(name) for name in joint.kept], dtype=np.int64)
    settings = Settings(**options)
    return Run(engine, Request(given, events, settings, kept, np.arange(0), directions))


@dataclass(eq=False)
class _Plan:
    """The list, as it grows."""

    joint: Joint
    run: Run
    names: tuple[str, ...]
    head: dict[str, int] = field(default_factory=dict)
    body: list[np.ndarray] = field(default_factory=list)
    length: int = len(PLAN)
    memory: int = 0

    def numbers(self) -> np.ndarray:
        """Return the whole list."""
        engine, shared = self.joint.engine, self.run.shared
        self.capacity = self.run.inputs.patients
        self.terms = DoseTerms.of(self.joint.doses, engine, self.joint.options["start"])
        self._places()
        self._context()
        self._row()
        self._copies()
        self._outputs()
        self.head |= {
            "directions": len(self.run.directions),
            "times": self.joint.times.size,
            "given": len(self.names),
            "capacity": self.capacity,
            "lanes": engine.lanes,
            "events": shared["event_time"].shape[1],
        }
        self.head |= {"memory": self.memory, "size": self.length}
        head = np.array([self.head[name] for name in PLAN], np.int64)
        return np.concatenate([head, *self.body])

    def _add(self, values: Any) -> int:
        """Add numbers, real or whole, to the list; return their place."""
        array = np.ascontiguousarray(values)
        whole = array.dtype.kind in "iub"
        bits = array.astype(np.int64 if whole else np.float64).view(np.int64).ravel()
        self.body.append(bits)
        self.length += bits.size
        return self.length - bits.size

    def _table(self, name: str, rows: Iterable[Sequence[int]]) -> None:
        listed = list(rows)
        self.head |= {name: self._add(np.array(listed, np.int64)), f"{name}_count": len(listed)}

    def _reserve(self, count: int) -> int:
        """Reserve numbers of working memory; return their place."""
        self.memory += count
        return self.memory - count

    def _places(self) -> None:
        """Lay out the working memory."""
        shared, layout = self.run.shared, self.run.interface.layout
        # The scratch comes first: it must begin at a multiple of 64 bytes.
        self.places = {"scratch": self._reserve(layout.total * layout.lanes)}
        for name in (*_INPUTS, *_EVENTS, *_REPORTS, *_UNKNOWN):
            self.places[name] = self._reserve(shared[name].size)
        for name in _COUNTERS:
            self.places[name] = self._reserve(1)
        self.places["event_begin"] = self._reserve(self.capacity + 1)
        self.head |= {
            "words": self._reserve(len(CONTEXT)),
            "row": self._reserve(self.terms.defaults.size),
            "phase": self.places["scratch"] + layout.rows["phase"] * layout.lanes,
            "next": self.places["next"],
            "begins": self.places["event_begin"],
            "amounts": self.places["event_amount"],
            "unknown": self.places[_UNKNOWN[0]],
            "unknown_count": sum(shared[name].size for name in _UNKNOWN),
        }

    def _context(self) -> None:
        """What stands in the driver's context: kind and value."""
        shared, pairs = self.run.shared, []
        for name in CONTEXT:
            if name in self.places:
                pairs.append((MEMORY, self.places[name]))
            elif name in _OTHERS:
                pairs.append((LITERAL, 0))
            elif name in _COMMON:
                pairs.append((GIVEN, self._add(shared[name])))
            elif name in shared and np.ndim(shared[name]) == 0:
                pairs.append((LITERAL, int(shared[name])))
            else:
                raise UnsupportedError(f"the driver is also told {name}", field="road")
        self.head["context"] = self._add(np.array(pairs, np.int64))

    def _row(self) -> None:
        """One patient's values: parameters, switches, amounts; and where the argument puts them."""
        self.head["defaults"] = self._add(self.terms.defaults)
        self.head["defaults_count"] = self.terms.defaults.size
        self._table(
            "columns",
            (
                (column, place)
                for column, name in enumerate(self.names)
                for place in self.terms.places(name)
            ),
        )
        self._table(
            "terms",
            (
                (event, place, int(np.float64(divisor).view(np.int64)))
                for event, place, divisor in self.terms.terms
            ),
        )

    def _copies(self) -> None:
        """What each patient's inputs are copied from."""
        shared, parameters = self.run.shared, self.run.shared["parameters"].shape[1]
        first = {name: shared[name][0] for name in (*_INPUTS, *_EVENTS) if shared[name].size}
        first["event_amount"] = self.terms.zeros
        rows = []
        for name, values in first.items():
            if name in ("parameters", "switches"):
                kind, source = MEMORY, self.head["row"] + (parameters if name == "switches" else 0)
            else:
                kind, source = GIVEN, self._add(values)
            rows.append((kind, source, self.places[name], values.size))
        self._table("copies", rows)

    def _outputs(self) -> None:
        kept, observables = self.joint.kept, list(self.joint.engine.slots.observables)
        for table, kind in (("outputs", "s"), ("output_slopes", "_slopes")):
            rows = []
            for name in self.joint.outputs:
                group, known = ("state", kept) if name in kept else ("observable", observables)
                place = self.places[f"out_{group}{kind}"]
                rows.append((place, len(known), known.index(name)))
            self._table(table, rows)
        del self.head["output_slopes_count"]
