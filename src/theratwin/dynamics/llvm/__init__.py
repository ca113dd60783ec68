"""A system as LLVM text, and as code in memory.

The public names stand in `theratwin.dynamics`.
"""

__all__: list[str] = []
