"""Plots, each a function that returns matplotlib axes."""

from theratwin.report.plots.activity import plot_activity
from theratwin.report.plots.bed import LIMITS, plot_bed_against_limits
from theratwin.report.plots.bed_course import plot_bed_course
from theratwin.report.plots.beside import plot_beside
from theratwin.report.plots.blood_counts import plot_blood_counts
from theratwin.report.plots.budget import plot_budget
from theratwin.report.plots.dose_study import plot_dose_study
from theratwin.report.plots.dose_volume import plot_dose_volume
from theratwin.report.plots.doses import plot_doses
from theratwin.report.plots.estimates import plot_estimates
from theratwin.report.plots.lesion_volumes import plot_lesion_volumes
from theratwin.report.plots.ligand_study import plot_ligand_study
from theratwin.report.plots.plan import plot_plan
from theratwin.report.plots.residuals import plot_residuals
from theratwin.report.plots.survival import plot_survival
from theratwin.report.plots.tumor_course import plot_tumor_course
from theratwin.report.plots.update import plot_update

__all__ = [
    "LIMITS",
    "plot_activity",
    "plot_bed_against_limits",
    "plot_bed_course",
    "plot_beside",
    "plot_blood_counts",
    "plot_budget",
    "plot_dose_study",
    "plot_dose_volume",
    "plot_doses",
    "plot_estimates",
    "plot_lesion_volumes",
    "plot_ligand_study",
    "plot_plan",
    "plot_residuals",
    "plot_survival",
    "plot_tumor_course",
    "plot_update",
]
