"""Two models of the same data: what stands beside, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from theratwin.case import Measurements
from theratwin.core.errors import InputError
from theratwin.io import load_case
from theratwin.planning import plan
from theratwin.report import plot_beside, render, write_report
from theratwin.report.beside import DoseBeside, compared, disagreement
from theratwin.twin import Interval, calibrate, predict

CASE = Path(__file__).parents[2] / "examples" / "psma_body.toml"


@pytest.fixture(scope="module")
def case():
    return load_case(CASE).until("cycle 1")


@pytest.fixture(scope="module")
def body(case):
    return calibrate(case, seed=1, draws=200)


@pytest.fixture(scope="module")
def curves(case):
    return calibrate(case, seed=1, draws=200, model="curves")


@pytest.fixture(scope="module")
def page(body, curves):
    return render(body, beside=curves)


def _dose(region, first, second):
    return DoseBeside(region, "", Interval(*first), Interval(*second), ("5 %", "3 %"))


def test_both_stand_in_one_section(page):
    section = page[page.index("<h2>Two models of the same data") :]
    section = section[: section.index("</section>")]
    assert "whole body, PSMA ligands" in section
    assert "curves, region by region" in section
    assert len(re.findall("by both models", section)) == 8  # a panel each region
    assert section.index("The whole body rests on") < section.index("Curves rest on")


def test_numbers_are_those_of_both_twins(body, curves):
    found = compared(body, curves)
    (row,) = (row for row in found.doses if row.region == "Kidneys")
    first, second = (
        predict(each).dose_per_activity().rows["kidneys"][-1] for each in (body, curves)
    )
    assert (row.first, row.second) == (first, second)
    assert row.ratio == f"{second.median / first.median:.2f}"
    assert found.fits[0].chi_square == f"{body.posteriors[0].misfit.chi_square:.1f}"
    assert found.fits[1].parameters > found.fits[0].parameters
    assert [row.region for row in found.doses][-2:] == ["Whole body", "Blood"]


def test_intervals_apart_are_named():
    near = _dose("Kidneys", (0.40, 0.30, 0.50), (0.44, 0.35, 0.55))
    apart = _dose("Liver", (0.10, 0.08, 0.12), (0.20, 0.15, 0.25))
    assert not near.apart
    assert apart.apart
    assert "All 90 % intervals overlap" in disagreement((near,))
    words = disagreement((near, apart))
    assert "do not overlap in Liver (ratio 2.00)" in words
    assert "Kidneys" not in words


def test_a_region_of_one_model_alone_has_no_ratio():
    alone = replace(_dose("Spleen", (1.0, 0.5, 2.0), (1.0, 0.5, 2.0)), second=None)
    assert alone.ratio == "–"
    assert not alone.apart
    assert disagreement((alone,)) == "No region has a dose by both."


def test_other_data_are_refused(body, curves, tmp_path):
    fewer = Measurements(tuple(m for m in curves.case.measurements if m.region != "liver"))
    other = replace(curves, case=replace(curves.case, measurements=fewer))
    with pytest.raises(InputError, match="different measurements") as refused:
        write_report(body, tmp_path / "report.html", beside=other)
    assert "same case file" in str(refused.value.remedy)
    assert not (tmp_path / "report.html").exists()


def test_files_and_their_order_are_no_other_data(body, curves):
    turned = Measurements(
        tuple(replace(m, source="elsewhere") for m in reversed(tuple(curves.case.measurements)))
    )
    render(body, beside=replace(curves, case=replace(curves.case, files=(), measurements=turned)))


def test_the_same_model_twice_is_refused(body):
    with pytest.raises(InputError, match="same model"):
        render(body, beside=body)


def test_plans_stand_beside(body, curves):
    plans = [plan(each, limits=()) for each in (body, curves)]
    page = render(body, plans[0], beside=curves, beside_plan=plans[1])
    assert page.count("Plan by") == 1
    assert "not planned" not in page
    assert "not planned" in render(body, plans[0], beside=curves)
    with pytest.raises(InputError, match="no such twin"):
        render(body, beside_plan=plans[1])
    other = replace(curves, case=replace(curves.case, name="another"))
    same = replace(body, case=other.case)
    with pytest.raises(InputError, match="another case"):
        render(same, beside=other, beside_plan=plans[1])


def test_the_two_are_told_apart_without_color(body, curves):
    ax = plot_beside(body, curves, "kidneys")
    lines = [line.get_linestyle() for line in ax.get_lines()[:2]]
    assert lines == ["-", "--"]
    hatches = [band.get_hatch() for band in ax.collections[:2]]
    assert not hatches[0]
    assert hatches[1]
    assert ax.get_xlabel() == "Time after administration (h)"
    assert ax.get_ylabel() == "Activity (MBq)"
    assert "cycle 1" in ax.get_title(loc="left")
