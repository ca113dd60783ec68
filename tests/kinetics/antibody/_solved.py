"""Bodies of antibodies, built once, and what tests ask of them."""

from __future__ import annotations

from functools import cache

import numpy as np

from theratwin.dynamics import Bolus, Engine
from theratwin.kinetics.antibody import antibody_body
from theratwin.kinetics.body.dosing import specific_activity

TIGHT = {"rtol": 1e-9, "atol": 1e-12}
DAYS = 24.0


@cache
def built(target="none", exchange="two_pore", red_marrow=True, sets=(), given=(), nuclide="Y-90"):
    body = antibody_body(
        target, nuclide, exchange=exchange, red_marrow=red_marrow, sets=sets, given=dict(given)
    )
    return body, Engine(body.network.system())


def solved(times, doses, parameters=None, **options):
    body, engine = built(**options)
    return body, engine.solve(parameters or {}, np.asarray(times), doses=doses, **TIGHT).require()


def coefficients(target, doses, regions, parameters=None, **options):
    """Return time-integrated activities over the activity given (h), by region."""
    body, engine = built(target, **options)
    hot = sum(dose.amount for dose in doses if dose.state.endswith("hot"))
    found = engine.solve(
        parameters or {}, np.array([0.0, 30.0]), doses=doses, to_infinity=True, **TIGHT
    ).require()
    given = hot * specific_activity(options.get("nuclide", "Y-90"))
    return [found.integrals[body.time_integrated_activity(r)][0] / given for r in regions]


def therapy(amount, time=0.0, nuclide="Y-90"):
    """Return a GBq of a nuclide in an amount (nmol) of antibody."""
    hot = 1000.0 / specific_activity(nuclide)
    return (Bolus("vein.hot", time, hot), Bolus("vein.cold", time, amount - hot))
