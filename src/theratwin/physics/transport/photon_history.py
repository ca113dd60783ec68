"""A photon from its birth to its end, by Woodcock's method."""

from __future__ import annotations

import math

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.directions import isotropic, turned
from theratwin.physics.transport.photon_collisions import (
    COMPTON,
    MASS,
    PHOTO,
    RAYLEIGH,
    attenuation,
    compton,
    electron_cosine,
    energy_place,
    fluorescence,
    interpolated,
    kind_of_collision,
    photoelectron,
    rayleigh,
)
from theratwin.physics.transport.random_stream import uniform
from theratwin.physics.transport.scene import (
    CREATED,
    ELECTRON,
    ESCAPED,
    PHOTON,
    POSITRON,
    add,
    deposit,
    push,
)


@compiled
def follow_photon(scene, row, stack, height, tally, kerma, book, state):
    """Follow the photon of a stack's row to its end; return the height of the stack."""
    energy, x, y, z = row[1], row[2], row[3], row[4]
    u, v, w, weight = row[5], row[6], row[7], row[8]
    born = row[0] < 0  # straight from the source
    tables = scene.photons
    nx, ny, nz = scene.shape
    sx, sy, sz = scene.size
    place = energy_place(tables, energy)
    majorant = interpolated(scene.majorant, place)
    while True:
        if scene.radial and born:
            path, share = _spread_path(scene, majorant, state)
            weight *= share
            born = False
        else:
            path = -math.log(1.0 - uniform(state)) / majorant
        x += path * u
        y += path * v
        z += path * w
        ix, iy, iz = _voxel_at(x, sx), _voxel_at(y, sy), _voxel_at(z, sz)
        if ix < 0 or iy < 0 or iz < 0 or ix >= nx or iy >= ny or iz >= nz:
            book[ESCAPED] += energy * weight
            return height
        voxel = (ix * ny + iy) * nz + iz
        if scene.response.size > 0 and scene.region[voxel] >= 0:
            # the collisions of a uniform density are an estimate of the fluence
            value = interpolated(scene.response, place) / majorant
            add(kerma, scene.region[voxel], value * weight)
        matter = scene.matter[voxel]
        real = scene.density[voxel] * attenuation(tables, matter, place)
        if uniform(state) * majorant >= real:
            continue
        kind = kind_of_collision(tables, matter, place, state)
        if kind == RAYLEIGH:
            cosine = rayleigh(tables, matter, energy, state)
            u, v, w = turned(u, v, w, cosine, 2.0 * math.pi * uniform(state))
            continue
        if kind == COMPTON:
            energy, u, v, w, height = _scatter(
                scene, stack, height, tally, book, matter, voxel, energy, x, y, z, u, v, w, weight,
                state,
            )  # fmt: skip
            if energy <= scene.photon_cutoff:
                deposit(scene, tally, book, voxel, x, y, z, energy * weight)
                return height
            place = energy_place(tables, energy)
            majorant = interpolated(scene.majorant, place)
            continue
        if kind == PHOTO:
            line = fluorescence(tables, matter, place, state)
            return _absorb(
                scene, stack, height, tally, book, voxel, energy, line, x, y, z, u, v, w, weight,
                state,
            )  # fmt: skip
        return _pair(
            scene, stack, height, tally, book, voxel, energy, x, y, z, u, v, w, weight, state
        )


@compiled
def _voxel_at(at, size):
    """Return the index of the voxel of a coordinate, negative before the first."""
    return int(math.floor(at / size))  # noqa: RUF046 (a GPU's floor is no integer)


@compiled
def _scatter(
    scene, stack, height, tally, book, matter, voxel, energy, x, y, z, u, v, w, weight, state
):
    """Return energy and direction after Compton scattering, and the stack with the electron."""
    kept, cosine = compton(scene.photons, matter, energy, state)
    azimuth = 2.0 * math.pi * uniform(state)
    given = energy * (1.0 - kept)
    a, b, c = turned(u, v, w, electron_cosine(energy, kept, cosine), azimuth + math.pi)
    height = _free(scene, stack, height, tally, book, voxel, given, x, y, z, a, b, c, weight)
    u, v, w = turned(u, v, w, cosine, azimuth)
    return energy * kept, u, v, w, height


@compiled
def _absorb(
    scene, stack, height, tally, book, voxel, energy, line, x, y, z, u, v, w, weight, state
):
    """Free the photoelectron, and the K line that follows if it is above the cutoff."""
    if line > scene.photon_cutoff:
        a, b, c = isotropic(state)
        height = push(stack, height, PHOTON, line, x, y, z, a, b, c, weight)
        energy -= line
    a, b, c = turned(u, v, w, photoelectron(energy, state), 2.0 * math.pi * uniform(state))
    return _free(scene, stack, height, tally, book, voxel, energy, x, y, z, a, b, c, weight)


@compiled
def _spread_path(scene, attenuation, state):
    """Return a first path and its weight: half of them spread evenly over the decades of r."""
    low, high = math.exp(scene.log_radius), 3.0 / attenuation
    spread = math.log(high / low)
    if spread <= 0.0:
        return -math.log(1.0 - uniform(state)) / attenuation, 1.0
    if uniform(state) < 0.5:
        path = -math.log(1.0 - uniform(state)) / attenuation
    else:
        path = low * math.exp(spread * uniform(state))
    wanted = attenuation * math.exp(-attenuation * path)
    mixed = 0.5 * wanted
    if low <= path <= high:
        mixed += 0.5 / (path * spread)
    return path, wanted / mixed


@compiled
def _free(scene, stack, height, tally, book, voxel, energy, x, y, z, u, v, w, weight):
    """Set an electron free, or leave its energy where it is."""
    if not scene.follow_electrons or energy <= scene.electron_cutoff:
        deposit(scene, tally, book, voxel, x, y, z, energy * weight)
        return height
    return push(stack, height, ELECTRON, energy, x, y, z, u, v, w, weight)


@compiled
def _pair(scene, stack, height, tally, book, voxel, energy, x, y, z, u, v, w, weight, state):
    """Part the energy evenly at random between electron and positron; both go near forward."""
    kinetic = energy - 2.0 * MASS
    if kinetic <= 0.0:  # the tables reach a little below the threshold
        deposit(scene, tally, book, voxel, x, y, z, energy * weight)
        return height
    book[CREATED] -= 2.0 * MASS * weight
    share = kinetic * uniform(state)
    azimuth = 2.0 * math.pi * uniform(state)
    cosine = math.cos(min(MASS / energy, 1.0))
    a, b, c = turned(u, v, w, cosine, azimuth)
    height = _free(scene, stack, height, tally, book, voxel, share, x, y, z, a, b, c, weight)
    a, b, c = turned(u, v, w, cosine, azimuth + math.pi)
    if scene.follow_electrons:
        return push(stack, height, POSITRON, kinetic - share, x, y, z, a, b, c, weight)
    deposit(scene, tally, book, voxel, x, y, z, (kinetic - share) * weight)
    if scene.annihilates:
        height = annihilate(scene, stack, height, book, x, y, z, weight, state)
    return height


@compiled
def annihilate(scene, stack, height, book, x, y, z, weight, state):
    """Push the two quanta of a positron at rest."""
    book[CREATED] += 2.0 * MASS * weight
    a, b, c = isotropic(state)
    height = push(stack, height, PHOTON, MASS, x, y, z, a, b, c, weight)
    return push(stack, height, PHOTON, MASS, x, y, z, -a, -b, -c, weight)
