"""A twin as a folder: a manifest, the case, and the draws of each block."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core import Provenance
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.files import new_folder, write_text
from theratwin.store.case_json import case_from_dict, case_to_dict
from theratwin.store.draws_csv import draws_from_csv, draws_to_csv
from theratwin.twin.importance import Resampled
from theratwin.twin.laplace import Laplace
from theratwin.twin.models import blocks_of, model_of
from theratwin.twin.posterior import AUTO, BlockPosterior, Fit
from theratwin.twin.tempering import Tempering
from theratwin.twin.twin import Interval, Snapshot, Twin

FORMAT = 1
MANIFEST = "twin.json"
_CASE = "case.json"
_POSTERIOR = "posterior"
_REMEDY = "Restore the folder from a copy, or calibrate again"


def save_twin(twin: Twin, path: Path | str, *, force: bool = False) -> Path:
    """Write a twin as a folder, whole or not at all.

    Parameters
    ----------
    twin
        The twin.
    path
        The folder.
    force
        Replace what stands there.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        If the folder exists and ``force`` is not given.
    """
    texts = {_CASE: _json({"format": FORMAT} | case_to_dict(twin.case))}
    for posterior in twin.posteriors:
        texts[_draws_file(posterior.name)] = draws_to_csv(posterior)
    with new_folder(path, force=force) as folder:
        for name, text in texts.items():
            write_text(folder / name, text)
        write_text(folder / MANIFEST, _json(_manifest(twin, texts)))
    return Path(path)


def load_twin(path: Path | str) -> Twin:
    """Read a twin from its folder.

    Raises
    ------
    InputError
        If the folder is no twin, or something in it is missing or changed.
    UnsupportedError
        If it was written by a newer theratwin.
    """
    folder = Path(path)
    manifest = _read_json(_present(folder / MANIFEST, "This is no twin folder; calibrate a case"))
    try:
        return _twin(folder, manifest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "the manifest is damaged",
            field=str(folder / MANIFEST),
            value=f"{type(error).__name__}: {error}",
            remedy=_REMEDY,
        ) from error


def _twin(folder: Path, manifest: dict[str, Any]) -> Twin:
    for name, digest in manifest["files"].items():
        _check_unchanged(folder / name, digest)
    case = case_from_dict(_read_json(folder / _CASE), field=_CASE)
    blocks = blocks_of(model_of(manifest["model"], f"{MANIFEST}: model"), case)
    return Twin(
        case=case,
        model=manifest["model"],
        posteriors=tuple(
            _block(folder, block, manifest["blocks"][block.name], manifest["draws"])
            for block in blocks
        ),
        seed=manifest["seed"],
        provenance=Provenance.from_dict(manifest["provenance"]),
        history=tuple(_snapshot(entry) for entry in manifest["history"]),
        method=manifest.get("method", AUTO),
    )


def _check_unchanged(file: Path, digest: str) -> None:
    if _digest(_present(file, _REMEDY).read_bytes()) != digest:
        raise InputError(
            "changed since the twin was saved, or damaged", field=str(file), remedy=_REMEDY
        )


def _present(file: Path, remedy: str) -> Path:
    if not file.is_file():
        raise InputError("there is no such file", field=str(file), remedy=remedy)
    return file


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest(twin: Twin, texts: dict[str, str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "schema": "theratwin/twin/1",
        "model": twin.model,
        "seed": twin.seed,
        "draws": twin.draws,
        "method": twin.method,
        "provenance": twin.provenance.to_dict(),
        "files": {name: _digest(text.encode()) for name, text in texts.items()},
        "blocks": {
            posterior.name: [_fit_to_dict(fit) for fit in posterior.fits]
            for posterior in twin.posteriors
        },
        "history": [
            {
                "label": past.label,
                "dose": {
                    cycle: {region: vars(interval) for region, interval in regions.items()}
                    for cycle, regions in past.dose.items()
                },
            }
            for past in twin.history
        ],
    }


def _fit_to_dict(fit: Fit) -> dict[str, Any]:
    approximation, resampled = fit.approximation, fit.resampled
    return {
        "structure": fit.alternative.name,
        "weight": fit.weight,
        "criterion": fit.criterion,
        "mode": approximation.mode.tolist(),
        "covariance": approximation.covariance.tolist(),
        "positive_definite": approximation.positive_definite,
        "chi_square": approximation.chi_square,
        "effective_parameters": approximation.effective_parameters,
        "pareto_k": None if resampled is None else _finite(resampled.pareto_k),
        "effective_size": None if resampled is None else resampled.effective_size,
        "tempering": None if resampled is None else _tempering_to_dict(resampled.tempering),
        "equations": _equations(fit.alternative),
    }


def _tempering_to_dict(tempering: Tempering | None) -> dict[str, Any] | None:
    return None if tempering is None else asdict(tempering)


def _equations(alternative: Any) -> str | None:
    """Return the digest of what the draws are draws of; None if its name says it all."""
    return getattr(alternative, "fingerprint", None)


def _block(
    folder: Path, block: Any, entries: Sequence[dict[str, Any]], draws: int
) -> BlockPosterior:
    file = folder / _draws_file(block.name)
    groups = draws_from_csv(file.read_text(encoding="utf-8"), block.alternatives, field=file.name)
    found = sum(len(positions) for _, positions, _ in groups)
    if found != draws:
        raise InputError(
            "draws are missing", field=file.name, value=found, allowed=f"{draws}", remedy=_REMEDY
        )
    of_structure = {index: draws for index, _, draws in groups}
    fits = tuple(
        _fit(alternative, entry, of_structure.get(index))
        for index, (alternative, entry) in enumerate(zip(block.alternatives, entries, strict=True))
    )
    shares = tuple((index, positions) for index, positions, _ in groups)
    return BlockPosterior(block.name, fits, shares, draws)


def _fit(alternative: Any, entry: dict[str, Any], draws: np.ndarray | None) -> Fit:
    if entry.get("equations") != _equations(alternative):
        raise UnsupportedError(
            "the model has changed since the twin was saved",
            field=f"{MANIFEST}: blocks",
            value=alternative.name,
            remedy="Use the theratwin that wrote it, or calibrate again",
        )
    approximation = Laplace(
        np.array(entry["mode"]),
        np.array(entry["covariance"]),
        entry["positive_definite"],
        entry["chi_square"],
        entry["effective_parameters"],
    )
    resampled = None
    if draws is not None:
        pareto_k = float("inf") if entry["pareto_k"] is None else entry["pareto_k"]
        tempering = _tempering(entry.get("tempering"))
        if tempering is not None:
            pareto_k = float("nan")
        resampled = Resampled(draws, pareto_k, entry["effective_size"], tempering)
    return Fit(alternative, approximation, entry["weight"], entry["criterion"], resampled)


def _tempering(entry: dict[str, Any] | None) -> Tempering | None:
    if entry is None:
        return None
    return Tempering(
        tuple(entry["temperatures"]),
        tuple(entry["acceptance"]),
        tuple(entry["moves"]),
        entry["log_evidence"],
        entry["memory"],
        entry.get("start", "prior"),  # earlier ones knew no other
    )


def _finite(value: float) -> float | None:
    """Return a number that JSON can hold; None stands for an infinite one."""
    return value if math.isfinite(value) else None


def _snapshot(entry: dict[str, Any]) -> Snapshot:
    dose = {
        cycle: {region: Interval(**interval) for region, interval in regions.items()}
        for cycle, regions in entry["dose"].items()
    }
    return Snapshot(entry["label"], dose)


def _draws_file(block: str) -> str:
    return f"{_POSTERIOR}/{block}.csv"


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _read_json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"this is no JSON: {error}", field=str(file), remedy=_REMEDY) from error
    if not isinstance(content, dict) or "format" not in content:
        raise InputError("it states no format", field=str(file), remedy=_REMEDY)
    if content["format"] != FORMAT:
        raise UnsupportedError(
            "written in another format",
            field=f"{file.name}: format",
            value=content["format"],
            allowed=f"format = {FORMAT}",
            remedy="Use the theratwin that wrote it, or calibrate again",
        )
    content.pop("format")
    return content
