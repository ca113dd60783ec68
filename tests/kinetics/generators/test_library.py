"""The generators of the library, which have a dose at the start."""

import numpy as np
import pytest

from theratwin.dynamics import Engine
from theratwin.kinetics.generators import body_sites, generator
from theratwin.kinetics.generators.library import generator_entries
from theratwin.kinetics.models import sstr_body
from theratwin.testing import check_balance


@pytest.mark.parametrize("name", generator_entries())
def test_models_start_with_their_dose_and_lose_no_atom(name):
    network = generator_entries()[name][1]()
    check_balance(network)
    assert network.name == name
    found = Engine(network.system()).solve(times=[1.0, 50.0], rtol=1e-8).require()
    chain = [s.name for s in network.species if "chain_atom" in s.contains]
    atoms = sum(found[species][0] for species in chain)
    hot = next(p.value for p in network.parameters if p.name == "dose.hot")
    np.testing.assert_allclose(atoms, hot, rtol=1e-7)


def test_daughters_share_a_carrier_that_saturates():
    """DOTATATE's tubular uptake saturates: a rule counts what competes, so it can be shared."""
    given = {"lesion_1.volume": "20 mL"}
    options = {"ligand": "dotatate", "nuclide": "Ac-225", "lesions": ["lesion_1"]}
    body = sstr_body(given=given, **options)
    sites, given = body_sites(body), {"release.alpha": 0.5, "dissociation": 0.001}
    model = generator(body.network, "Ac-225", sites, given=given, regions=["kidneys"])
    taken = [r.name for r in model.network.reactions if r.name.startswith("kidneys.uptake.hot")]
    assert taken == ["kidneys.uptake.hot", *(f"kidneys.uptake.hot.{m}" for m in _daughters(model))]


def _daughters(model):
    return [m.replace("-", "") for m in model.members[1:]]
