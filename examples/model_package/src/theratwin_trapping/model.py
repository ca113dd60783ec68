"""Clearance from plasma, and a tissue that traps at a rate that saturates."""

from theratwin.core import parameter_set
from theratwin.dynamics import Network, NetworkBuilder, michaelis_menten


def trapping() -> Network:
    """A tracer cleared from plasma and trapped by a tissue at a rate that saturates."""
    known = parameter_set("kinetics", "trapping")
    b = NetworkBuilder("trapping")
    value = {name: b.parameter(parameter) for name, parameter in known.items()}
    plasma, tissue = b.compartment("plasma", value["volume"]), b.compartment("tissue")
    free = b.species("plasma.tracer", plasma, value["dose"], contains=["tracer"])
    held = b.species("tissue.tracer", tissue, contains=["tracer"])
    gone = b.species("urine.tracer", b.compartment("urine"), contains=["tracer"])
    b.reaction("clearance", free, gone, b.carried(value["clearance"], free))
    rate = michaelis_menten(value["maximum"], value["half_saturation"], b.concentration(free))
    b.reaction("trapping", free, held, rate)
    b.observable("trapped", held, "nmol")
    return b.freeze()
