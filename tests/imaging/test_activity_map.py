"""Maps of activity: what the numbers stand for, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import Image, Sensitivity, activity_map

DATA = np.array([[[2.0, 0.0, 4.0]]])
IMAGE = Image(DATA, np.diag([5.0, 4.0, 4.0, 1.0]), "", "scan.nii")  # 0.08 mL


@pytest.mark.parametrize(
    ("unit", "factor", "integrated"),
    [
        ("Bq/mL", 0.08e-6, False),
        ("MBq/mL", 0.08, False),
        ("kBq", 1e-3, False),
        ("MBq h/mL", 0.08, True),
        ("Bq s/mL", 0.08e-6 / 3600.0, True),
        ("MBq h", 1.0, True),
        ("GBq s", 1e3 / 3600.0, True),
    ],
)
def test_units(unit, factor, integrated):
    found = activity_map(IMAGE, unit=unit)
    assert found.values == pytest.approx(DATA * factor, rel=1e-12)
    assert found.integrated is integrated
    assert found.total == pytest.approx(6.0 * factor, rel=1e-12)


def test_counts_and_single_precision():
    counts = Image(DATA.astype(np.float32), IMAGE.affine, "", "counts")
    found = activity_map(counts, calibration=Sensitivity(10.0, 0.5))
    assert found.values == pytest.approx(DATA / 10.0 / 1800.0, rel=1e-6)
    assert found.values.dtype == np.float32


@pytest.mark.parametrize(
    ("image", "given", "words"),
    [
        (IMAGE, {}, "does not say"),
        (IMAGE, {"unit": "MBq", "calibration": Sensitivity(1.0, 1.0)}, "not both"),
        (IMAGE, {"unit": "Gy"}, "no unit of activity"),
        (IMAGE, {"unit": "%"}, "no unit of activity"),
        (Image(DATA.astype(int), IMAGE.affine, "", "whole", scaled=False), {"unit": "MBq"}, "lost"),
    ],
)
def test_refusals(image, given, words):
    with pytest.raises(InputError, match=words):
        activity_map(image, **given)
