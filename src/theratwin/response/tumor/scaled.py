"""A quantity that follows a factor, such as a receptor density that follows a tumor's volume."""

from __future__ import annotations

from theratwin.dynamics import Network, NetworkBuilder


def scaled(value: float, unit: str = "", name: str = "value") -> Network:
    """Return a network whose output is a number times the input ``factor``.

    Parameters
    ----------
    value, unit
        The number at factor 1; it becomes the parameter ``NAME_at_start``.
    name
        Of the output.

    Examples
    --------
    >>> density = scaled(45.0, "nmol/mL", "receptor_density")
    >>> [port.name for port in density.outputs]
    ['receptor_density']
    """
    b = NetworkBuilder(f"scaled-{name}")
    start = b.parameter(f"{name}_at_start", value, unit, note="The value at factor 1.")
    b.output(name, start * b.input("factor"), unit)
    return b.freeze()
