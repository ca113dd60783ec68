"""The documentation builds: tutorials run, every reference resolves, nothing comes from outside."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OUTSIDE = r"(?:https?:)?//[^\"')]+"
LOADED = re.compile(rf"<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=[\"']({OUTSIDE})")
IMPORTED = re.compile(rf"(?:@import\s+|url\()\s*[\"']?({OUTSIDE})")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    quietly = ["-q", "--no-color", "-W", "--keep-going", "-b", "html"]
    command = [sys.executable, "-m", "sphinx", *quietly]
    done = subprocess.run(
        [*command, "-d", str(folder / "doctrees"), str(ROOT / "docs"), str(folder / "html")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-6000:]
    return folder / "html"


def test_pages_load_nothing_from_outside(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    styles = list(site.rglob("*.css"))
    assert pages
    assert styles
    loaded = {url for page in pages for url in LOADED.findall(page.read_text(encoding="utf-8"))}
    loaded |= {url for style in styles for url in IMPORTED.findall(style.read_text("utf-8"))}
    assert not loaded


def test_every_page_says_research_use_only(site: Path) -> None:
    special = {"genindex.html", "search.html", "py-modindex.html"}
    for page in site.rglob("*.html"):
        if page.name not in special:
            text = page.read_text(encoding="utf-8")
            assert "Research use only. Not a medical device." in text, page


def test_mathematics_is_mathml(site: Path) -> None:
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    assert not any("mathjax" in page.lower() for page in pages)
    assert any("<math xmlns" in page for page in pages)
