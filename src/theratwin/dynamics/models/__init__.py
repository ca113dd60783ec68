"""Library models of the engine, by name: examples, closed-form checks, and the benchmark."""

from theratwin.dynamics.models.library import model, model_names, model_summary

__all__ = ["model", "model_names", "model_summary"]
