"""Checks for models made by others: balance, dimensions, moieties, symmetry, order, permutation."""

from theratwin.dynamics.expressions.dimension import check_dimensions
from theratwin.dynamics.networks.balance import check_flows, check_reactions
from theratwin.dynamics.networks.moiety import check_moieties, conserved_moieties, moiety_total
from theratwin.dynamics.networks.symmetry import check_symmetry
from theratwin.testing.balance import check_balance
from theratwin.testing.model import check_model
from theratwin.testing.order import check_order, observed_order
from theratwin.testing.permutation import check_permutation
from theratwin.testing.problems import Problem, problem, problem_names

__all__ = [
    "Problem",
    "check_balance",
    "check_dimensions",
    "check_flows",
    "check_model",
    "check_moieties",
    "check_order",
    "check_permutation",
    "check_reactions",
    "check_symmetry",
    "conserved_moieties",
    "moiety_total",
    "observed_order",
    "problem",
    "problem_names",
]
