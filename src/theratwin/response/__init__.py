"""What dose does: protraction."""

from theratwin.response.lea_catcheside import protraction_factor, protraction_integral
from theratwin.response.repair import Repair

__all__ = ["Repair", "protraction_factor", "protraction_integral"]
