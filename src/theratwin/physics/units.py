"""Conversions that S values need."""

from __future__ import annotations

GY_PER_MEV_PER_GRAM = 1.602176634e-10  # exact: the elementary charge (SI 2019)
DECAYS_PER_MBQ_H = 3.6e9
MGY_PER_MBQ_S = 1e3 / 3600  # of Gy/(MBq h)
