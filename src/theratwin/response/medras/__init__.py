"""Repair and misrepair of DNA double-strand breaks: MEDRAS, and theratwin's extension of it."""

from theratwin.response.medras.alpha_medras import AlphaMedras
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.medras import Medras
from theratwin.response.medras.rpt.medras_rpt import MedrasRpt
from theratwin.response.medras.rpt.network import rpt_network
from theratwin.response.medras.rpt.options import Options

__all__ = ["AlphaMedras", "CellLine", "Medras", "MedrasRpt", "Options", "rpt_network"]
