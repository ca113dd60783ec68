"""What a reader sees: one self-contained page, and the plots on their own."""

from theratwin.report.planned import plan_or_reason
from theratwin.report.plots import (
    plot_activity,
    plot_bed_against_limits,
    plot_beside,
    plot_budget,
    plot_dose_study,
    plot_dose_volume,
    plot_doses,
    plot_estimates,
    plot_ligand_study,
    plot_plan,
    plot_residuals,
    plot_update,
)
from theratwin.report.report import DISCLAIMER, render, write_report

__all__ = [
    "DISCLAIMER",
    "plan_or_reason",
    "plot_activity",
    "plot_bed_against_limits",
    "plot_beside",
    "plot_budget",
    "plot_dose_study",
    "plot_dose_volume",
    "plot_doses",
    "plot_estimates",
    "plot_ligand_study",
    "plot_plan",
    "plot_residuals",
    "plot_update",
    "render",
    "write_report",
]
