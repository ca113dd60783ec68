"""Relative standard uncertainties of what the kernels rest on.

The first two are assumptions: mean energies of ICRP-107's spectra are good to about 1 %, ranges
(stopping powers of ICRU Report 90) and mean free paths (XCOM) to 1 to 2 %. The noise of the runs is
stated in the tables. Bremsstrahlung is rare in the runs, and its spectrum is approximate.
"""

EMISSION, LENGTHS, NOISE, BREMSSTRAHLUNG = 0.01, 0.015, 0.003, 0.1
