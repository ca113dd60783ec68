"""Where a result comes from: inputs by content, versions, seed, parameter sets."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_PACKAGES = ("theratwin", "numpy", "scipy")


@dataclass(frozen=True)
class Provenance:
    """What a result was made from, enough to make it again.

    Parameters
    ----------
    inputs
        File name to the sha256 of its content; the path as given where names are alike.
    versions
        Package name to version, Python included.
    seed
        The seed of the random streams, if any were used.
    parameter_sets
        Names of the parameter sets, ``room/name``.
    created
        Date and time, ISO 8601 with zone.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    parameter_sets: tuple[str, ...] = ()
    created: str = ""

    @classmethod
    def now(
        cls,
        *,
        inputs: Iterable[Path] = (),
        seed: int | None = None,
        parameter_sets: Iterable[str] = (),
    ) -> Provenance:
        """Record the present moment, versions and the content of the input files."""
        return cls(
            inputs=_by_name([Path(path) for path in inputs]),
            versions=versions(),
            seed=seed,
            parameter_sets=tuple(parameter_sets),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def continued(self, later: Provenance, inputs: Iterable[Path] = ()) -> Provenance:
        """Return a later provenance with the inputs of this one and further ones added."""
        return replace(later, inputs={**self.inputs, **later.inputs, **_by_name([*inputs])})

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers, ready for JSON."""
        return asdict(self) | {
            "inputs": dict(self.inputs),
            "versions": dict(self.versions),
            "parameter_sets": list(self.parameter_sets),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Provenance:
        """Build from what `to_dict` returned."""
        return cls(**{**content, "parameter_sets": tuple(content.get("parameter_sets", ()))})


def _by_name(paths: list[Path]) -> dict[str, str]:
    names = [path.name for path in paths]
    return {
        path.name if names.count(path.name) == 1 else path.as_posix(): sha256(path)
        for path in paths
    }


def sha256(path: Path | str) -> str:
    """Return the sha256 of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
