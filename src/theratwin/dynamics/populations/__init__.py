"""Many patients: drawn, streamed in chunks, summarized."""

from theratwin.dynamics.populations.population import log_normal_population, sample_population
from theratwin.dynamics.populations.population_result import Population
from theratwin.dynamics.populations.streaming import simulate_population
from theratwin.dynamics.populations.summary import Summary

__all__ = [
    "Population",
    "Summary",
    "log_normal_population",
    "sample_population",
    "simulate_population",
]
