"""The machine that is compiled for."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from functools import cache, cached_property

from theratwin.core.errors import UnsupportedError

_V3 = ("x86-64-v3", ("fma", "avx2", "avx", "bmi", "bmi2", "f16c", "lzcnt", "movbe"))
_NEON = ("generic", ("neon",))
#: By machine: the processor that is compiled for, and the features that it must have.
TARGETS = {"x86_64": _V3, "amd64": _V3, "aarch64": _NEON, "arm64": _NEON}
#: What Linux calls them where it has names of its own.
ON_LINUX = {"bmi": "bmi1", "lzcnt": "abm"}


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
        If the processor has no fused multiply-add, or lacks another instruction of the code:
        without the first results would differ in the last digits, and the code would be twelve
        times slower.
    """
    machine = platform.machine().lower()
    if machine not in TARGETS:
        raise UnsupportedError(
            "the engine has no code for this machine",
            field="machine",
            value=machine,
            allowed=sorted(set(TARGETS)),
        )
    cpu, needed = TARGETS[machine]
    # All processors of the other kind have what is needed, whether or not it is listed.
    lacking = _lacking(needed) if cpu.startswith("x86") else []
    if lacking:
        raise UnsupportedError(
            f"this processor lacks {', '.join(lacking)}, which the engine needs: its results are "
            "the same bytes on all processors that have it, and would not be without",
            field="machine",
            value=machine,
            remedy="Run it on a processor of 2013 or later; in a virtual machine, pass the host's "
            "processor through.",
        )
    return Target(sys.platform, machine, cpu)


def _lacking(needed: tuple[str, ...]) -> list[str]:
    """Return the features that the processor says it has not."""
    flags = processor_flags()
    if flags:
        return [name for name in needed if ON_LINUX.get(name, name) not in flags]
    import llvmlite.binding as llvm

    features: dict[str, bool] = dict(llvm.get_host_cpu_features())
    return [name for name in needed if features and not features.get(name, False)]


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
