"""The one error family: what was wrong, where, what is allowed, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

#: So many choices are listed; of more, the few nearest to the value.
_MANY, _FEW = 40, 8


class TheratwinError(Exception):
    """Base of every error that theratwin raises on purpose.

    Parameters
    ----------
    message
        What is wrong, in one sentence.
    field
        The field, argument or path concerned, such as ``administrations[0].activity``.
    value
        The value given.
    allowed
        What is allowed, in words or as a list of choices; the nearest match of a wrong
        string among the choices is named.
    remedy
        What to do about it.

    Examples
    --------
    >>> print(InputError("unknown region", field="region", value="kidny",
    ...                  allowed=["kidneys", "liver"]))
    region: unknown region (given 'kidny'; nearest match 'kidneys'; allowed: kidneys, liver)
    """

    exit_status = 1

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        value: object = None,
        allowed: str | Iterable[str] | None = None,
        remedy: str | None = None,
    ) -> None:
        self.message = message
        self.field = field
        self.value = value
        self.allowed = allowed if allowed is None or isinstance(allowed, str) else tuple(allowed)
        self.remedy = remedy
        super().__init__(str(self))

    @property
    def nearest(self) -> str | None:
        """The allowed choice that is spelled most like the value given, if any is close."""
        if not isinstance(self.value, str) or not isinstance(self.allowed, tuple):
            return None
        return nearest_match(self.value, self.allowed)

    def __str__(self) -> str:
        details = []
        if self.value is not None:
            details.append(f"given {self.value!r}")
        if self.nearest:
            details.append(f"nearest match {self.nearest!r}")
        if self.allowed is not None:
            details.append(f"allowed: {self._choices(self.allowed)}")
        text = f"{self.field}: {self.message}" if self.field else self.message
        if details:
            text += f" ({'; '.join(details)})"
        if self.remedy:
            text += f". {self.remedy}"
        return text

    def _choices(self, allowed: str | tuple[str, ...]) -> str:
        if isinstance(allowed, str) or len(allowed) <= _MANY:
            return allowed if isinstance(allowed, str) else ", ".join(allowed)
        shown = nearest_matches(str(self.value), allowed, _FEW) or allowed[:_FEW]
        return f"{', '.join(shown)}, and {len(allowed) - len(shown):,} more"

    def at(self, place: str) -> TheratwinError:
        """Return the same error with ``place`` (a file, a line) put before its field."""
        located = f"{place}: {self.field}" if self.field else place
        return type(self)(
            self.message,
            field=located,
            value=self.value,
            allowed=self.allowed,
            remedy=self.remedy,
        )


class InputError(TheratwinError):
    """The input is wrong or incomplete."""

    exit_status = 2


class UnsupportedError(TheratwinError):
    """The input is sound but asks for what theratwin does not do; it is named."""

    exit_status = 3


class FitError(TheratwinError):
    """A solver or a fit failed."""

    exit_status = 4


class InfeasibleError(TheratwinError):
    """No plan satisfies the limits."""

    exit_status = 5


def nearest_match(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice spelled most like ``word`` (ignoring case), or None.

    Examples
    --------
    >>> nearest_match("Kidney", ["kidneys", "liver"])
    'kidneys'
    """
    return next(iter(nearest_matches(word, choices, 1)), None)


def nearest_matches(word: str, choices: Iterable[str], most: int) -> list[str]:
    """Return the choices spelled like ``word`` (ignoring case), the nearest first.

    Examples
    --------
    >>> nearest_matches("Kidney", ["liver", "kidneys", "kidney_left"], 2)
    ['kidneys', 'kidney_left']
    """
    by_folded = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(word.casefold(), by_folded, n=most, cutoff=0.6)
    return [by_folded[choice] for choice in found]
