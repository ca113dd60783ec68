"""Lymphocytes of mice, scaled to a patient's lesion."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from theratwin.case import Schedule
from theratwin.core import Exponentials, Pieces
from theratwin.response import tissue
from theratwin.twin.therapy import Agents, DrivenLesion

INHIBITED = Agents(
    {"": Schedule.regular("7.4 GBq", cycles=1, every="6 weeks")},
    checkpoint=Pieces([0.0, 4000.0], [[1.0]]),
)
RATE = Exponentials.from_half_lives([[0.05], [0.3], [0.6]], [[51.0]])


def follow(volume: float):
    lesion = DrivenLesion(
        "lesion_1", np.full(3, volume), tissue("prostate_metastasis"), immune=True
    )
    return lesion.follow(RATE, INHIBITED, [0.0, 1000.0, 4000.0])


def test_lesions_of_any_size_are_killed_alike():
    """All populations are in proportion, and no lesion of the mouse is left."""
    assert_allclose(follow(0.01).log_kill, follow(100.0).log_kill, rtol=1e-5)


def test_what_is_left_of_a_lesion_is_not_killed_at_once():
    """Lymphocytes add kill, and no more of it than a hundred e-folds however few cells are left."""
    kill = follow(10.0).log_kill[:, -1]
    lesion = DrivenLesion("lesion_1", np.full(3, 10.0), tissue("prostate_metastasis"))
    alone = lesion.follow(RATE, Agents(INHIBITED.radiopharmaceuticals), [0.0, 4000.0])
    added = kill - alone.log_kill[:, -1]
    assert np.all(added > 0.0)
    assert np.all(added < 100.0)
