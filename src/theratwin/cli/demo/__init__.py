"""``theratwin demo``: a simulated patient through the whole loop, with a report at the end."""

from theratwin.cli.demo.command import register

__all__ = ["register"]
