"""Peers of the engine, each given the same model in the form that suits it best."""
