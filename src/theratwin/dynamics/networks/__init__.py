"""Networks: what a modeler writes, checked, coupled and flattened to a system.

The public names stand in `theratwin.dynamics`.
"""

__all__: list[str] = []
