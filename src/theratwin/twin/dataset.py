"""A prediction as a labeled dataset, for analysis elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

    from theratwin.twin.prediction import Prediction


def to_dataset(prediction: Prediction) -> xr.Dataset:
    """Return doses and BED (Gy) with coordinates region, draw and administration.

    BED is not-a-number where no radiosensitivity is known.
    """
    import xarray as xr

    regions = list(prediction)
    dose = np.stack([region.dose for region in regions])
    bed = np.stack(
        [region.dose * np.nan if region.tissue is None else region.bed for region in regions]
    )
    axes = ("region", "draw", "administration")
    schedule = prediction.schedule
    return xr.Dataset(
        {
            "dose": (axes, dose, {"units": "Gy", "long_name": "absorbed dose"}),
            "bed": (axes, bed, {"units": "Gy", "long_name": "biologically effective dose"}),
        },
        coords={
            "region": [region.region for region in regions],
            "lesion": ("region", [region.lesion for region in regions]),
            "draw": np.arange(dose.shape[1]),
            "administration": list(schedule.names),
            "time": ("administration", [a.time for a in schedule], {"units": "h"}),
            "activity": ("administration", [a.activity for a in schedule], {"units": "MBq"}),
        },
        attrs={
            "case": prediction.case.name,
            "origin": prediction.case.origin,
            "provenance": json.dumps(prediction.provenance.to_dict()),
            "use": "Research use only. Not a medical device.",
        },
    )
