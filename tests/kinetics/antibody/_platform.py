"""The platform model written by hand for one unlabeled antibody, apart from the product's code."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from theratwin.core import parameter_set

ORGANS = (
    *("lungs", "heart", "muscle", "skin", "adipose", "brain", "thymus", "skeleton", "liver"),
    *("small_intestine", "large_intestine", "pancreas", "spleen", "kidneys", "other_tissues"),
)
PORTAL = [ORGANS.index(n) for n in ("small_intestine", "large_intestine", "pancreas", "spleen")]
LIVER = ORGANS.index("liver")


def platform(times: np.ndarray, dose: float) -> np.ndarray:
    """Return the amount (nmol) in the vein after a bolus; one reflection coefficient an organ."""
    known = parameter_set("kinetics", "antibody_physiology")
    exchange = parameter_set("kinetics", "antibody_exchange")

    def of(key):
        return np.array([known[f"{name}.{key}"].value for name in ORGANS])

    v, e, i = (of(f"{key}_volume") for key in ("plasma", "endosomal", "interstitial"))
    sigma = of("vascular_reflection")
    q = np.array([0.0, *(known[f"{name}.plasma_flow"].value for name in ORGANS[1:])])
    q[0] = q.sum() / 0.998
    lymph, nodes = 0.002 * q, known["lymph_nodes.volume"].value
    vein = known["plasma.volume"].value - v.sum()
    uptake, digest, fcrn, on, off, back = (
        exchange[name].value
        for name in (
            *("endosome.pinocytosis", "endosome.degradation", "fcrn.concentration"),
            *("fcrn.k_on", "fcrn.k_off", "fcrn.recycled_to_plasma"),
        )
    )
    out = q - lymph
    out[LIVER] += out[PORTAL].sum()

    def slopes(_, y):
        central, node = y[0] / vein, y[1] / nodes
        cv, ci, ce, cb = (a / b for a, b in zip(y[2:].reshape(4, -1), (v, i, e, e), strict=True))
        into = q * cv[0]
        into[0] = q[0] * central
        into[LIVER] += ((q - lymph) * cv)[PORTAL].sum()
        gone = out.copy()
        gone[0] = q[1:].sum()
        bind = e * (on * ce * (fcrn - cb) - off * cb)
        dv = into - gone * cv - (1 - sigma) * lymph * cv + uptake * e * (back * cb - cv)
        di = (1 - sigma) * lymph * cv - 0.8 * lymph * ci + uptake * e * ((1 - back) * cb - ci)
        de = uptake * e * (cv + ci) - bind - digest * e * ce
        veins = [k for k in range(1, len(ORGANS)) if k not in PORTAL]
        first = (out * cv)[veins].sum() + lymph.sum() * node - q[0] * central
        second = 0.8 * (lymph * ci).sum() - lymph.sum() * node
        return np.concatenate([[first, second], dv, di, de, bind - uptake * e * cb])

    start = np.zeros(2 + 4 * len(ORGANS))
    start[0] = dose
    found = solve_ivp(slopes, (0.0, times[-1]), start, "BDF", times, rtol=1e-9, atol=1e-10)
    return found.y[0]
