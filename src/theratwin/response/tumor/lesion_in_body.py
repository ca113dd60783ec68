"""A lesion joined to the kinetics that feed it: one system, with feedback both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from theratwin.core import InputError
from theratwin.dynamics import Bolus, Dose, Network, couple, opened
from theratwin.response.tumor.scaled import scaled

#: What a body's lesion has that follows the tumor: the quantity, and the tumor's output.
_FOLLOWS = {
    "receptor_density": "receptor_factor",
    "capacity": "receptor_amount_factor",
    "plasma_perfusion": "perfusion_factor",
    "blood_perfusion": "perfusion_factor",
}
_VOLUME = "volume"


def lesion_in_body(
    body: Network,
    lesion: str,
    tumor: Network,
    activity: str = "",
    *,
    others: Mapping[str, Network] | None = None,
    links: Mapping[str, str] | None = None,
    measured: Iterable[str] = (),
) -> Network:
    r"""Return kinetics and a tumor as one system.

    The body's activity in the lesion goes to the tumor; the tumor's volume, and what follows from
    it (receptor density, perfusion), goes to the body in place of its parameters.

    Parameters
    ----------
    body
        A network of kinetics with the parameter ``LESION.volume`` (mL), and with any of
        ``LESION.receptor_density``, ``LESION.capacity`` (receptors in all),
        ``LESION.plasma_perfusion`` and ``LESION.blood_perfusion``.
    lesion
        The lesion's name there.
    tumor
        A tumor with ``self_dose`` that starts at the same volume.
    activity
        The observable (MBq) of the lesion's activity; ``activity.LESION`` if empty.
    others
        Further networks that belong to the system, by name space.
    links
        What their inputs, or others of the system, are bound to, as of `couple`.
    measured
        Further observables of the body that these are bound to, ``body.OBSERVABLE``.

    Returns
    -------
    Network
        Names of the body begin with ``body.``, those of the tumor with ``tumor.``. Doses to the
        body follow by `to_space`.

    Raises
    ------
    InputError
        If the lesion has no volume, or starts at another than the tumor.

    References
    ----------
    The feedback is that of ``pycno_coupled``.
    """
    known = {p.name: p for p in body.parameters}
    _check_volume(body, f"{lesion}.{_VOLUME}", tumor)
    if "activity" not in [port.name for port in tumor.inputs]:
        raise InputError(
            "the tumor takes no activity",
            field=f"network {tumor.name}",
            remedy="Build it with self_dose: tumor_network(self_dose=SelfDose.sphere(...))",
        )
    followed = {name: output for name, output in _FOLLOWS.items() if f"{lesion}.{name}" in known}
    own = activity or f"activity.{lesion}"
    inputs = [f"{lesion}.{name}" for name in (_VOLUME, *followed)]
    shown = dict.fromkeys((own, *measured))
    fragments = {"body": opened(body, inputs, shown), "tumor": tumor, **(others or {})}
    joined = {"tumor.activity": f"body.{own}", f"body.{lesion}.{_VOLUME}": "tumor.volume"}
    for name, output in followed.items():
        parameter = known[f"{lesion}.{name}"]
        fragments[name] = scaled(parameter.value, parameter.unit, name)
        joined[f"{name}.factor"] = f"tumor.{output}"
        joined[f"body.{lesion}.{name}"] = f"{name}.{name}"
    return couple(f"{body.name}-with-{lesion}", fragments, {**joined, **(links or {})})


def to_space(doses: Iterable[Dose], space: str = "body") -> tuple[Dose, ...]:
    """Return doses to a network that has become part of another, in a name space.

    Examples
    --------
    >>> to_space([Bolus("vein.hot", 0.0, 10.0)])[0].state
    'body.vein.hot'
    """
    return tuple(
        replace(dose, state=f"{space}.{dose.state}")
        if isinstance(dose, Bolus)
        else replace(dose, switch=f"{space}.{dose.switch}")
        for dose in doses
    )


def _check_volume(body: Network, name: str, tumor: Network) -> None:
    known = {p.name: p.value for p in body.parameters}
    if name not in known:
        raise InputError(
            "the body has no such lesion, or its volume is no parameter",
            field=f"network {body.name}",
            value=name,
            allowed=[each for each in known if each.endswith(f".{_VOLUME}")],
        )
    start = next(p.value for p in tumor.parameters if p.name == "initial_volume")
    if abs(start / known[name] - 1.0) > 1e-9:
        raise InputError(
            "the tumor starts at another volume than the lesion has in the body",
            field="initial_volume",
            value=start,
            allowed=f"{known[name]:g} mL",
            remedy="Give tumor_network(values={'initial_volume': ...})",
        )
