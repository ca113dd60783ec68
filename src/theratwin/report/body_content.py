"""What a page says of a whole body, ready for its templates."""

from __future__ import annotations

from typing import Any

from theratwin.report import figures
from theratwin.report.body import body_words
from theratwin.report.body_fit import draws_in_words, region_fits
from theratwin.report.estimates import estimate_rows
from theratwin.twin import Twin


def body_content(twin: Twin) -> dict[str, Any]:
    """Return what stands of the whole body; nothing of curves."""
    words = body_words(twin)
    if words is None:
        return {"body": None}
    return {
        "body": words,
        "estimates": estimate_rows(twin),
        "learned": figures.learned(twin),
        "left": figures.left(twin),
        "region_fits": list(region_fits(twin)),
        "misfit": twin.posteriors[0].misfit,
        "draws_made": draws_in_words(twin),
    }
