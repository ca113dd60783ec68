"""Where boxes go: groups in layers from left to right, as the arrows run, then rows in layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from theratwin.dynamics.diagrams.graph import Arrow, Box, Group

# Sizes in pixels of the picture.
LETTER, LINE, CHIP = 6.4, 17.0, 19.0
PAD, BETWEEN_BOXES, HEADER = 9.0, 26.0, 18.0
ROW_GAP, LANE, LAYER_GAP, MARGIN = 36.0, 9.0, 34.0, 28.0
SIDE = 24.0  # room beside the species for arrows between them


@dataclass
class Layout:
    """Groups at their places, layers with the lanes between them, and the size of the whole."""

    groups: list[Group]
    layers: list[list[Group]]
    left: list[float]
    right: list[float]
    width: float
    height: float


def measure(group: Group) -> None:
    """Give the boxes of a group their sizes and places within it, and the group its size."""
    for box in group.boxes:
        words = [box.label, *box.labels]
        side = SIDE if box.conversions else 0.0
        box.width = max(54.0, LETTER * max(map(len, words)) + 2 * PAD + 6.0) + side
        box.height = LINE + 2 * PAD + CHIP * len(box.labels) - (0.0 if box.labels else 4.0)
    framed = len(group.boxes) > 1
    pad = PAD if framed else 0.0
    top = HEADER if framed else 0.0
    tallest = max(box.height for box in group.boxes)
    x = pad
    for box in group.boxes:
        box.x, box.y, box.height = x, top + pad, tallest
        x += box.width + BETWEEN_BOXES
    group.width = max(x - BETWEEN_BOXES + pad, LETTER * len(group.name) + 2 * PAD if framed else 0)
    group.height = top + tallest + 2 * pad


def arrange(groups: list[Group], arrows: Sequence[Arrow]) -> Layout:
    """Place groups: layers by the longest way from where doses start, rows by their neighbors."""
    home = {box.name: group for group in groups for box in group.boxes}
    links = {
        (id(home[a.source]), id(home[a.target])): (home[a.source], home[a.target])
        for a in arrows
        if home[a.source] is not home[a.target]
    }
    forward = _without_circles(groups, list(links.values()))
    _assign_layers(groups, forward)
    layers: list[list[Group]] = [[] for _ in range(max(g.layer for g in groups) + 1)]
    for group in groups:
        layers[group.layer].append(group)
    _order_rows(layers, forward)
    ends = [
        (a.source, home[a.source].layer, a.target, home[a.target].layer)
        for a in arrows
        if home[a.source] is not home[a.target]
    ]
    return _placed(groups, layers, [_lanes(ends, i) for i in range(len(layers))])


def _lanes(ends: list[tuple[str, int, str, int]], layer: int) -> int:
    """Return how many arrows can run up or down right of a layer; those of one end share a lane."""
    leaving = {source for source, start, _, end in ends if start <= layer < end}
    returning = {target for _, start, target, end in ends if start == layer + 1 and end <= start}
    return len(leaving) + len(returning)


def _without_circles(
    groups: list[Group], links: list[tuple[Group, Group]]
) -> list[tuple[Group, Group]]:
    """Return the links that do not lead back, found in depth from the groups with a dose."""
    following: dict[int, list[Group]] = {id(group): [] for group in groups}
    entered = {id(target) for _, target in links}
    for source, target in links:
        following[id(source)].append(target)
    state: dict[int, int] = {}
    kept: list[tuple[Group, Group]] = []

    def visit(group: Group) -> None:
        state[id(group)] = 1
        for after in following[id(group)]:
            if state.get(id(after)) != 1:
                kept.append((group, after))
            if id(after) not in state:
                visit(after)
        state[id(group)] = 2

    def eagerness(group: Group) -> tuple[bool, bool]:
        return id(group) in entered, not any(box.holds_dose for box in group.boxes)

    for group in sorted(groups, key=eagerness):
        if id(group) not in state:
            visit(group)
    return kept


def _assign_layers(groups: list[Group], forward: list[tuple[Group, Group]]) -> None:
    for _ in groups:
        moved = False
        for source, target in forward:
            if target.layer <= source.layer:
                target.layer = source.layer + 1
                moved = True
        if not moved:
            return


def _order_rows(layers: list[list[Group]], forward: list[tuple[Group, Group]]) -> None:
    """Sort each layer by the mean row of its neighbors, down and up a few times."""
    for sweep in range(6):
        downward = sweep % 2 == 0
        for layer in layers if downward else reversed(layers):
            rows = {id(g): float(i) for row in layers for i, g in enumerate(row)}
            middle = {id(g): _mean_row(g, forward, rows, downward) for g in layer}
            layer.sort(key=lambda group: middle[id(group)])


def _mean_row(
    group: Group, forward: list[tuple[Group, Group]], rows: dict[int, float], before: bool
) -> float:
    linked = [
        rows[id(source if before else target)]
        for source, target in forward
        if (target if before else source) is group
    ]
    return sum(linked) / len(linked) if linked else rows[id(group)]


def _placed(groups: list[Group], layers: list[list[Group]], lanes: list[int]) -> Layout:
    heights = [sum(g.height + ROW_GAP for g in layer) - ROW_GAP for layer in layers]
    tallest = max(heights)
    x = MARGIN + LAYER_GAP
    left, right = [], []
    for layer, height, lanes_right in zip(layers, heights, lanes, strict=True):
        wide = max(group.width for group in layer)
        y = MARGIN + ROW_GAP + (tallest - height) / 2
        for group in layer:
            group.x, group.y = x, y
            _move(group.boxes, group.x, group.y)
            y += group.height + ROW_GAP
        left.append(x)
        right.append(x + wide)
        x += wide + 1.5 * LAYER_GAP + LANE * lanes_right
    width = right[-1] + MARGIN + LAYER_GAP
    return Layout(groups, layers, left, right, width, tallest + 2 * (MARGIN + ROW_GAP))


def _move(boxes: list[Box], x: float, y: float) -> None:
    for box in boxes:
        box.x += x
        box.y += y
