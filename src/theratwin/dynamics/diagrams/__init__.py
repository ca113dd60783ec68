"""Pictures of networks.

The public names stand in `theratwin.dynamics`.
"""

__all__: list[str] = []
