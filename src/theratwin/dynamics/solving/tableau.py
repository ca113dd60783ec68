"""Coefficients of a Rosenbrock method, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from theratwin.core.errors import InputError

#: The method that is used unless another is asked for.
DEFAULT_METHOD = "rodas5p"


@dataclass(frozen=True)
class Tableau:
    r"""A Rosenbrock method in its transformed, autonomous form.

    With :math:`W = I/(h\gamma) - J(y_n)`, the stages solve
    :math:`W k_i = f(u_i) + \frac1h \sum_{j<i} c_{ij} k_j`, where
    :math:`u_i = y_n + \sum_{j<i} a_{ij} k_j`; the last stage is the error estimate, and
    :math:`y_{n+1} = u_s + k_s` (Hairer and Wanner 1996, section IV.7).

    Parameters
    ----------
    name, source
        Its name and its citation key.
    order
        Order of the solution.
    gamma
        The diagonal coefficient.
    a, c
        Strictly lower rows, one a stage.
    dense
        Rows over stages, of the dense output
        :math:`y(\theta) = (1-\theta) y_n + \theta y_{n+1} + \theta (1-\theta)
        \sum_r \theta^r \sum_j d_{rj} k_j`.
    """

    name: str
    source: str
    order: int
    gamma: float
    a: tuple[tuple[float, ...], ...]
    c: tuple[tuple[float, ...], ...]
    dense: tuple[tuple[float, ...], ...]

    @property
    def stages(self) -> int:
        """Number of stages."""
        return len(self.c)

    @property
    def slopes(self) -> tuple[float, ...]:
        r"""What the stages of the state "time" are, divided by h: also the weights of f_t."""
        found: list[float] = []
        for row in self.c:
            known = zip(row, found, strict=True)
            found.append(self.gamma * (1.0 + sum(c * slope for c, slope in known)))
        return tuple(found)

    @property
    def nodes(self) -> tuple[float, ...]:
        """The time of each stage since the step began, divided by h."""
        slopes = self.slopes
        return tuple(sum(a * s for a, s in zip(row, slopes, strict=False)) for row in self.a)

    def adds_last(self, stage: int) -> bool:
        """Whether a stage begins where the one before it ended, one full increment on."""
        before, row = self.a[stage - 1], self.a[stage]
        return stage > 1 and row == (*before, 1.0)


def parse(name: str, text: str) -> Tableau:
    """Return a method from the text of its file."""
    import tomllib

    data = tomllib.loads(text)
    return Tableau(
        name=name,
        source=data["source"],
        order=data["order"],
        gamma=data["gamma"],
        a=tuple(map(tuple, data["a"])),
        c=tuple(map(tuple, data["c"])),
        dense=tuple(map(tuple, data["dense"])),
    )


@cache
def tableau(name: str = DEFAULT_METHOD) -> Tableau:
    """Return a method by name.

    Raises
    ------
    InputError
        If there is no such method.

    Examples
    --------
    >>> method = tableau()
    >>> method.stages, method.order
    (8, 5)
    >>> round(method.nodes[-1], 12)
    1.0
    """
    from importlib import resources

    folder = resources.files("theratwin.dynamics.solving") / "tableaus"
    known = sorted(file.name.removesuffix(".toml") for file in folder.iterdir())
    if name not in known:
        raise InputError("unknown method", field="method", value=name, allowed=known)
    return parse(name, (folder / f"{name}.toml").read_text(encoding="utf-8"))
