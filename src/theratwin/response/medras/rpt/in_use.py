"""Which parameters a choice of options uses, so that none is given in vain."""

from __future__ import annotations

from theratwin.response.medras.cell_line import ASYNCHRONOUS
from theratwin.response.medras.rpt.options import Options


def is_used(name: str, options: Options, phase: str = ASYNCHRONOUS) -> bool:
    """Return whether a parameter of MEDRAS or of the extension has any effect.

    Examples
    --------
    >>> [is_used("checkpoint.breaks", Options(checkpoint=on)) for on in (False, True)]
    [False, True]
    """
    group, _, rest = name.partition(".")
    frozen = options.cycle == "frozen"
    if group == "inhibition":
        purpose, _, kinase = rest.partition("_by_")
        return kinase in options.drugs and (purpose == "hr" or options.checkpoint)
    conditions = {
        "duration": not frozen,
        "checkpoint": options.checkpoint,
        "delay": options.cycle_delay,
        "senescence": options.senescence,
        "delayed": options.delayed_death > 0,
        "hypersensitivity": options.hypersensitivity,
        "single_strand": options.single_strand_breaks,
        "fork": options.stalled_forks,
        # Of the published model: foci are its own, ions are not done, and mixtures grow here.
        "foci_rate": False,
        "nuclear_radius": False,
        "asynchronous": frozen and phase == ASYNCHRONOUS,
        "arrest": frozen or rest != "time",
    }
    return conditions.get(group, True)
