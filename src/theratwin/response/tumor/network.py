"""A tumor that grows, is killed, clears its dead cells, and changes what it takes up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from theratwin.core import Fixed, InputError, Parameter, parameter_set
from theratwin.dynamics import Expression, Network, NetworkBuilder, exp, log
from theratwin.response.sublethal import LN2
from theratwin.response.tissues import Tissue, tissue
from theratwin.response.tumor.growth import GrowthLaw, growth_law
from theratwin.response.tumor.linear_quadratic_hazard import add_linear_quadratic_hazard
from theratwin.response.tumor.self_dose import SelfDose

#: Ports that a tumor may have besides those of its kill.
FURTHER_INPUTS = {"hazard.other": "1/h", "dose_rate.other": "Gy/h"}
KILLS = ("linear-quadratic", "hazard")


def tumor_network(
    growth: str = "exponential",
    *,
    kill: str = "linear-quadratic",
    cells: Tissue | None = None,
    self_dose: SelfDose | None = None,
    further_inputs: Iterable[str] = (),
    values: Mapping[str, float] | None = None,
) -> Network:
    r"""Return a tumor as a network with ports.

    .. math:: \frac{d}{dt} \ln L = g(V) - h, \qquad \dot D = h L - k_c D, \qquad V = L + D

    with the volume L of living cells and D of dead ones, the growth rate g of `GrowthLaw` at the
    whole volume, and the hazard h of the cells' model. Receptor density and blood flow follow the
    volume as :math:`(V/V_0)^q`; with ``self_dose``, :math:`\dot D = S(\rho V) A`.

    Parameters
    ----------
    growth
        ``exponential``, ``gompertz`` or ``logistic``.
    kill
        ``linear-quadratic``: built in, of a dose rate. ``hazard``: the input ``hazard`` (1/h) is
        bound to that of any cell model.
    cells
        Radiosensitivity and repair for ``linear-quadratic``; ``prostate_metastasis`` if None.
    self_dose
        S value over mass. The tumor's activity (MBq) is then the input, not its dose rate.
    further_inputs
        ``hazard.other`` (1/h), such as that of immune cells; ``dose_rate.other`` (Gy/h), with
        ``self_dose``, of external beams and neighbors.
    values
        Parameters that differ from the parameter set ``response/tumor``.

    Returns
    -------
    Network
        Inputs ``dose_rate`` (Gy/h) or ``activity`` (MBq), or ``hazard``, and those asked for.
        Outputs ``volume``, ``living`` (mL), ``receptor_factor`` of the receptor density,
        ``receptor_amount_factor``, ``flow_factor``, ``perfusion_factor`` (flow per volume),
        ``total_hazard`` (1/h), with ``self_dose`` also ``s_value`` and ``dose_rate``. Observables
        of the same names, ``dead`` (mL), ``diameter`` (mm) and ``log_living_volume``, the
        logarithm of the living mL; quadratures ``log_kill`` and ``dose`` (Gy).

    Raises
    ------
    InputError
        If a name is unknown, or an option would have no effect.

    References
    ----------
    The feedback on volume, S value and receptors: ``pycno_coupled``; living and dead mass:
    ``italia_code``.

    Examples
    --------
    >>> network = tumor_network("gompertz", self_dose=SelfDose.sphere("Lu-177"))
    >>> [port.name for port in network.inputs]
    ['activity']
    >>> [port.name for port in network.outputs][:4]
    ['volume', 'living', 'receptor_factor', 'flow_factor']
    """
    law = growth_law(growth)
    wanted = tuple(further_inputs)
    _check(kill, cells, self_dose, wanted)
    b = NetworkBuilder("tumor")
    p = _Parameters(b, values or {})
    tumor = _Tumor(b, p, law)
    dose_rate = _dose_rate(b, p, tumor, kill, self_dose, wanted)
    hazard = _hazard(b, kill, cells, dose_rate)
    if "hazard.other" in wanted:
        hazard = hazard + b.input("hazard.other", "1/h")
    tumor.killed_at(hazard)
    p.check_all_used(growth)
    _report(b, hazard, dose_rate)
    return b.freeze()


class _Parameters:
    """The parameters of ``response/tumor``, added when one is asked for."""

    def __init__(self, b: NetworkBuilder, values: Mapping[str, float]) -> None:
        self._known = parameter_set("response", "tumor")
        self._builder, self._values = b, dict(values)
        self._added: dict[str, Expression] = {}

    def __getitem__(self, name: str) -> Expression:
        if name not in self._added:
            self._added[name] = self._builder.parameter(self._parameter(name))
        return self._added[name]

    def _parameter(self, name: str) -> Parameter:
        known = self._known[name]
        if name not in self._values:
            return known
        given = Fixed(float(self._values[name]))
        return replace(known, distribution=given, source="assumption", note="Given.", where="")

    def check_all_used(self, growth: str) -> None:
        for name in self._values:
            if name not in self._added:
                raise InputError(
                    f"no parameter of this tumor, which grows by the law {growth!r}",
                    field="values",
                    value=name,
                    allowed=sorted(self._added),
                )


@dataclass
class _Tumor:
    """The states and what follows from them."""

    b: NetworkBuilder
    p: _Parameters
    law: GrowthLaw

    def __post_init__(self) -> None:
        start = self.p["initial_volume"]
        # As a logarithm the living cells stay positive, and exact to the last of them.
        self.log_living = self.b.variable("log_living", 0.0)
        self.dead = self.b.variable("dead_volume", 0.0, "mL")
        self.living = self.b.rule("living_volume", start * exp(self.log_living), "mL")
        self.volume = self.b.rule("whole_volume", self.living + self.dead, "mL")
        self.relative = self.b.rule("relative_volume", self.volume / start)
        self._give("volume", self.volume, "mL")
        self._give("living", self.living, "mL")
        for name in ("receptor", "flow"):
            self._give(f"{name}_factor", self.relative ** self.p[f"{name}_exponent"], "")
        per_volume = self.relative ** (self.p["flow_exponent"] - 1.0)
        self._give("perfusion_factor", per_volume, "")
        in_all = self.relative ** (1.0 + self.p["receptor_exponent"])
        self._give("receptor_amount_factor", in_all, "")
        self.b.observable("dead", self.dead, "mL")
        milliliter = self.b.parameter("unit.volume", 1.0, "mL", note="Carries a unit.")
        millimeter = self.b.parameter("unit.length", 1.0, "mm", note="Carries a unit.")
        logarithm = log(start / milliliter) + self.log_living
        self.b.observable("log_living_volume", logarithm, "")
        cube = 6e3 / 3.141592653589793 * (self.volume / milliliter)
        self.b.observable("diameter", cube ** (1.0 / 3.0) * millimeter, "mm")

    def _give(self, name: str, value: Expression, unit: str) -> None:
        self.b.output(name, value, unit)
        self.b.observable(name, value, unit)

    def killed_at(self, hazard: Expression) -> None:
        """Give the states their rates."""
        p = self.p
        at = (p["reference_volume"], p["capacity"]) if self.law.limited else ()
        growth = self.law.rate(self.volume, p["doubling_time"], *at, log=log)
        self.b.rate(self.log_living, growth - hazard)
        cleared = LN2 / p["clearance_half_time"] * self.dead
        self.b.rate(self.dead, hazard * self.living - cleared)

    def s_value(self, law: SelfDose) -> Expression:
        gram = self.b.parameter("unit.mass", 1.0, "g", note="Carries a unit.")
        unit = self.b.parameter("unit.s_value", 1.0, "Gy/(MBq h)", note="Carries a unit.")
        value = law.expression(self.p["density"] * self.volume, gram, unit)
        return self.b.rule("self_dose", value, "Gy/(MBq h)")


def _dose_rate(
    b: NetworkBuilder,
    p: _Parameters,
    tumor: _Tumor,
    kill: str,
    self_dose: SelfDose | None,
    wanted: tuple[str, ...],
) -> Expression | None:
    """Add what the dose rate (Gy/h) comes from; None if the hazard alone comes in."""
    if self_dose is None:
        return b.input("dose_rate", "Gy/h") if kill == "linear-quadratic" else None
    s_value = tumor.s_value(self_dose)
    rate = s_value * b.input("activity", "MBq")
    if "dose_rate.other" in wanted:
        rate = rate + b.input("dose_rate.other", "Gy/h")
    rate = b.rule("whole_dose_rate", rate, "Gy/h")
    for name, value, unit in (("s_value", s_value, "Gy/(MBq h)"), ("dose_rate", rate, "Gy/h")):
        b.output(name, value, unit)
        b.observable(name, value, unit)
    return rate


def _hazard(
    b: NetworkBuilder, kill: str, cells: Tissue | None, dose_rate: Expression | None
) -> Expression:
    if kill == "hazard":
        return b.input("hazard", "1/h")
    assert dose_rate is not None
    known = tissue("prostate_metastasis") if cells is None else cells
    return add_linear_quadratic_hazard(b, dose_rate, known)


def _report(b: NetworkBuilder, hazard: Expression, dose_rate: Expression | None) -> None:
    b.observable("total_hazard", hazard, "1/h")
    b.output("total_hazard", hazard, "1/h")
    b.quadrature("log_kill", hazard, "")
    if dose_rate is not None:
        b.quadrature("dose", dose_rate, "Gy")


def _check(
    kill: str, cells: Tissue | None, self_dose: SelfDose | None, wanted: tuple[str, ...]
) -> None:
    if kill not in KILLS:
        raise InputError("unknown kill", field="kill", value=kill, allowed=KILLS)
    if kill == "hazard" and cells is not None:
        raise InputError(
            "the cells' radiosensitivity has no effect where their hazard comes in",
            field="cells",
            remedy="Leave it out, or take kill='linear-quadratic'",
        )
    for name in wanted:
        if name not in FURTHER_INPUTS:
            raise InputError(
                "unknown input", field="further_inputs", value=name, allowed=FURTHER_INPUTS
            )
    if "dose_rate.other" in wanted and self_dose is None:
        raise InputError(
            "without self_dose all dose comes in through dose_rate",
            field="further_inputs",
            value="dose_rate.other",
            remedy="Add it to what dose_rate is bound to",
        )
