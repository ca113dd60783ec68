"""Library models of the engine, by name: examples, closed-form checks, and the benchmark."""

from theratwin.dynamics.models.library import model, model_names, model_summary, own_models
from theratwin.dynamics.models.packages import package_models

__all__ = ["model", "model_names", "model_summary", "own_models", "package_models"]
