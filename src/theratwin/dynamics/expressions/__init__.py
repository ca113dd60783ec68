"""Expressions: built, evaluated, checked for dimension, written as text.

The public names stand in `theratwin.dynamics`.
"""

__all__: list[str] = []
