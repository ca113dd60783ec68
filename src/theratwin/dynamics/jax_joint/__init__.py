"""The joint to JAX, by two roads: a foreign function of XLA, and a callback into Python.

The public functions are in `theratwin.dynamics.jax`; nothing here is imported before it is used.
"""

__all__: list[str] = []
