"""A curve with its band: the median of draws or patients, and where nine of ten lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def band_curve(
    ax: Axes,
    across: Float[Any, " point"],
    values: Float[Any, "draw point"],
    color: str,
    label: str = "",
) -> None:
    """Draw the median of each point and, of several draws, the 90 % band."""
    low, median, high = np.quantile(values, (0.05, 0.5, 0.95), axis=0)
    ax.plot(across, median, color=color, label=label or None)
    if len(values) > 1:
        ax.fill_between(across, low, high, color=color, alpha=0.14, lw=0)
