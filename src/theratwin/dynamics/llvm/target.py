"""The machine that is compiled for."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from functools import cache, cached_property

from theratwin.core.errors import UnsupportedError

#: By machine: the processor that is compiled for, and the feature that it must have.
TARGETS = {
    "x86_64": ("x86-64-v3", "fma"),
    "amd64": ("x86-64-v3", "fma"),
    "aarch64": ("generic", "neon"),
    "arm64": ("generic", "neon"),
}


@dataclass(frozen=True)
class Target:
    """The machine that is compiled for.

    Parameters
    ----------
    system, machine
        As Python names them.
    cpu
        The least processor on which the code runs; the code is the same on a better one.
    """

    system: str
    machine: str
    cpu: str

    @property
    def is_x86(self) -> bool:
        """Whether the floating-point control is that of x86."""
        return self.cpu.startswith("x86")

    @cached_property
    def triple(self) -> str:
        """As LLVM names it."""
        import llvmlite.binding as llvm

        return llvm.get_process_triple()


@cache
def target() -> Target:
    """Return this machine as a target.

    Raises
    ------
    UnsupportedError
        If the processor has no fused multiply-add: without it results would differ in the last
        digits, and the code would be twelve times slower.
    """
    machine = platform.machine().lower()
    if machine not in TARGETS:
        raise UnsupportedError(
            "the engine has no code for this machine",
            field="machine",
            value=machine,
            allowed=sorted(set(TARGETS)),
        )
    cpu, feature = TARGETS[machine]
    if cpu.startswith("x86") and not _has(feature):
        raise UnsupportedError(
            f"this processor lacks the instruction {feature}, which the engine needs",
            field="machine",
            value=machine,
            remedy="Run it on a processor of 2013 or later.",
        )
    return Target(sys.platform, machine, cpu)


def _has(feature: str) -> bool:
    """Whether the processor has a feature, or does not say."""
    flags = processor_flags()
    if flags:
        return feature in flags
    import llvmlite.binding as llvm

    features: dict[str, bool] = dict(llvm.get_host_cpu_features())
    return not features or features.get(feature, False)


def processor_flags(path: str = "/proc/cpuinfo") -> frozenset[str]:
    """Return what the system says that the first processor can do; nothing if it does not say.

    LLVM would know as well, but it takes longer to load than all else.
    """
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("flags"):
                    return frozenset(line.partition(":")[2].split())
    except OSError:
        pass
    return frozenset()
