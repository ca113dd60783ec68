"""Citations: well formed, found by key."""

from __future__ import annotations

import re

import pytest

from theratwin.core import InputError, citation
from theratwin.core.citation import _library


@pytest.mark.parametrize("key", sorted(_library()))
def test_each_is_well_formed(key):
    found = citation(key)
    assert re.fullmatch(r"[a-z0-9_]+", key)
    assert found.authors
    assert found.title
    assert found.source
    assert not found.title.endswith(".")
    assert isinstance(found.year, int)
    assert 1800 < found.year < 2100
    assert re.fullmatch(r"|10\.\d{4,}/\S+", found.doi)
    assert found.url == (f"https://doi.org/{found.doi}" if found.doi else "")


def test_dois_stand_once():
    dois = [entry.doi for entry in _library().values() if entry.doi]
    assert len(dois) == len(set(dois))


def test_unknown_key_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="nearest match 'kletting_2016'"):
        citation("kletting_2061")
