"""The documentation builds: tutorials run, every reference resolves, nothing comes from outside."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

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


@pytest.fixture(scope="module")
def mathml() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mathml", ROOT / "docs" / "_ext" / "mathml.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"\begin{gather} a \\ c \end{gather}",
        r"a \\ c",
    ],
)
def test_lines_are_set_one_below_another(mathml: ModuleType, latex: str) -> None:
    assert mathml.to_mathml(latex, "block").count("<mtr>") == 2


def test_latex_that_the_converter_passes_over_is_refused(mathml: ModuleType) -> None:
    with pytest.raises(ValueError, match="nosuchcommand"):
        mathml.to_mathml(r"\nosuchcommand x", "inline")
