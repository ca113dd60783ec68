"""Plots: axes with names and units, bands around medians, no global state."""

from __future__ import annotations

import sys
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

from theratwin.case import (
    Case,
    Lesion,
    Ligand,
    Patient,
    Radiopharmaceutical,
    Schedule,
    Volume,
)
from theratwin.core import Provenance
from theratwin.core.errors import InputError
from theratwin.planning import plan
from theratwin.report import (
    plot_activity,
    plot_bed_against_limits,
    plot_budget,
    plot_dose_study,
    plot_doses,
    plot_plan,
    plot_update,
)
from theratwin.report.style import new_figure
from theratwin.twin import DoseStudy, predict


def _plots(updated):
    prediction = predict(updated)
    return {
        "activity": lambda ax=None: plot_activity(updated, "kidneys", ax),
        "blood": lambda ax=None: plot_activity(updated, "blood", ax),
        "linear": lambda ax=None: plot_activity(updated, "kidneys", ax, log=False),
        "predicted": lambda ax=None: plot_activity(prediction, "red_marrow", ax),
        "doses": lambda ax=None: plot_doses(prediction, ax),
        "doses in Gy": lambda ax=None: plot_doses(prediction, ax, per_activity=False),
        "bed": lambda ax=None: plot_bed_against_limits(prediction, "kidneys", ax),
        "marrow": lambda ax=None: plot_bed_against_limits(prediction, "red_marrow", ax),
        "budget": lambda ax=None: plot_budget(updated, ax=ax),
        "update": lambda ax=None: plot_update(updated, ax),
        "plan": lambda ax=None: plot_plan(plan(updated), ax),
    }


_UNITS = {
    "activity": ("(h)", "(MBq)"),
    "blood": ("(h)", "(kBq/mL)"),
    "linear": ("(h)", "(MBq)"),
    "predicted": ("(h)", "(MBq)"),
    "doses": ("(Gy/GBq)", ""),
    "doses in Gy": ("(Gy)", ""),
    "bed": ("Cycle", "BED (Gy)"),
    "marrow": ("Cycle", "dose (Gy)"),
    "budget": ("(%)", ""),
    "update": ("(Gy/GBq)", ""),
    "plan": ("Cycles", "surviving clonogens"),
}


@pytest.mark.parametrize("name", _UNITS)
def test_axes_are_labeled_with_units(updated, name):
    ax = _plots(updated)[name]()
    across, up = _UNITS[name]
    assert across in ax.get_xlabel()
    assert up in ax.get_ylabel()
    ax.get_figure().canvas.draw()  # warnings are errors


@pytest.mark.parametrize("name", _UNITS)
def test_they_draw_on_the_axes_given(updated, name):
    given = new_figure(4.0, 3.0).add_subplot()
    assert _plots(updated)[name](given) is given


def test_there_is_no_global_state(updated):
    # Other tests in this process may have loaded pyplot; ours must not.
    before, loaded = dict(mpl.rcParams), "matplotlib.pyplot" in sys.modules
    _plots(updated)["bed"]()
    assert dict(mpl.rcParams) == before
    assert ("matplotlib.pyplot" in sys.modules) == loaded


def test_labels_do_not_overlap(updated):
    ax = plot_doses(predict(updated))
    figure = ax.get_figure()
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_yticklabels()]
    left, right = ax.get_xlim()
    boxes += [
        label.get_window_extent()
        for place, label in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
        if left <= place <= right
    ]
    inside = figure.bbox
    for number, box in enumerate(boxes):
        assert inside.x0 <= box.x0
        assert box.x1 <= inside.x1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_data_stand_where_they_were_measured(updated):
    ax = plot_activity(updated, "kidneys")
    points = [line for line in ax.lines if line.get_marker() in ("o", "s")]
    drawn = np.concatenate([line.get_ydata() for line in points])
    measured = [m.value for m in updated.case.measurements.of_region("kidneys")]
    np.testing.assert_allclose(np.sort(drawn), np.sort(measured))


def test_limits_of_the_plan_are_drawn(updated):
    ax = plot_bed_against_limits(predict(updated), limit=23.0)
    assert "limit, 23 Gy" in [text.get_text() for text in ax.texts]


def test_wrong_regions_are_told(updated, twin):
    with pytest.raises(InputError, match="kidneys"):
        plot_activity(updated, "brain")
    with pytest.raises(InputError, match="red_marrow"):
        plot_bed_against_limits(predict(updated), "liver")
    with pytest.raises(InputError, match="never updated"):
        plot_update(twin)


def _study(varied, values, own):
    """Return doses that fall by a tenth a point, with a spread between draws."""
    draws = np.exp(0.2 * np.linspace(-1.0, 1.0, 41))[:, None]
    falling = draws * 0.9 ** np.arange(len(values))
    doses = {"kidneys": 0.4 * falling, "liver": 0.1 * falling, "lesion_1": 4.0 * falling**2}
    return DoseStudy(
        case=Case(
            "a patient",
            Patient("male", 80_000.0),
            Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177"),
            Schedule.regular("7.4 GBq", cycles=1, every="6 weeks", amount="57 nmol"),
            lesions=(Lesion("lesion_1", Volume(20.0, 0.1), site="node"),),
        ),
        schedule=Schedule.regular("7.4 GBq", cycles=1, every="6 weeks", amount="57 nmol"),
        varied=varied,
        values=np.array(values),
        doses=doses,
        own=own,
        reference={region: dose[:, 1] for region, dose in doses.items()},
        provenance=Provenance.now(),
    )


def test_doses_over_amounts_have_organs_lesions_and_ratios():
    organs, lesions, ratio = plot_dose_study(_study("amount", [20.0, 57.0, 150.0], 57.0))
    assert organs.get_xscale() == organs.get_yscale() == "log"
    assert organs.get_title(loc="left") == "Organs, Gy/GBq"
    assert organs.get_xlabel() == "Ligand administered (nmol)"
    labels = [text.get_text() for text in organs.get_legend().get_texts()]
    assert labels == ["Kidneys", "Liver"]
    median = organs.lines[0].get_ydata()
    np.testing.assert_allclose(median, 0.4 * np.array([1.0, 0.9, 0.81]))
    assert lesions.get_legend().get_texts()[0].get_text() == "Lesion 1 (node)"
    assert ratio.get_title(loc="left") == "Lesion to kidneys"
    np.testing.assert_allclose(ratio.lines[0].get_ydata(), 10.0 * np.array([1.0, 0.9, 0.81]))
    # The line of dots is at the course's own amount.
    assert list(organs.lines[-1].get_xdata()) == [57.0, 57.0]


def test_doses_over_the_tumor_burden_are_relative_to_the_present_ones():
    organs, lesions = plot_dose_study(_study("tumor_burden", [0.0, 1.0, 2.0], 1.0))
    assert "% of the present dose" in organs.get_title(loc="left")
    np.testing.assert_allclose(organs.lines[0].get_ydata(), [100 / 0.9, 100.0, 90.0])
    np.testing.assert_allclose(lesions.lines[0].get_ydata(), [100 / 0.81, 100.0, 81.0])
    (alone,) = plot_dose_study(_study("tumor_burden", [0.0, 1.0], 1.0), lesions=[])
    assert len(alone.lines) == 3


def test_regions_that_the_study_lacks_are_refused():
    study = _study("amount", [20.0, 57.0], 57.0)
    with pytest.raises(InputError, match="nearest match 'kidneys'"):
        plot_dose_study(study, organs=["kidney"])
    with pytest.raises(InputError, match="too many"):
        plot_dose_study(study, organs=["kidneys"] * 5)
    with pytest.raises(InputError, match="states no amount"):
        replace(study, reference={}).relative("kidneys")
