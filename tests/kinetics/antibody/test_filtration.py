"""What glomeruli let through: the published table, refusals, the body of a fragment."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.kinetics.antibody import antibody_body, glomerular_sieving
from theratwin.testing import check_balance

FRAGMENT = ("antibody_murine", "antibody_fragment")


def test_sieving_is_that_of_the_table():
    """Li and Shah 2019, table 4; to its last digit."""
    masses = np.array([13.0, 27.0, 50.0, 55.0, 80.0, 100.0, 150.0])
    table = [0.677, 0.403, 0.131, 0.0986, 0.022, 0.00703, 0.0011]
    assert glomerular_sieving(masses) == pytest.approx(table, rel=3e-3)


def test_a_fragment_is_filtered_by_its_own_size():
    body = antibody_body(sets=FRAGMENT, given={"antibody.molar_mass": 27.0})
    check_balance(body.network)
    values = {p.name: p.value for p in body.network.parameters}
    assert values["kidneys.sieving"] == pytest.approx(0.403, rel=2e-3)


def test_whole_antibody_is_not_filtered():
    assert "kidneys.sieving" not in {p.name for p in antibody_body().network.parameters}
    with pytest.raises(InputError, match=r"antibody\.molar_mass"):
        antibody_body(sets=FRAGMENT, given={"antibody.molar_mass": 150.0})
    with pytest.raises(InputError, match="molar_mass"):
        glomerular_sieving(0.0)
