"""The page of a whole body: what it says of the model, the estimates, the fit and the amounts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from theratwin.case import Kind, Measurement, Measurements
from theratwin.io import load_case
from theratwin.report import plot_activity, plot_estimates, plot_residuals, render
from theratwin.report.body import body_words
from theratwin.report.body_fit import draws_in_words, region_fits
from theratwin.report.cautions import cautions
from theratwin.report.dose_table import rate_table
from theratwin.report.estimates import estimate_rows
from theratwin.report.sources import assumptions, sources
from theratwin.twin import calibrate, estimates, predict
from theratwin.twin.tempering import Tempering

CASE = Path(__file__).parents[2] / "examples" / "psma_body.toml"


def _text(page: str) -> str:
    plain = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(plain.split()).replace("\u202f", " ")


@pytest.fixture(scope="module")
def body():
    return calibrate(load_case(CASE), seed=1, draws=300, posterior="laplace")


@pytest.fixture(scope="module")
def page(body):
    return render(body)


@pytest.fixture(scope="module")
def sparse():
    """One cycle with kidneys, a lesion, the whole body and urine: no blood, no spleen."""
    case = load_case(CASE).until("cycle 1")
    kept = [m for m in case.measurements if m.region in {"kidneys", "lesion_1", "whole_body"}]
    urine = Measurement("excreted_urine", "cycle 1", 24.0, 3200.0, 0.1, Kind.ACTIVITY)
    return calibrate(replace(case, measurements=Measurements((*kept, urine))), seed=1, draws=100)


def test_it_speaks_of_the_body_and_not_of_curves(page):
    text = _text(page)
    assert "sum of exponentials" not in text
    assert "Curve shapes and weights" not in text
    assert "PSMA-617 is followed hot and cold" in text
    assert "Receptors: kidneys, parotid glands" in text
    assert "release rate of kidneys, liver" in text
    assert "hematocrit (0.4)" in text
    assert "10 % in organs, 15 % in lesions" in text
    assert "whole body, PSMA ligands" in text


def test_sections_of_a_body(page):
    assert re.findall(r"<h2>(.*?)</h2>", page) == [
        "Key answers",
        "Activity over time",
        "Absorbed dose",
        "BED and dose against limits",
        "What may follow",
        "Where the uncertainty comes from",
        "What the scans taught",
        "Quality of the fit",
        "Methods, and what is approximate",
        "Sources",
        "Provenance",
    ]


def test_what_was_estimated_stands_before_and_after(body, page):
    rows = estimate_rows(body)
    assert len(rows) == len(estimates(body))
    clearance = next(row for row in rows if row.quantity == "tubular extraction rate")
    assert (clearance.region, clearance.unit, clearance.prior) == ("Patient", "mL/min", "193")
    # The generator's is 165 mL/min.
    low, high = map(float, clearance.posterior_bounds.split("–"))
    assert low < 165 < high
    density = rows[0]
    assert (density.region, density.quantity, density.unit) == (
        "Kidneys",
        "receptor density",
        "nmol/L",
    )
    assert density.prior == "2.5"
    assert "receptor density, cycle 2 over the cycle before" in _text(page)
    assert density.left.endswith("%")


def test_amounts_are_shown_and_doses_by_cycle_where_they_differ(body, page):
    assert "cycle 1 7.4 GBq in 90 nmol and cycle 2 7.4 GBq in 170 nmol" in _text(page)
    prediction = predict(body)
    table = rate_table(prediction)
    assert table is not None
    assert [column[:2] for column in table.columns] == [
        ("cycle 1", "90\u202fnmol"),
        ("cycle 2", "170\u202fnmol"),
    ]
    kidneys = prediction.dose_per_activity().rows["kidneys"]
    shown = next(row for row in table.groups[0].rows if row.name == "Kidneys")
    assert [float(cell.middle) for cell in shown.cells] == pytest.approx(
        [kidneys[0].median, kidneys[1].median], abs=0.006
    )
    alike = replace(
        body.case.schedule,
        administrations=tuple(replace(a, amount=90.0) for a in body.case.schedule),
    )
    assert rate_table(predict(body, alike)) is None


def test_the_fit_is_told_region_by_region(body, page):
    fits = list(region_fits(body))
    assert [fit.region for fit in fits][:2] == ["Kidneys", "Parotid glands"]
    assert all(fit.sound for fit in fits)
    assert all(fit.farthest in _text(page) for fit in fits)
    assert f"χ² {body.posteriors[0].misfit.chi_square:.1f}" in _text(page)


def test_how_the_draws_were_made(body, page):
    assert draws_in_words(body).startswith("importance resampling")
    assert draws_in_words(body) in _text(page)
    posterior = body.posteriors[0]
    fit = posterior.best
    told = Tempering((0.1, 0.5, 1.0), (0.3, 0.25, 0.2), (4, 5, 20), -12.3, 0.04)
    drawn = replace(fit, resampled=replace(fit.resampled, tempering=told))
    tempered = replace(body, posteriors=(replace(posterior, fits=(drawn,)),))
    words = draws_in_words(tempered).replace("\u202f", " ")
    assert "3 temperatures, 20 % to 30 % of the moves accepted" in words
    assert "log evidence -12.3" in words


def test_only_what_the_equations_hold_is_a_source(body):
    prediction, sets = predict(body), body.provenance.parameter_sets
    assert "kinetics/psma617_calibrated" in sets
    named = {(each.topic, each.name) for each in assumptions(sets, prediction, body)}
    topics = {topic for topic, _ in named}
    assert "Priors of a patient's whole body" in topics
    names = {name for _, name in named}
    # Albumin, bile and the other ligands are in no equation of this body.
    assert not [
        name for name in names if "albumin" in name.lower() or "gallbladder" in name.lower()
    ]
    assert not [name for name in names if name.lower().startswith(("sstr", "psma it", "dotat"))]
    assert "Kidneys, reabsorbed share" not in names  # published
    assert not [name for name in names if "BED share" in name]
    used = {topic for each in sources(sets, prediction, body) for topic in each.used_for}
    assert "Physiology of the adult man" in used


def test_curves_of_what_was_not_measured_but_a_dose_rests_on(sparse):
    page = render(sparse)
    titles = re.findall(r'alt="([^"]*): activity over time', page)
    # Urine has no curve of its own; blood is shown since the marrow's dose rests on it.
    assert "Blood" in titles
    assert "Spleen" in titles
    assert len(titles) == len(set(titles))
    ax = plot_activity(sparse, "blood")
    assert ax.get_ylabel() == "Concentration (kBq/mL)"


def test_cautions_name_what_is_predicted(sparse):
    dosed = list(predict(sparse).regions)
    found = cautions(sparse, dosed)
    (never,) = [text for text in found if text.startswith("Never measured")]
    assert "Spleen" in never
    assert "Kidneys" not in never
    assert any("blood was not measured" in text for text in found)
    seen = Measurements(tuple(sparse.case.measurements.of_region("kidneys")))
    kidneys = replace(sparse, case=replace(sparse.case, measurements=seen))
    unseen = "Red marrow: blood and the whole body were not measured."
    assert any(text.startswith(unseen) for text in cautions(kidneys, dosed))
    patient = replace(sparse.case.patient, height=None)
    short = replace(sparse, case=replace(sparse.case, patient=patient))
    assert any("It needs the patient's height" in text for text in cautions(short, ["kidneys"]))


def test_population_values_are_named(sparse):
    words = body_words(sparse)
    assert words is not None
    assert words.undelineated
    assert "hematocrit" in words.population
    assert "submandibular glands" in words.volumes
    assert "kidneys" not in words.volumes  # this patient's own


@pytest.mark.parametrize("plot", [plot_estimates, plot_residuals])
def test_plots_have_a_row_for_each(body, plot):
    ax = plot(body)
    rows = estimates(body) if plot is plot_estimates else body.case.measurements.regions
    assert len(ax.get_yticklabels()) == len(rows)
    assert ax.get_xlabel()
    ax.get_figure().canvas.draw()  # warnings are errors
