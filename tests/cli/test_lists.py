"""Options that take several values."""

from __future__ import annotations

import pytest

from theratwin.cli.lists import assignments, repeated, split_files
from theratwin.core.errors import InputError


@pytest.mark.parametrize(
    ("words", "spread"),
    [
        (["--x", "1", "2", "3"], ["--x", "1", "--x", "2", "--x", "3"]),
        (["--x=1", "2", "--y", "3"], ["--x=1", "--x", "2", "--y", "3"]),
        (["--x", "--odd", "2"], ["--x", "--odd", "--x", "2"]),
        (["--y", "1", "2"], ["--y", "1", "2"]),
        (["1", "--x"], ["1", "--x"]),
    ],
)
def test_only_repeatable_options_take_more(words, spread):
    assert repeated(words, {"--x"}) == spread


def test_a_file_with_a_comma_in_its_name_is_one_file(tmp_path):
    odd = tmp_path / "a,b.nii"
    odd.touch()
    assert split_files([str(odd), "c.nii,d.nii"])[0] == odd
    assert len(split_files([str(odd), "c.nii,d.nii"])) == 3


@pytest.mark.parametrize("entry", ["liver", "=0.5", "liver="])
def test_half_an_assignment_is_refused(entry):
    with pytest.raises(InputError, match="NAME=VALUE"):
        assignments("recovery", [entry])
