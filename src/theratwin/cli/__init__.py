"""The command line: the five verbs of the loop, and NOUN VERB for everything else."""

from theratwin.cli.program import app, main

__all__ = ["app", "main"]
