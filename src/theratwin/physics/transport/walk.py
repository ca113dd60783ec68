"""A straight walk of charged particles through voxels, losing energy evenly on the way."""

from __future__ import annotations

from theratwin.physics.transport.compiled import compiled
from theratwin.physics.transport.random_stream import uniform
from theratwin.physics.transport.scene import deposit

ARRIVED, CHANGED, LEFT = 0, 1, 2
_FAR = 1e30


@compiled
def walk(scene, tally, book, x, y, z, u, v, w, ix, iy, iz, path, loss, state):
    """Walk a path (g/cm2), losing energy (MeV cm2/g, times the weight) evenly.

    The walk ends where it arrives, where the material changes, or where it leaves the voxels.

    Returns
    -------
    tuple
        Place, voxel, the path that is left, and how it ended.
    """
    sx, sy, sz = scene.size
    nx, ny, nz = scene.shape
    voxel = (ix * ny + iy) * nz + iz
    matter = scene.matter[voxel]
    while True:
        rho = scene.density[voxel]
        if rho > 0.0:
            length = path / rho
            ex, ey, ez = x + length * u, y + length * v, z + length * w
            if within(ex, ix, sx) and within(ey, iy, sy) and within(ez, iz, sz):
                share = uniform(state) * length if scene.radial else 0.0
                x, y, z = x + share * u, y + share * v, z + share * w
                deposit(scene, tally, book, voxel, x, y, z, loss * path)
                return ex, ey, ez, ix, iy, iz, 0.0, ARRIVED
        ax, bx = to_face(x, u, ix, sx)
        ay, by = to_face(y, v, iy, sy)
        az, bz = to_face(z, w, iz, sz)
        far = min(ax, min(ay, az))
        mass = min(far * rho, path)
        deposit(scene, tally, book, voxel, x, y, z, loss * mass)
        x, y, z = x + far * u, y + far * v, z + far * w
        path -= mass
        if far == ax:
            ix += bx
            x = (ix if bx > 0 else ix + 1) * sx
        elif far == ay:
            iy += by
            y = (iy if by > 0 else iy + 1) * sy
        else:
            iz += bz
            z = (iz if bz > 0 else iz + 1) * sz
        if ix < 0 or iy < 0 or iz < 0 or ix >= nx or iy >= ny or iz >= nz:
            return x, y, z, ix, iy, iz, path, LEFT
        voxel = (ix * ny + iy) * nz + iz
        if scene.matter[voxel] != matter:
            return x, y, z, ix, iy, iz, path, CHANGED


@compiled
def within(at, index, size):
    """Return whether a coordinate lies in a voxel."""
    return index * size <= at <= (index + 1) * size


@compiled
def to_face(at, cosine, index, size):
    """Return how far the next face is along an axis, and which way the index goes there."""
    if cosine > 0.0:
        return max(((index + 1) * size - at) / cosine, 0.0), 1
    if cosine < 0.0:
        return max((index * size - at) / cosine, 0.0), -1
    return _FAR, 1
