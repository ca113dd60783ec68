"""Pictures that stand inside an HTML page: no file beside it, sharp at every size."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib as mpl

from theratwin.report.style import RC, figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PATH = re.compile(rb' d="[^"]*"')
_METADATA = re.compile(rb"<metadata>.*?</metadata>", re.DOTALL)
_FAMILY = re.compile(rb"'DejaVu Sans'[^;\"]*")
_PAGE_FONT = b"'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"
_DIGITS = re.compile(rb"(\.\d\d)\d+")


@dataclass(frozen=True)
class Picture:
    """A picture as a data address.

    Parameters
    ----------
    address
        ``data:`` address.
    words
        What it shows, for those who cannot see it.
    width
        Its width in inches.
    """

    address: str
    words: str
    width: float


def picture(ax: Axes, words: str) -> Picture:
    """Return the figure that axes stand in as an SVG inside a data address.

    The address keeps the identifiers of one SVG apart from those of the next, which an inline
    element would not. Without a date in it, the same figure gives the same bytes.
    """
    figure = figure_of(ax)
    buffer = io.BytesIO()
    with mpl.rc_context(RC):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    encoded = base64.b64encode(_shortened(buffer.getvalue())).decode("ascii")
    return Picture(
        f"data:image/svg+xml;base64,{encoded}", words, float(figure.get_size_inches()[0])
    )


def _shortened(svg: bytes) -> bytes:
    """Leave out preamble, metadata and digits beyond a hundredth of a point; take the page's font.

    The page's font is narrower than the one that the figure was laid out with, so nothing that
    stands apart there can meet here.
    """
    svg = _METADATA.sub(b"", svg[svg.index(b"<svg") :])
    svg = _FAMILY.sub(_PAGE_FONT, svg)
    return _PATH.sub(lambda path: _DIGITS.sub(rb"\1", path[0]), svg)
