"""Dose-factor tables as OLINDA prints them."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.io.dose_factors import read_olinda

GY = 1.602176634e-10 * 3.6e9  # MeV/g a decay in Gy/(MBq h)
# A few values of the adult male for Lu-177, of a published copy (OLINDA/EXM 2)
LUTETIUM = """\
Target,Kidneys ,Liver,UB Cont,Red Mar.,Tot Body
Kidneys,7.76E-05,1.20E-07,1.18E-08,4.71E-08,3.58E-07
Liver,1.18E-07,1.37E-05,3.78E-09,2.44E-08,3.58E-07
Urinary Bladder Wall,1.18E-08,3.78E-09,5.78E-05,2.44E-08,3.62E-07
Red Marrow,3.35E-08,3.09E-08,3.96E-08,1.15E-05,2.74E-07
"""


@pytest.fixture
def write(tmp_path):
    def call(text: str):
        path = tmp_path / "table.csv"
        path.write_text(text)
        return path

    return call


def test_names_and_units(write):
    found = read_olinda(write(LUTETIUM), "Lu177")
    assert found.nuclide == "Lu-177"
    assert found.sources == ("kidneys", "liver", "bladder_contents", "red_marrow", "whole_body")
    assert found.targets == ("kidneys", "liver", "bladder_wall", "red_marrow")
    assert found.between("kidneys", "kidneys") == pytest.approx(7.76e-5 * 3.6)
    assert found.between("kidneys", "liver") == pytest.approx(1.20e-7 * 3.6)
    with pytest.raises(InputError, match="source: not in the table"):
        found.between("liver", "spleen")


def test_a_weighted_alpha_part_is_refused_or_taken_out(write):
    """Kidneys of 310 g: OLINDA's own factor of Ac-225 is 5 (E_alpha + E_recoil) + E_e over m."""
    alphas, electrons = 5.78718 + 0.10481, 0.0247  # MeV a decay, ICRP-107
    weighted = (5 * alphas + electrons) / 310 * GY / 3.6
    text = (
        "Target,Kidneys,Liver,UB Cont,Tot Body\n"
        f"Kidneys,{weighted:.5e},1e-8,1e-9,1e-6\nLiver,1e-8,2e-2,1e-9,1e-6\n"
        "Total Body,1e-5,1e-5,1e-5,1e-5\n"
    )
    path = write(text)
    with pytest.raises(UnsupportedError, match="weighted by 5"):
        read_olinda(path, "Ac-225")
    with pytest.raises(InputError, match=r"masses: .*'liver'"):
        read_olinda(path, "Ac-225", alpha_weight=5, masses={"kidneys": 310.0})
    masses = {"kidneys": 310.0, "liver": 1800.0}
    found = read_olinda(path, "Ac-225", alpha_weight=5, masses=masses)
    own = found.between("kidneys", "kidneys")
    assert own == pytest.approx((alphas + electrons) / 310 * GY, rel=1e-3)
    assert found.between("kidneys", "liver") == pytest.approx(1e-8 * 3.6)
    assert np.isnan(found.between("kidneys", "whole_body"))
    assert np.isnan(found.between("liver", "bladder_contents"))
    assert np.isnan(found.between("whole_body", "kidneys"))
    with pytest.raises(InputError, match="the weight or the mass is wrong"):
        read_olinda(path, "Ac-225", alpha_weight=5, masses=masses | {"kidneys": 31.0})
    plain = read_olinda(path, "Ac-225", alpha_weight=1)
    assert plain.between("kidneys", "kidneys") == pytest.approx(weighted * 3.6, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Organ,Liver\nLiver,1\n", "no table of dose factors"),
        ("Target,Liver\nLiver,one\n", "not a table of numbers"),
        ("Target,Liver,Spleen\nLiver,1\n", "not a table of numbers"),
        ("Target,Liver,liver\nLiver,1,2\n", "source stands twice"),
    ],
)
def test_wrong_tables(write, text, words):
    with pytest.raises(InputError, match=words):
        read_olinda(write(text), "Lu-177")
