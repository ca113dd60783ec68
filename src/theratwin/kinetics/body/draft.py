"""A body while it is built: the network's builder, its places, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from theratwin.dynamics import Expression, NetworkBuilder
from theratwin.kinetics.body.plan import BodyPlan, LigandPlan
from theratwin.kinetics.body.values import Values

#: The amount of each label in one place, by the label's name.
Amounts = dict[str, Expression]


@dataclass(frozen=True)
class Label:
    """One form of a ligand that the network follows: hot, or cold.

    Parameters
    ----------
    name
        ``hot`` or ``cold``; with several ligands ``psma617.hot``.
    ligand
        The ligand.
    hot
        Whether it carries the radionuclide.
    """

    name: str
    ligand: LigandPlan
    hot: bool

    @property
    def moieties(self) -> tuple[str, ...]:
        """What it is made of: the ligand, and the nuclide if it is hot."""
        ligand = self.ligand.name
        return (ligand, f"{ligand}_nuclide") if self.hot else (ligand,)


def labels_of(ligands: Iterable[LigandPlan]) -> tuple[Label, ...]:
    """Return the labels of the ligands, each hot before cold.

    Examples
    --------
    >>> [label.name for label in labels_of([LigandPlan("psma617", "Lu-177")])]
    ['hot', 'cold']
    """
    ligands = tuple(ligands)
    return tuple(
        Label(kind if len(ligands) == 1 else f"{ligand.name}.{kind}", ligand, kind == "hot")
        for ligand in ligands
        for kind in ("hot", "cold")
    )


@dataclass
class Draft:
    """What the parts of a body share while the network is written."""

    plan: BodyPlan
    builder: NetworkBuilder
    values: Values
    labels: tuple[Label, ...]
    #: Place to the amounts in it.
    places: dict[str, Amounts] = field(default_factory=dict)
    #: Place to its volume (mL), where it has one.
    volumes: dict[str, Expression] = field(default_factory=dict)
    #: Region to its places; what leaves the body belongs to none.
    regions: dict[str, list[str]] = field(default_factory=dict)

    def place(
        self,
        name: str,
        volume: Expression | None = None,
        region: str | None = None,
        initial: Mapping[str, Expression] | None = None,
    ) -> str:
        """Add a place with a species for each label, empty or with an amount; returns its name."""
        self.builder.compartment(name, volume)
        if volume is not None:
            self.volumes[name] = volume
        self.places[name] = {
            label.name: self.builder.species(
                f"{name}.{label.name}",
                name,
                (initial or {}).get(label.name, 0.0),
                contains=label.moieties,
            )
            for label in self.labels
        }
        if region is not None:
            self.regions.setdefault(region, []).append(name)
        return name

    def amount(self, place: str, label: Label) -> Expression:
        """Return the amount (nmol) of a label in a place."""
        return self.places[place][label.name]

    def move(
        self, name: str, source: str, target: str, clearance: Callable[[Label], Expression]
    ) -> None:
        """Let every label leave a place at a clearance (mL/h) times its concentration."""
        for label in self.labels:
            here, there = self.amount(source, label), self.amount(target, label)
            rate = self.builder.carried(clearance(label), here)
            self.builder.reaction(f"{name}.{label.name}", here, there, rate)

    def transfer(
        self, name: str, source: str, target: str, rate: Callable[[Label], Expression]
    ) -> None:
        """Let every label leave a place at a rate constant (1/h) times its amount."""
        for label in self.labels:
            here, there = self.amount(source, label), self.amount(target, label)
            self.builder.reaction(f"{name}.{label.name}", here, there, rate(label) * here)

    def own(self, region: str, key: str, like: Iterable[str] = ()) -> Expression:
        """Return a region's parameter."""
        return self.values.of(f"{region}.{key}", like)

    def own_of(self, label: Label, region: str, key: str, like: Iterable[str] = ()) -> Expression:
        """Return a region's parameter for one ligand."""
        return self.values.for_ligand(label.ligand.name, f"{region}.{key}", like)
