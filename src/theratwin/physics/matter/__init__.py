"""Matter: materials, photon cross sections, stopping powers, and what CT numbers say of them."""

from theratwin.physics.matter.material import Material, bragg_mean_excitation, material, materials
from theratwin.physics.matter.photons import (
    PhotonCoefficients,
    attenuation,
    form_factor_squared,
    photon_coefficients,
    scattering_function,
)
from theratwin.physics.matter.tables import Element, element, elements
from theratwin.physics.matter.transfer import compton_fraction, energy_transfer

__all__ = [
    "Element",
    "Material",
    "PhotonCoefficients",
    "attenuation",
    "bragg_mean_excitation",
    "compton_fraction",
    "element",
    "elements",
    "energy_transfer",
    "form_factor_squared",
    "material",
    "materials",
    "photon_coefficients",
    "scattering_function",
]
