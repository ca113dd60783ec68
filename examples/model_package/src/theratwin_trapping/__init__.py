"""A tracer that a tissue traps at a rate that saturates."""

from theratwin_trapping.model import trapping

__all__ = ["trapping"]
