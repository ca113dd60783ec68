"""An SBML model as a network with ports, by a mapping file: what goes in and out, in which unit.

The numbers inside stay the file's own, plain; a port has a unit, and its value is that unit times
the number. With :math:`\\kappa` the file's units of time in an hour,

.. math:: \\frac{dy}{dt} = \\kappa\\, f(y, \\kappa t), \\qquad t \\text{ in h.}
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theratwin.core.errors import InputError
from theratwin.core.units import parse
from theratwin.dynamics import Network, NetworkBuilder
from theratwin.dynamics.expressions.expression import (
    TIME,
    Binding,
    Expression,
    Substitution,
    constant,
    symbol,
    symbols,
)

if TYPE_CHECKING:
    from theratwin.io.sbml.model import SbmlModel

_FIELDS = frozenset({"id", "unit", "scale", "form"})


@dataclass(frozen=True)
class Port:
    """What a port stands for.

    Parameters
    ----------
    id
        Id or name in the file: a parameter for an input, anything for an output.
    unit
        The port's inside unit.
    scale
        How many of that unit one of the file's is.
    form
        Of a species that goes out: ``"declared"``, ``"amount"`` or ``"concentration"``.
    """

    id: str
    unit: str = ""
    scale: float = 1.0
    form: str = "declared"


@dataclass(frozen=True)
class PortMap:
    """The ports of a model.

    Parameters
    ----------
    time
        The file's unit of time, such as ``"min"``.
    inputs, outputs
        Port by name.
    """

    time: str
    inputs: Mapping[str, Port] = field(default_factory=dict)
    outputs: Mapping[str, Port] = field(default_factory=dict)


def read_port_map(path: str | Path) -> PortMap:
    """Read a mapping file (TOML): ``time``, ``[inputs]`` and ``[outputs]``.

    Raises
    ------
    InputError
        If it cannot be read, or holds what is not known.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"no TOML: {error}", field=str(path)) from None
    unknown = set(content) - {"time", "inputs", "outputs"}
    if unknown or "time" not in content:
        raise InputError(
            "a mapping file has time, and tables inputs and outputs",
            field=str(path),
            value=sorted(unknown),
        )
    sides = {
        side: {
            name: _port(f"{path}: {side}.{name}", entry)
            for name, entry in _table(f"{path}: {side}", content.get(side, {})).items()
        }
        for side in ("inputs", "outputs")
    }
    return PortMap(content["time"], **sides)


def _table(place: str, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise InputError("this is no table", field=place, value=content)
    return content


def _port(place: str, entry: Any) -> Port:
    if not isinstance(entry, dict) or "id" not in entry or set(entry) - _FIELDS:
        raise InputError("a port has an id", field=place, value=entry, allowed=sorted(_FIELDS))
    scale = entry.get("scale", 1.0)
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0.0 < scale < math.inf:
        raise InputError("a scale is a positive number", field=f"{place}.scale", value=scale)
    return Port(**entry)


def to_network(model: SbmlModel, ports: PortMap) -> Network:
    """Return a model as a network, to be coupled with others.

    Raises
    ------
    InputError
        If a port names what the model lacks, or an input is no parameter that stays.
    UnsupportedError
        If the model has events that compiled equations cannot do.
    """
    system = model.system({})
    b = NetworkBuilder(_path(model.document.id))
    outputs = {name: model.expression(port.id, port.form) for name, port in ports.outputs.items()}
    rate = b.parameter("time.per_hour", _an_hour(ports.time), "1/h", note="the file's unit")
    new: dict[Expression, Expression] = {TIME: TIME * rate}
    driven = _driven(model, ports.inputs)
    for name, value in _parameters(model, system.parameters, outputs).items():
        if name in driven:
            new[symbol(name)] = _input(b, driven[name], ports.inputs[driven[name]])
        else:
            new[symbol(name)] = b.parameter(_path(name), value, "", note="from the file")
    for id_, port in driven.items():
        if symbol(id_) not in new:
            raise InputError(
                "an input drives a parameter that nothing in the file changes",
                field=f"inputs.{port}",
                value=id_,
                allowed=sorted(n for id_, n in model.readable.items() if id_ in system.parameters),
            )
    put = Substitution(new)
    for state in system.states:
        own = symbol(state.name, Binding.STATE)
        put.put(own, b.variable(_path(state.name), put(state.initial), ""))
    for state in system.states:
        b.rate(_path(state.name), rate * put(state.derivative))
    for event in system.events:
        values = {_path(name): put(value) for name, value in event.assignments.items()}
        b.event(_path(event.name), put(event.trigger), values, event.initially)
    for name, port in ports.outputs.items():
        b.output(name, put(outputs[name]) * _unit(b, name, port), port.unit)
        b.observable(name, put(outputs[name]) * _unit(b, name, port, known=True), port.unit)
    return b.freeze()


def _driven(model: SbmlModel, inputs: Mapping[str, Port]) -> dict[str, str]:
    """Return the id that an input drives, to its name."""
    found: dict[str, str] = {}
    for name, port in inputs.items():
        id_ = model.id_of(port.id)
        if id_ in found:
            raise InputError(f"{found[id_]} drives it already", field=f"inputs.{name}", value=id_)
        found[id_] = name
    return found


def _parameters(
    model: SbmlModel, used: Mapping[str, float], outputs: Mapping[str, Expression]
) -> dict[str, float]:
    """Return the parameters of the equations, and those that outputs alone use."""
    more = {n: v for n, v in model.equations.parameters.items() if n in symbols(*outputs.values())}
    return {**used, **more}


def _an_hour(unit: str) -> float:
    """Return how many of a unit of time an hour is."""
    return 1.0 / parse(f"1 {unit}", "h", field="time")


def _path(name: str) -> str:
    """Return a name as a network has it: letters first."""
    found = re.sub(r"[^\w.]", "_", name, flags=re.ASCII)
    return found if found[:1].isalpha() else f"id{found}"


def _input(b: NetworkBuilder, name: str, port: Port) -> Expression:
    return b.input(name, port.unit) / _unit(b, name, port)


def _unit(b: NetworkBuilder, name: str, port: Port, known: bool = False) -> Expression:
    """Return what one of the file's units is in the port's."""
    if not port.unit:
        return constant(port.scale)
    own = f"{name}.per_unit"
    if known:
        return symbol(own)
    return b.parameter(own, port.scale, port.unit, note="the port's unit")
