"""Names that a model takes as a list."""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.core.errors import InputError


def listed(names: Iterable[str], field: str) -> tuple[str, ...]:
    """Return names as a tuple; one name alone would be read letter by letter and is refused.

    Raises
    ------
    InputError
        If the names are one text.

    Examples
    --------
    >>> listed(["lesion_1", "lesion_2"], "lesions")
    ('lesion_1', 'lesion_2')
    """
    if isinstance(names, str):
        raise InputError(
            "a list of names is meant", field=field, value=names, remedy=f"Write [{names!r}]"
        )
    return tuple(names)
