"""Where in a nucleus two broken ends meet: what misrepair costs, from geometry alone."""

from __future__ import annotations

from typing import Any, NamedTuple

from theratwin.core._arrays import as_float, namespace

#: A distribution of misrepair that is skewed has a mean above its bulk (published program).
_SKEW = (0.7567, 0.2433, 5.3924)
#: Shells between the centromere and the end of an arm.
_SHELLS = 100


class Misrejoining(NamedTuple):
    """What two wrongly joined ends are: parts of all misrejoining, any shape.

    Attributes
    ----------
    between_chromosomes
        Of two chromosomes.
    large_deletion
        Of one chromosome, with a lethal length between.
    between_arms
        Of one chromosome, across its centromere.
    """

    between_chromosomes: Any
    large_deletion: Any
    between_arms: Any


def meeting_integral(sigma: Any, radius: Any = 1.0, reach: Any = None) -> Any:
    r"""Return :math:`\theta(R, r)`: how much of a sphere lies around a random break in it.

    .. math:: \theta = \frac{\pi\sigma^2}{4R^3}\Big\{8\sqrt{2\pi} R^3 \sigma\,
              \mathrm{erf}\frac{r}{\sqrt{2}\sigma} - e^{-r^2/2\sigma^2}\big[r^4
              + 4r^2(\sigma^2 - 3R^2) + 16 r R^3 + 8\sigma^2(\sigma^2 - 3R^2)\big]
              + 8\sigma^4 - 24R^2\sigma^2\Big\}

    Ends meet with a Gaussian weight of their distance, up to the distance r.

    Parameters
    ----------
    sigma
        Standard deviation of the distance over which ends meet, in nuclear radii.
    radius
        Radius R of the sphere, in nuclear radii.
    reach
        Largest distance r, in nuclear radii; the sphere's diameter if None.

    Returns
    -------
    Array
        In cubes of the nuclear radius.

    References
    ----------
    Citation ``mcmahon_2016``.

    Examples
    --------
    >>> print(f"{meeting_integral(0.04187):.6e}")
    1.098158e-03
    """
    reach = 2.0 * radius if reach is None else reach
    sigma, radius, reach = as_float(sigma), as_float(radius), as_float(reach)
    xp = namespace(sigma, radius, reach)
    square, sphere = sigma**2, radius**2
    near = 8.0 * xp.sqrt(2.0 * xp.pi) * radius**3 * sigma * _erf(reach / (xp.sqrt(2.0) * sigma))
    shape = (
        reach**4
        + 4.0 * reach**2 * (square - 3.0 * sphere)
        + 16.0 * reach * radius**3
        + 8.0 * square * (square - 3.0 * sphere)
    )
    far = xp.exp(-(reach**2) / (2.0 * square)) * shape
    return (
        xp.pi * square / (4.0 * radius**3) * (near - far + 8.0 * square * (square - 3.0 * sphere))
    )


def misrepair_coefficient(sigma: Any) -> Any:
    r"""Return :math:`\eta`: the odds that an end meets a wrong one, per other break.

    .. math:: \eta = \frac{2\,\theta(1)}{\tfrac43\pi
              \left[0.7567 + 0.2433\,(1 - e^{-5.3924\sigma})\right]}

    References
    ----------
    Citation ``mcmahon_2016``; the correction for skewness as in the published program.

    Examples
    --------
    >>> print(f"{misrepair_coefficient(0.04187):.5e}")
    6.50639e-04
    """
    xp = namespace(sigma)
    base, rest, rate = _SKEW
    skew = base + rest * (1.0 - xp.exp(-rate * as_float(sigma)))
    return 2.0 * meeting_integral(sigma) / (4.0 / 3.0 * xp.pi * skew)


def misrejoining(
    sigma: Any, genome: Any, chromosomes: Any, copies: float, large_deletion: Any
) -> Misrejoining:
    r"""Return what misrejoined ends are, in a nucleus whose chromosomes are spheres.

    With the chromosome's radius :math:`r_c = N^{-1/3}` and :math:`\theta` as in
    `meeting_integral`,

    .. math:: p_{inter} = 1 - \frac{\theta(r_c)}{\theta(1)}, \qquad
              p_{del} = (1 - p_{inter})
              \left[1 - \frac{\theta(r_c, (3/\mathrm{dna})^{1/3})}{\theta(r_c)}\right];

    a misrejoining across the centromere is averaged over a hundred distances from it.

    Parameters
    ----------
    sigma
        As in `meeting_integral`.
    genome
        Mbp of the cell in its phase.
    chromosomes
        Their number.
    copies
        Of each stretch of DNA in this phase: 1 in G1, 1.5 in S, 2 in G2.
    large_deletion
        Mbp from which a deletion is lethal.

    References
    ----------
    Citation ``mcmahon_2016``.

    Examples
    --------
    >>> print(["%.6f" % part for part in misrejoining(0.04187, 6100.0, 46.0, 1.0, 3.0)])
    ['0.134877', '0.242628', '0.037301']
    """
    xp = namespace(sigma, genome, chromosomes, large_deletion)
    radius = as_float(chromosomes) ** (-1.0 / 3.0)
    within = meeting_integral(sigma, radius)
    between = 1.0 - within / meeting_integral(sigma)
    reach = (large_deletion / as_float(genome)) ** (1.0 / 3.0)
    large = (1.0 - between) * (1.0 - meeting_integral(sigma, radius, reach) / within)
    # Half a chromosome, as single DNA, spans this distance.
    farthest = (1.0 / (2.0 * as_float(chromosomes) * copies)) ** (1.0 / 3.0)
    part = xp.arange(1, _SHELLS + 1) / _SHELLS
    weight = xp.diff(part**3, prepend=0.0)
    sigma, radius, farthest, within = (
        as_float(x)[..., None] for x in (sigma, radius, farthest, within)
    )
    beyond = 1.0 - meeting_integral(sigma, radius, farthest * part) / within
    return Misrejoining(between, large, xp.sum(beyond * weight, axis=-1))


def lethal_part(phase: str, parts: Misrejoining) -> Any:
    """Return how much of misrejoining is lethal: half of exchanges are, and what a phase adds.

    In G1 and M, which repairs in G1, half of the large deletions; in G2 what crosses the
    centromere; in S the mean of both.
    """
    exchanged = 0.5 * parts.between_chromosomes
    if phase == "G2":
        return exchanged + parts.between_arms
    if phase == "S":
        return exchanged + 0.25 * parts.large_deletion + 0.5 * parts.between_arms
    return exchanged + 0.5 * parts.large_deletion


def visible_part(phase: str, parts: Misrejoining) -> Any:
    """Return how much of misrejoining is seen in a chromosome spread.

    In G1 what is lethal; in G2 every exchange, and deletions within an arm too.
    """
    if phase not in ("S", "G2"):
        return lethal_part(phase, parts)
    within = 1.0 - parts.between_arms / (1.0 - parts.between_chromosomes)
    doubled = parts.between_chromosomes + parts.between_arms + parts.large_deletion * within
    if phase == "G2":
        return doubled
    return 0.5 * (lethal_part("G1", parts) + doubled)


def _erf(x: Any) -> Any:
    if namespace(x) is not namespace():
        from jax.scipy.special import erf
    else:
        from scipy.special import erf
    return erf(x)
