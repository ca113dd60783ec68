"""How a nuclide and its chain are told to a reader."""

from __future__ import annotations

import textwrap
from typing import Any

_KINDS = {
    "gamma": "gamma",
    "x_ray": "X rays",
    "annihilation": "annihilation",
    "beta_minus": "beta-",
    "beta_plus": "beta+",
    "conversion": "conversion e-",
    "auger": "Auger e-",
    "alpha": "alpha",
    "recoil": "recoil",
}
_LEAST = 1e-9  # decays for each of the parent's, below which a member is only named
# hours of each unit, and up to how many hours it is used
_UNITS = (
    ("us", 1e-6 / 3600, 1e-3 / 3600),
    ("ms", 1e-3 / 3600, 1 / 3600),
    ("s", 1 / 3600, 120 / 3600),
    ("min", 1 / 60, 2.0),
    ("h", 1.0, 80.0),
    ("d", 24.0, 730 * 24.0),
    ("y", 24 * 365.2422, float("inf")),
)


def half_life(hours: float) -> str:
    """Return a half-life in the unit that suits it.

    Examples
    --------
    >>> half_life(159.528), half_life(45.59 / 60), half_life(4.2e-6 / 3600), half_life(64.1)
    ('6.647 d', '45.59 min', '4.2 us', '64.1 h')
    """
    unit, size = next((name, size) for name, size, below in _UNITS if hours < below)
    return f"{hours / size:.5g} {unit}"


def nuclide_text(value: dict[str, Any]) -> str:
    """Return the text of ``theratwin nuclide show`` for the value that ``--json`` prints."""
    name, hours = value["name"], value["half_life_h"]
    told = half_life(hours)
    lines = [f"{name}: half-life {told}" + ("" if told.endswith(" h") else f" ({hours:.6g} h)")]
    lines += [_branch(branch) for branch in value["branches"]]
    chain = value.get("chain")
    if chain:
        lines += ["", *_members(name, chain["members"])]
    lines += ["", *_energies(name, value, chain)]
    return "\n".join(lines)


def _branch(branch: dict[str, Any]) -> str:
    if branch["daughter"] is None:
        return f"  {branch['fraction']:<9.6g} spontaneous fission"
    stable = ", stable" if branch["stable"] else ""
    return f"  {branch['fraction']:<9.6g} {branch['mode']:<12} to {branch['daughter']}{stable}"


def _members(parent: str, members: list[dict[str, Any]]) -> list[str]:
    lines = [
        f"Chain: decays within a year, and their energy, for each decay of {parent}",
        "",
        f"  {'member':<9} {'half-life':<12} {'decays':>10} {'MeV':>10}",
    ]
    shown = [member for member in members if member["decays"] >= _LEAST]
    for member in shown:
        lines.append(
            f"  {member['name']:<9} {half_life(member['half_life_h']):<12} "
            f"{member['decays']:>10.5g} {_number(member['energy_MeV']):>10}"
        )
    if rest := [member["name"] for member in members if member not in shown]:
        text = f"and {len(rest)} more with less than {_LEAST:g} decays: {', '.join(rest)}"
        lines += textwrap.wrap(text, 88, initial_indent="  ", subsequent_indent="  ")
    return lines


def _energies(name: str, value: dict[str, Any], chain: dict[str, Any] | None) -> list[str]:
    """Return the table of energies: the nuclide's own, and with its progeny beside it."""
    columns = {name: value, **({"with progeny": chain} if chain else {})}
    reasons = {part["no_energy_because"] for part in columns.values()} - {None}
    told = {
        head: part["energy_MeV_per_decay"]
        for head, part in columns.items()
        if part["energy_MeV_per_decay"] is not None
    }
    lines = [f"Energy, MeV for each decay of {name}", ""] if told else []
    lines += [f"  {'':<13}" + "".join(f" {head:>12}" for head in told)] if chain and told else []
    for kind, word in _KINDS.items():
        if any(energy[kind] for energy in told.values()):
            lines.append(_line(word, [energy[kind] for energy in told.values()]))
    if told:
        lines.append(_line("all", [sum(energy.values()) for energy in told.values()]))
    return [*lines, *(f"No energies of {reason}" for reason in sorted(reasons))]


def _line(word: str, energies: list[float]) -> str:
    return f"  {word:<13}" + "".join(f" {_number(energy):>12}" for energy in energies)


def _number(energy: float | None) -> str:
    """Return an energy in MeV to 10 eV."""
    if not energy:
        return "-"
    return f"{energy:.5f}" if energy >= 5e-6 else "<0.00001"
