"""Provenance: inputs by content, and a round trip through JSON."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from theratwin.core import Provenance
from theratwin.core.provenance import sha256

# sha256 of "abc", FIPS 180-2 appendix B.1.
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_round_trip_through_json(tmp_path):
    file = tmp_path / "scan.csv"
    file.write_text("abc")
    made = Provenance.now(inputs=[file], seed=3, parameter_sets=["response/clinical_limits"])
    assert Provenance.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert made.inputs == {"scan.csv": ABC}
    assert set(made.versions) == {"python", "theratwin", "numpy", "scipy"}
    assert datetime.fromisoformat(made.created).utcoffset() == timedelta(0)


def test_inputs_of_the_same_name_are_kept_apart(tmp_path):
    for day in ("day1", "day2"):
        (tmp_path / day).mkdir()
        (tmp_path / day / "scan.nii").write_text(day)
    files = [tmp_path / day / "scan.nii" for day in ("day1", "day2")]
    assert Provenance.now(inputs=files).inputs == {f.as_posix(): sha256(f) for f in files}
