"""A picture of a network, as SVG: compartments as boxes, species in them, arrows for reactions.

Solid arrows are reactions, one for each pair of boxes; an arrow at both ends goes both ways. Dashed
arrows are influences: a law depends on the quantity without taking it. The laws stand in the
tooltips.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from theratwin.dynamics.diagrams.graph import Arrow, Box, Group, arrows_of, boxes_of, groups_of
from theratwin.dynamics.diagrams.layout import CHIP, LINE, PAD, SIDE, arrange, measure
from theratwin.dynamics.diagrams.routes import Point, Router

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network

_STYLE = """
text{font:11px system-ui,-apple-system,"Segoe UI",Arial,sans-serif;fill:#1d2733}
.title{font-size:15px;font-weight:600}.group-name,.box-name{font-weight:600}
.group{fill:#f4f6f8;stroke:#9aa7b4}.box{fill:#fff;stroke:#51606f}
.variable{fill:#fdf3dc;stroke:#9a7416}.port{fill:#eef7ee;stroke:#43794b}
.species{fill:#e3edf7;stroke:#b9cde0}.dose{fill:#cfe0f3;stroke:#5d86b3}
.arrow{fill:none;stroke:#2b3a49;stroke-width:1.25}.back{stroke:#3f6fa3}
.influence{stroke:#9a7416;stroke-dasharray:4 3}
.head{fill:#2b3a49}
"""

_KIND = {"compartment": "box", "variable": "variable", "input": "port", "output": "port"}


def diagram(network: Network) -> str:
    """Return a picture of a network as SVG text.

    Examples
    --------
    >>> from theratwin.dynamics.models import model
    >>> diagram(model("receptor-binding")).startswith("<svg")
    True
    """
    boxes = boxes_of(network)
    if not boxes:
        return _document(network.name, 200.0, 60.0, [])
    groups = groups_of(boxes.values())
    arrows = arrows_of(network, boxes)
    for group in groups:
        measure(group)
    layout = arrange(groups, arrows)
    router = Router(layout)
    lines = [_arrow(a, router.route(a), back=router.goes_back(a)) for a in arrows]
    dosed = {
        s.name for s in network.species if s.initial.op != "constant" or s.initial.value != 0.0
    }
    frames = [_group(group, dosed) for group in layout.groups]
    return _document(network.name, layout.width, router.height, [*frames, *lines])


def _document(name: str, width: float, height: float, parts: list[str]) -> str:
    mark = (
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse" markerUnits="userSpaceOnUse">'
        '<path class="head" d="M0,0.8 L8,4 L0,7.2 Z"/></marker>'
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" role="img" '
            f'aria-label="Diagram of the network {escape(name)}">',
            f"<style>{_STYLE}</style><defs>{mark}</defs>",
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
            f'<text class="title" x="18" y="26">{escape(name)}</text>',
            *parts,
            "</svg>",
        ]
    )


def _group(group: Group, dosed: set[str]) -> str:
    inside = "".join(_box(box, dosed) for box in group.boxes)
    if len(group.boxes) == 1:
        return inside
    return (
        f'<g><rect class="group" x="{group.x:.1f}" y="{group.y:.1f}" '
        f'width="{group.width:.1f}" height="{group.height:.1f}" rx="7"/>'
        f'<text class="group-name" x="{group.x + PAD:.1f}" y="{group.y + 15:.1f}">'
        f"{escape(group.name)}</text>{inside}</g>"
    )


def _box(box: Box, dosed: set[str]) -> str:
    rounded = box.height / 2 if box.kind != "compartment" else 5.0
    side = SIDE if box.conversions else 0.0
    middle = box.x + (box.width - side) / 2
    label_y = box.y + (PAD + 10.0 if box.labels else box.height / 2 + 4.0)
    parts = [
        f'<g><title>{escape(box.name)}</title><rect class="{_KIND[box.kind]}" x="{box.x:.1f}" '
        f'y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="{rounded:.1f}"/>',
        f'<text class="box-name" x="{middle:.1f}" y="{label_y:.1f}" text-anchor="middle">'
        f"{escape(box.label)}</text>",
    ]
    for i, (name, label) in enumerate(zip(box.species, box.labels, strict=True)):
        y = _species_y(box, i)
        style = "dose" if name in dosed else "species"
        parts.append(
            f'<g><title>{escape(name)}</title><rect class="{style}" x="{box.x + PAD:.1f}" '
            f'y="{y - 8:.1f}" width="{box.width - 2 * PAD - side:.1f}" height="16" rx="8"/>'
            f'<text x="{middle:.1f}" y="{y + 4:.1f}" text-anchor="middle">{escape(label)}</text>'
            "</g>"
        )
    parts += [_conversions(box), _outside(box), "</g>"]
    return "".join(parts)


def _species_y(box: Box, place: int) -> float:
    return box.y + PAD + LINE + 8.0 + CHIP * place


def _conversions(box: Box) -> str:
    """Draw reactions within a box as bows beside its species."""
    drawn: dict[tuple[str, str], tuple[bool, list[str]]] = {}
    for (taken, given), titles in box.conversions.items():
        if (given, taken) in drawn:
            drawn[given, taken] = (True, drawn[given, taken][1] + titles)
        else:
            drawn[taken, given] = (False, titles)
    x = box.x + box.width - PAD - SIDE
    parts = []
    for (taken, given), (both, titles) in drawn.items():
        ends = [_species_y(box, box.species.index(name)) for name in (taken, given)]
        bow = x + min(8.0 + 5.0 * abs(ends[1] - ends[0]) / CHIP, SIDE + PAD - 5.0)
        path = f"M{x:.1f},{ends[0]:.1f} C{bow:.1f},{ends[0]:.1f} {bow:.1f},{ends[1]:.1f} "
        parts.append(_path(f"{path}{x:.1f},{ends[1]:.1f}", titles, both=both))
    return "".join(parts)


def _outside(box: Box) -> str:
    """Draw what comes from the outside above a box, what goes there below."""
    parts = []
    x, top, bottom = box.x + box.width * 0.75, box.y, box.y + box.height
    if box.sources:
        parts.append(_path(f"M{x:.1f},{top - 17:.1f} L{x:.1f},{top:.1f}", box.sources))
    if box.sinks:
        parts.append(_path(f"M{x:.1f},{bottom:.1f} L{x:.1f},{bottom + 17:.1f}", box.sinks))
    return "".join(parts)


def _arrow(arrow: Arrow, corners: list[Point], *, back: bool) -> str:
    path = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    style = " influence" if arrow.dashed else " back" if back else ""
    return _path(path, arrow.titles, both=arrow.both, style=style)


def _path(path: str, titles: list[str], *, both: bool = False, style: str = "") -> str:
    start = ' marker-start="url(#head)"' if both else ""
    told = escape("\n".join(titles))
    return (
        f'<path class="arrow{style}" d="{path}" marker-end="url(#head)"{start}>'
        f"<title>{told}</title></path>"
    )
