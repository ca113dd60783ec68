"""Target-mediated disposition, in full and reduced: what each reduction gets wrong.

Run ``python examples/tmdd_reductions.py``. First the textbook's antibody with round numbers, then a
network of one's own, then one that cannot be reduced. Research use only. Not a medical device.
"""

from __future__ import annotations

import numpy as np

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics import Bolus, Engine, Network, NetworkBuilder
from theratwin.kinetics.models import psma_body
from theratwin.kinetics.tmdd import (
    CENTRAL_TARGET,
    Target,
    michaelis_menten,
    quasi_equilibrium,
    quasi_steady_state,
    tmdd_network,
)

REDUCTIONS = (quasi_equilibrium, quasi_steady_state, michaelis_menten)
TIMES = np.concatenate([[0.0], np.geomspace(0.1, 672.0, 300)])


def main() -> None:
    """Print the errors of the textbook's case, a network of one's own, a refusal."""
    textbook()
    own_network()
    refused()


def textbook() -> None:
    """Print the largest error of the ligand, free and bound, over four weeks, by dose."""
    doses = np.array([10.0, 100.0, 1000.0])

    def total(network: Network) -> np.ndarray:
        solution = Engine(network.system()).solve({"dose": doses}, TIMES, rtol=1e-10, atol=1e-13)
        return solution.require()["total"]

    full = total(tmdd_network())
    print(f"{'largest error (%) after':26}" + "".join(f"{dose:8g} nmol" for dose in doses))
    for reduction in REDUCTIONS:
        found = total(reduction(tmdd_network(), CENTRAL_TARGET))
        worst = 100.0 * np.max(np.abs(found / full - 1.0)[:, 1:], axis=1)
        print(f"{reduction.__name__:26}" + "".join(f"{value:13.1f}" for value in worst))


def small_network() -> Network:
    """Return a peptide that its receptor takes into cells; the receptor comes back at once."""
    b = NetworkBuilder("peptide")
    on = b.parameter("k_on", 0.02, "1/(nmol h)", note="an example")
    off = b.parameter("k_off", 0.2, "1/h", note="an example")
    inside = b.parameter("internalization", 0.06, "1/h", note="an example")
    kidneys = b.parameter("kidneys", 0.3, "1/h", note="an example")
    receptors = b.parameter("receptors", 50.0, "nmol", note="an example")
    b.compartment("fluid")
    peptide = b.species("peptide", "fluid")
    receptor = b.species("receptor", "fluid", receptors)
    held = b.species("bound", "fluid")
    taken = b.species("taken", "fluid")
    b.reaction("binding", (peptide, receptor), held, on * peptide * receptor - off * held)
    b.reaction("internalization", held, (taken, receptor), inside * held)
    b.reaction("excretion", peptide, None, kidneys * peptide)
    return b.freeze()


def own_network() -> None:
    """Print what cells have taken in after two doses; reduced, doses go to the total."""
    network, target = small_network(), Target("peptide", "receptor", "bound")
    times = np.array([0.0, 6.0, 24.0, 72.0])
    print("\na network of one's own, two doses")
    print(f"{'taken in (nmol) after (h)':26}" + "".join(f"{time:8g}" for time in times[1:]))
    for reduction in (None, *REDUCTIONS):
        model = reduction(network, target) if reduction else network
        state = "peptide.total" if f"{target.ligand}.total" in model.symbols else "peptide"
        doses = (Bolus(state, 0.0, 100.0), Bolus(state, 24.0, 20.0))
        found = Engine(model.system()).solve({}, times, doses=doses).require()["taken"][0]
        name = reduction.__name__ if reduction else "full"
        print(f"{name:26}" + "".join(f"{value:8.2f}" for value in found[1:]))


def refused() -> None:
    """Print why a body's receptors, for which hot and cold ligand compete, stay as they are."""
    target = Target("gut.interstitial.hot", "gut.free_receptors", "gut.bound.hot")
    try:
        quasi_steady_state(psma_body().network, target)
    except UnsupportedError as error:
        print(f"\n{error}")


if __name__ == "__main__":
    main()
