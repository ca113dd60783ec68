"""Exact functions of time in three forms: exponentials, polynomial pieces, pulses."""

from theratwin.core.curve.base import Curve
from theratwin.core.curve.exponentials import Exponentials, decay_integral
from theratwin.core.curve.joined import joined
from theratwin.core.curve.pieces import Pieces
from theratwin.core.curve.pulses import Pulses
from theratwin.core.curve.total import Total

__all__ = ["Curve", "Exponentials", "Pieces", "Pulses", "Total", "decay_integral", "joined"]
