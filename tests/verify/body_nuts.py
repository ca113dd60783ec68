"""The full posterior of a whole body by another sampler: NUTS of blackjax beside tempered sampling.

`python tests/verify/body_nuts.py` writes ``docs/evidence/body_nuts.json``. One simulated patient,
17 parameters, five scans. NUTS shares the log density and its exact gradient :math:`-J^T r` with
the product, and nothing else: four chains, each adapted by itself, in coordinates that the Laplace
approximation whitens.
"""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from simulated_bodies import body_patient

from theratwin.case import Schedule, Volume
from theratwin.core.files import write_text
from theratwin.core.seed import stream
from theratwin.dosimetry import bodies, self_s_value
from theratwin.kinetics.body_fit import psma_block
from theratwin.physics import nuclide
from theratwin.twin.full import full_posterior
from theratwin.twin.laplace import Laplace, laplace
from theratwin.twin.sloped_target import SlopedTarget, target_of

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "body_nuts.json"
SEED, PATIENT = 2026, 2
CHAINS, WARM_UP, KEPT = 4, 200, 500
PARTICLES = 4000
SCANS = (4.0, 24.0, 48.0, 96.0, 168.0)  # h
COURSE = Schedule.regular("7.4 GBq", cycles=1, every="6 weeks", amount="57 nmol")
DOSED = ("kidneys", "lesion_1", "lesion_2")


def target() -> SlopedTarget:
    """Return the posterior: of a case with the submandibular glands delineated, not imaged."""
    truth = body_patient(PATIENT, seed=SEED)
    case = truth.case(COURSE, truth.scan(COURSE, "cycle 1", SCANS))
    organs = {**case.patient.organs, "submandibular_glands": Volume(24.0, 0.12)}
    case = replace(case, patient=replace(case.patient, organs=organs))
    decay = nuclide(case.radiopharmaceutical.nuclide).decay_constant
    found = target_of(psma_block(case, decay)[0].alternatives[0])
    assert isinstance(found, SlopedTarget)
    return found


def nuts(posterior: SlopedTarget, mode: Laplace, kept: int = KEPT) -> np.ndarray:
    """Return draws by blackjax, shape ``(chains, draws, parameters)``."""
    from theratwin.core._jax import jax, jnp  # isort: skip
    import blackjax

    factor = np.linalg.cholesky(mode.covariance)
    size = posterior.size

    def by_engine(white: Any) -> tuple[np.ndarray, np.ndarray]:
        white = np.asarray(white)
        flat = white.reshape(-1, size)
        at = posterior.points(mode.mode + flat @ factor.T)
        gradient = -np.einsum("nrp,nr->np", at.jacobian, at.residuals) @ factor
        density = np.where(np.isfinite(at.cost), -at.cost, -np.inf)
        return density.reshape(white.shape[:-1]), np.nan_to_num(gradient).reshape(white.shape)

    shapes = jax.ShapeDtypeStruct((), jnp.float64), jax.ShapeDtypeStruct((size,), jnp.float64)

    def both(white: Any) -> Any:
        return jax.pure_callback(by_engine, shapes, white, vmap_method="expand_dims")

    @jax.custom_vjp
    def log_density(white: Any) -> Any:
        return both(white)[0]

    log_density.defvjp(both, lambda gradient, weight: (weight * gradient,))

    def chain(key: Any, start: Any) -> Any:
        first, second = jax.random.split(key)
        warm_up = blackjax.window_adaptation(blackjax.nuts, log_density)
        (state, parameters), _ = warm_up.run(first, start, WARM_UP)
        step = blackjax.nuts(log_density, **parameters).step

        def one(state: Any, key: Any) -> Any:
            state, _ = step(key, state)
            return state, state.position

        return jax.lax.scan(one, state, jax.random.split(second, kept))[1]

    starts = 2.0 * stream(SEED, "nuts").standard_normal((CHAINS, size))
    keys = jax.random.split(jax.random.key(SEED), CHAINS)
    white = np.asarray(jax.vmap(chain)(keys, jnp.asarray(starts)))
    return mode.mode + white @ factor.T


def study() -> dict[str, Any]:
    """Sample by both and compare."""
    posterior = target()
    mode = laplace(posterior)
    chains = nuts(posterior, mode)
    found = full_posterior(posterior, mode, PARTICLES, stream(SEED, "smc"))
    names = [*posterior.alternative.parameter_names, *(f"dose.{region}" for region in DOSED)]
    flat = chains.reshape(-1, posterior.size)
    both = np.hstack([flat, _log_doses(posterior, flat)])
    by_chain = both.reshape(CHAINS, -1, len(names))
    other = np.hstack([found.draws, _log_doses(posterior, found.draws)])
    prior_sd = [*posterior.prior_sd, *np.ones(len(DOSED))]
    return {
        name: _row(by_chain[..., k], other[:, k], found.effective_size, prior_sd[k])
        for k, name in enumerate(names)
    }


def _row(chains: np.ndarray, particles: np.ndarray, effective: float, scale: float) -> Any:
    """Return moments by both, with how well each is known."""
    from arviz_stats.base import array

    array_stats: Any = array.array_stats
    size = float(array_stats.ess(chains, chain_axis=0, draw_axis=1, method="bulk"))
    sd = chains.std()
    squared = ((chains - chains.mean()) / sd) ** 2
    tails = float(array_stats.ess(squared, chain_axis=0, draw_axis=1, method="mean"))
    kurtosis = float(np.mean(squared**2))
    row = {
        "mean": [chains.mean(), particles.mean()],
        "sd": [sd, particles.std()],
        "effective": [size, effective],
        "r_hat": float(array_stats.rhat(chains, chain_axis=0, draw_axis=1)),
        "mean_apart": (particles.mean() - chains.mean()) / (sd * np.sqrt(1 / size + 1 / effective)),
        # The standard error of a spread goes with the kurtosis.
        "sd_apart": np.log(particles.std() / sd)
        / np.sqrt((kurtosis - 1) / 4 * (1 / tails + 1 / effective)),
        "of_prior": sd / scale,
    }
    return json.loads(json.dumps(row), parse_float=lambda text: float(f"{float(text):.4g}"))


def _log_doses(posterior: SlopedTarget, theta: np.ndarray) -> np.ndarray:
    """Return logarithms of self-doses (Gy), shape ``(draws, regions)``."""
    curves = posterior.alternative.curves(theta, COURSE, stream(SEED, "future"))
    truth = body_patient(PATIENT, seed=SEED)
    volumes = {**truth.patient.organs, **{each.name: each.volume for each in truth.lesions}}
    factors = {r: self_s_value("Lu-177", volumes[r].mass, bodies=bodies(r)) for r in DOSED}
    return np.log(
        np.stack([curves[region][0].integral() * factors[region] for region in DOSED], axis=-1)
    )


def table(rows: dict[str, Any]) -> list[str]:
    """Return means and standard deviations of logarithms, as rows of a Markdown table."""
    return [
        f"| {name.replace('_', ' ')} | {row['mean'][0]:.3f} / {row['mean'][1]:.3f} "
        f"| {row['sd'][0]:.3f} / {row['sd'][1]:.3f} | {row['effective'][0]:.0f} "
        f"| {row['r_hat']:.3f} | {row['mean_apart']:+.1f} | {row['sd_apart']:+.1f} |"
        for name, row in rows.items()
    ]


def write(rows: dict[str, Any]) -> None:
    """Write the evidence."""
    content = {
        "study": "tests/verify/body_nuts.py",
        "what": "moments of logarithms of parameters and doses, by NUTS and by tempered sampling; "
        "how far apart in standard errors",
        "seed": SEED,
        "chains": CHAINS,
        "draws of each": KEPT,
        "particles": PARTICLES,
        "versions": {name: version(name) for name in ("blackjax", "jax", "numpy")},
        "rows": rows,
    }
    write_text(EVIDENCE, json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    write(study())
    print("\n".join(table(json.loads(EVIDENCE.read_text(encoding="utf-8"))["rows"])))
