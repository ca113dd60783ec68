"""A tumor and its lymphocytes; experimental."""

from theratwin.response.immune.delay import ACTIVATION, DEATH, Delay
from theratwin.response.immune.immune_lite import immune_lite

__all__ = ["ACTIVATION", "DEATH", "Delay", "immune_lite"]
