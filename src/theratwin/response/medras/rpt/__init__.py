"""MEDRAS as hazards of cells that go through their cycle: theratwin's own extension."""

__all__: list[str] = []
