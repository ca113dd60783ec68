"""Blood counts under radiation and drugs: stem cells, lines, nadirs, grades."""

from theratwin.response.blood.counts import BloodCounts, blood_counts
from theratwin.response.blood.docetaxel import docetaxel_course, docetaxel_kinetics
from theratwin.response.blood.friberg import friberg
from theratwin.response.blood.grades import grade
from theratwin.response.blood.hematopoiesis import LINES, hematopoiesis
from theratwin.response.blood.nadir import RECOVERED, Nadir, nadir

__all__ = [
    "LINES",
    "RECOVERED",
    "BloodCounts",
    "Nadir",
    "blood_counts",
    "docetaxel_course",
    "docetaxel_kinetics",
    "friberg",
    "grade",
    "hematopoiesis",
    "nadir",
]
