"""From a system to solutions: operations, ordering, tableau, doses, statuses, the engine.

The public names stand in `theratwin.dynamics`.
"""

__all__: list[str] = []
