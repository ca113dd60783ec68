"""What `theratwin doctor` looks at: processor, compiler, cache, versions, a test of the engine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from theratwin.cli.processors import processors

#: What the engine and the models above it are made with.
DEPENDENCIES = (
    *("numpy", "scipy", "jax", "llvmlite", "pint", "pydantic", "xarray", "matplotlib", "jinja2"),
    *("typer", "rich"),
)
_FEATURES = ("fma", "avx2", "avx512f", "neon", "sve")
# Seconds; it takes two on a slow machine.
_PATIENCE = 120.0


def examined(self_test: bool = True) -> dict[str, Any]:
    """Return what there is."""
    from theratwin.core.provenance import versions

    return {
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "executable": sys.executable,
        },
        "platform": platform.platform(),
        "processor": _processor(),
        "llvm": _llvm(),
        "cache": _cache(),
        "versions": {"theratwin": versions()["theratwin"], **_installed()},
        "self_test": _self_tests() if self_test else None,
        "jax": _run("joint_test", {}) if self_test else None,
    }


def _processor() -> dict[str, Any]:
    known: dict[str, Any] = {"name": _processor_name(), "threads": processors()}
    try:
        import llvmlite.binding as llvm
    except ImportError:
        return {**known, "llvm_name": None, "features": [], "fma": None}
    features: dict[str, bool] = dict(llvm.get_host_cpu_features())
    arm = platform.machine().lower() in ("aarch64", "arm64")
    return {
        **known,
        "llvm_name": llvm.get_host_cpu_name(),
        "features": [name for name in _FEATURES if features.get(name)],
        # Every 64-bit ARM has it, and does not list it.
        "fma": arm or bool(features.get("fma")),
    }


def _processor_name() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _llvm() -> dict[str, Any]:
    from theratwin.core.errors import UnsupportedError

    try:
        import llvmlite
        import llvmlite.binding as llvm

        from theratwin.dynamics.llvm.compile import target
    except ImportError as error:
        return {"llvmlite": None, "llvm": None, "target": None, "refusal": str(error)}
    known = {
        "llvmlite": llvmlite.__version__,
        "llvm": ".".join(map(str, llvm.llvm_version_info)),
    }
    try:
        chosen = target()
    except UnsupportedError as error:
        return {**known, "target": None, "refusal": str(error)}
    return {**known, "target": f"{chosen.cpu}, {chosen.triple}", "refusal": None}


def _cache() -> dict[str, Any]:
    from theratwin.dynamics.llvm.cache_files import cache_folder

    folder = cache_folder()
    if folder is None:
        return {"folder": None, "objects": 0, "bytes": 0, "writable": False}
    kept = [path.stat().st_size for path in folder.glob("*.o")]
    return {
        "folder": str(folder),
        "objects": len(kept),
        "bytes": sum(kept),
        "writable": os.access(folder, os.W_OK),
    }


def _installed() -> dict[str, str | None]:
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str | None] = {}
    for name in DEPENDENCIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _self_tests() -> dict[str, Any]:
    """Test in processes of their own, which may die: with an empty cache, then with a full one."""
    with tempfile.TemporaryDirectory() as folder:
        cold = _self_test(folder)
        return {"cold": cold, "cached": _self_test(folder) if "failure" not in cold else cold}


def _self_test(cache: str) -> dict[str, Any]:
    return _run("self_test", {"XDG_CACHE_HOME": cache})


def _run(program: str, environment: dict[str, str]) -> dict[str, Any]:
    """Return what a program of this room finds."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"theratwin.cli.{program}"],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"failure": f"it did not end within {_PATIENCE:g} s"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return {"failure": last}
    return json.loads(done.stdout)
