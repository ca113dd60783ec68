"""The page: complete, self-contained, escaped."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from theratwin.core.errors import InputError
from theratwin.planning import default_limits, plan
from theratwin.report import DISCLAIMER, plan_or_reason, render, write_report
from theratwin.twin import calibrate

_VOID = {"meta", "img", "br", "link", "input", "hr"}


class _Page(HTMLParser):
    """What stands in a page: tags with their attributes, open tags, visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def planned(updated):
    return plan(updated)


@pytest.fixture(scope="module")
def page(updated, planned):
    return render(updated, planned)


@pytest.fixture(scope="module")
def small_page(small):
    return render(small)


@pytest.mark.parametrize("which", ["page", "small_page"])
def test_it_is_well_formed_and_loads_nothing(which, request):
    page = request.getfixturevalue(which)
    parsed = _Page(page)
    assert parsed.open == []
    assert not {"script", "link", "iframe", "object", "embed"} & {tag for tag, _ in parsed.tags}
    for _, attributes in parsed.tags:
        for name in ("src", "href", "srcset", "data", "poster", "action"):
            assert (attributes.get(name) or "data:").startswith("data:")
    assert "http://" not in page
    assert "https://" not in page
    assert "@import" not in page
    assert "url(" not in page


def test_no_picture_loads_anything(page):
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    # Seven curves, doses, limits, shares, trade-off, change.
    assert len(pictures) == 13
    for encoded in pictures:
        svg = base64.b64decode(encoded).decode()
        links = re.findall(r'(?:href|src)="([^"]*)"', svg) + re.findall(r"url\(([^)]*)\)", svg)
        assert all(link.startswith("#") for link in links)
        assert "<script" not in svg


def test_every_picture_has_words(page):
    pictures = [attributes for tag, attributes in _Page(page).tags if tag == "img"]
    assert pictures
    assert all(attributes.get("alt") for attributes in pictures)


@pytest.mark.parametrize("which", ["page", "small_page"])
def test_the_disclaimer_stands_on_top_and_bottom(which, request):
    text = _Page(request.getfixturevalue(which)).text
    body = text[text.index(DISCLAIMER) :]
    assert text.count(DISCLAIMER) == 2
    assert body.startswith(DISCLAIMER)
    assert body.endswith(DISCLAIMER)


def test_sections_come_in_the_order_of_questions(page):
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert headings == [
        "Key answers",
        "Activity over time",
        "Absorbed dose",
        "BED and dose against limits",
        "What may follow",
        "Where the uncertainty comes from",
        "Plan against the standard course",
        "What the update changed",
        "Quality of the fit",
        "Methods, and what is approximate",
        "Sources",
        "Provenance",
    ]


def test_it_names_every_region_and_simulated_data(page):
    text = _Page(page).text
    for name in ("Kidneys", "Parotid glands", "Liver", "Red marrow", "Lesion 1", "Lesion 2"):
        assert name in text
    assert "SIMULATED" in text
    assert "they are of no patient" in text
    assert "Male, 69 years, 80 kg, 176 cm" in text


def test_it_recommends_in_words(page, planned):
    text = _Page(page).text
    assert planned.reason in text
    assert f"Cycle 3 with {planned.activity // 10 / 100:.2f} GBq" in text
    assert "6 × 7.4 GBq" in text


def test_sources_and_assumptions_stand_apart(page):
    sources, assumptions = page[page.index("<h2>Sources") :].split("<h3>Assumptions</h3>")
    assert "Siebinga et al. 2024" in sources
    assert "Bodei et al. 2008" in sources
    # Other patients' parameters do not bear on this one.
    assert "DOTATATE, not confirmed" not in assumptions
    assert "bodei_2008" not in page


def test_it_gives_the_provenance(page, updated):
    text = _Page(page).text
    assert updated.provenance.created in text
    assert f"seed {updated.seed}" in text
    assert all(name in text for name in updated.provenance.parameter_sets)


def test_a_name_is_never_markup(small_page):
    assert "<b>R&D</b>" not in small_page
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in small_page


def test_one_scan_no_lesion_no_marrow(small_page):
    text = _Page(small_page).text
    assert "SIMULATED" not in text
    assert "Fewer than three measurements: Kidneys" in text
    assert "Red marrow: no dose" in text
    assert "shape rests on the population" in text
    assert "What the update changed" not in text
    assert "Lesions" not in text
    assert "Total" not in text  # of one cycle


def test_unmeasured_cycles_are_called_predicted(twin):
    text = _Page(render(twin)).text
    assert "Without scans: cycle 2" in text
    assert "predicted" in text


def test_limits_are_for_people(small):
    patient = replace(small.case.patient, species="mouse", height=None)
    mouse = calibrate(replace(small.case, patient=patient), seed=1, draws=100)
    nothing, why = plan_or_reason(mouse)
    assert nothing is None
    page = render(mouse, unplanned=why)
    assert "BED and dose against limits" not in page
    assert "No plan for the next treatment: patient.species" in page
    assert "of people" in why


def test_the_same_twin_gives_the_same_page(updated, planned, page):
    assert render(updated, planned) == page


def test_a_plan_of_another_case_is_refused(small, planned):
    with pytest.raises(InputError, match="another case"):
        render(small, planned)


def test_a_plan_with_own_limits(updated):
    tight = replace(default_limits()[0], bound=12.0)
    own = plan(updated, limits=[tight])
    text = _Page(render(updated, own)).text
    assert own.reason in text
    assert "Kidneys, BED 3" in text  # what was given, near 3.3 Gy
    assert "12 Gy" in text


def test_it_is_written_whole(small, tmp_path):
    file = write_report(small, tmp_path / "new" / "report.html")
    assert file.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert [each.name for each in file.parent.iterdir()] == ["report.html"]


def test_what_may_follow_names_its_lesions_and_its_assumptions(page):
    section = page.split("<h2>What may follow</h2>")[1].split("</section>")[0]
    assert "Lesion 1" in section
    assert "mostly assumptions" in section
    assert "not a prognosis" in section
