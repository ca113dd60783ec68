"""The parameter sets of this package."""
