"""Relative standard uncertainties of what the kernels rest on.

The first two are assumptions: mean energies of ICRP-107's spectra are good to about 1 %, ranges
(stopping powers of ICRU Report 90) and mean free paths (XCOM) to 1 to 2 %. The last is the noise of
the runs, stated in the tables.
"""

EMISSION, LENGTHS, NOISE = 0.01, 0.015, 0.003
