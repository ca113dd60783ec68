"""Progress on what lasts over a second, on stderr, and on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


def watched(items: Sequence[T], doing: str) -> Iterator[T]:
    """Yield the items; show how many are done once a second has gone by.

    Parameters
    ----------
    items
        What is worked through.
    doing
        What is done with them, such as ``"Reading scans"``.

    Examples
    --------
    >>> [scan for scan in watched(["a", "b"], "Reading scans")]
    ['a', 'b']
    """
    if not sys.stderr.isatty():
        yield from items
        return
    began = monotonic()
    for number, item in enumerate(items):
        if monotonic() - began > 1:
            yield from _shown(items, number, doing)
            return
        yield item


def _shown(items: Sequence[T], done: int, doing: str) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=len(items), completed=done)
        for item in items[done:]:
            yield item
            progress.advance(task)


@contextmanager
def doing(what: str, *, quiet: bool = False) -> Iterator[None]:
    """Show that something lasts, on a terminal, while the body runs.

    Parameters
    ----------
    what
        What is done, such as ``"Calibrating"``.
    quiet
        Show nothing.

    Examples
    --------
    >>> with doing("Calibrating", quiet=True):
    ...     print("done")
    done
    """
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} ..."):
        yield


@contextmanager
def counting(what: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """Show how much is done, on a terminal, while the body runs.

    Parameters
    ----------
    what
        What is done, such as ``"Following particles"``.
    quiet
        Show nothing.

    Yields
    ------
    callable or None
        To be called with what is done and what there is to do; None where nothing is shown.

    Examples
    --------
    >>> with counting("Following particles", quiet=True) as told:
    ...     print(told)
    None
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
