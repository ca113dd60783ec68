"""The engine through JAX, in a process of its own: ``python -m theratwin.cli.joint_test``.

How JAX reaches the engine here, and whether the results have the engine's own bytes, is printed as
JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> None:
    """Run, and print what was found."""
    json.dump(joined(), sys.stdout)


def joined() -> dict[str, Any]:
    """Return the road, why it is not the faster one, and whether it leads to the same bytes."""
    import numpy as np

    from theratwin.core._jax import jax
    from theratwin.dynamics import Engine, model
    from theratwin.dynamics.jax import jax_solver

    engine, times = Engine(model("one-compartment").system()), np.linspace(1.0, 48.0, 5)
    given = {"clearance": np.linspace(3000.0, 5000.0, 6)}
    solve = jax_solver(engine, times, ["concentration"])
    direct = engine.solve(given, times)["concentration"]
    found = np.asarray(jax.jit(solve)(given)["concentration"])
    reason = solve.callback_reason
    return {
        "road": "foreign" if reason is None else "callback",
        "reason": reason,
        "same_bytes": found.tobytes() == direct.tobytes(),
    }


if __name__ == "__main__":
    main()
