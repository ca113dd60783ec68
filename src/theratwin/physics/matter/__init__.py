"""Matter: materials, photon cross sections, stopping powers, and what CT numbers say of them."""

from theratwin.physics.matter.hounsfield import (
    density_of_hounsfield,
    material_index_of_hounsfield,
    schneider_materials,
)
from theratwin.physics.matter.material import Material, bragg_mean_excitation, material, materials
from theratwin.physics.matter.photons import (
    PhotonCoefficients,
    attenuation,
    form_factor_squared,
    photon_coefficients,
    scattering_function,
)
from theratwin.physics.matter.stopping import (
    collision_stopping_power,
    csda_range,
    heavy_stopping_power,
    radiative_stopping_power,
)
from theratwin.physics.matter.tables import Element, element, elements
from theratwin.physics.matter.transfer import compton_fraction, energy_transfer

__all__ = [
    "Element",
    "Material",
    "PhotonCoefficients",
    "attenuation",
    "bragg_mean_excitation",
    "collision_stopping_power",
    "compton_fraction",
    "csda_range",
    "density_of_hounsfield",
    "element",
    "elements",
    "energy_transfer",
    "form_factor_squared",
    "heavy_stopping_power",
    "material",
    "material_index_of_hounsfield",
    "materials",
    "photon_coefficients",
    "radiative_stopping_power",
    "scattering_function",
    "schneider_materials",
]
