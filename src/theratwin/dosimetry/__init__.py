"""From activity to absorbed dose: organ, lesion and marrow dose, uncertainty budget."""

from theratwin.dosimetry.budget import Budget, relative_spread
from theratwin.dosimetry.marrow import MarrowModel, marrow_model
from theratwin.dosimetry.self_dose import bodies, self_s_value

__all__ = [
    "Budget",
    "MarrowModel",
    "bodies",
    "marrow_model",
    "relative_spread",
    "self_s_value",
]
