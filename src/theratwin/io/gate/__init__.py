"""Exchange with the Monte Carlo code GATE 10: cases written for it, doses read back."""

from theratwin.io.gate.dose import GateDose, read_gate_dose
from theratwin.io.gate.export import write_gate_case

__all__ = ["GateDose", "read_gate_dose", "write_gate_case"]
