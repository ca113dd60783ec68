"""How arrows run: straight where boxes touch, else in right angles through the gaps."""

from __future__ import annotations

from theratwin.dynamics.diagrams.graph import Arrow, Box, Group
from theratwin.dynamics.diagrams.layout import LANE, Layout

Point = tuple[float, float]

_CLEAR = 11.0  # how far from a box an arrow turns


class Router:
    """Finds the way of each arrow; arrows that share an end share a lane."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.home = {box.name: group for group in layout.groups for box in group.boxes}
        self.box = {box.name: box for group in layout.groups for box in group.boxes}
        self.lanes: dict[int, list[str]] = {}
        self.under: list[str] = []

    def goes_back(self, arrow: Arrow) -> bool:
        """Whether an arrow leads to an earlier layer, or to its own."""
        start, end = self.home[arrow.source], self.home[arrow.target]
        return start is not end and start.layer >= end.layer

    def route(self, arrow: Arrow) -> list[Point]:
        """Return the corners of an arrow's way."""
        source, target = self.box[arrow.source], self.box[arrow.target]
        start, end = self.home[source.name], self.home[target.name]
        if start is end:
            return _within(start, source, target, arrow.dashed)
        return (self._backward if self.goes_back(arrow) else self._forward)(source, target)

    def _lane(self, layer: int, key: str) -> float:
        """Return where an arrow runs up or down, right of a layer."""
        keys = self.lanes.setdefault(layer, [])
        if key not in keys:
            keys.append(key)
        edge = self.layout.right[layer] if layer >= 0 else self.layout.left[0] - 3 * LANE
        return edge + 2 * LANE + LANE * keys.index(key)

    def _leave(self, box: Box, group: Group, rightward: bool) -> list[Point]:
        """Return the first corners: through the free side of the group, or from below."""
        last = group.boxes[-1 if rightward else 0]
        middle = box.y + box.height / 2
        if box is last and rightward:
            return [(box.x + box.width, middle)]
        below = group.y + group.height + (_CLEAR if rightward else 1.6 * _CLEAR)
        x = box.x + box.width * (0.5 if rightward else 0.3)
        return [(x, box.y + box.height), (x, below)]

    def _enter(self, box: Box, group: Group) -> list[Point]:
        """Return the last corners: from the left, or from above if another box is there."""
        if box is group.boxes[0]:
            return [(box.x, box.y + box.height / 2)]
        above = group.y - _CLEAR
        x = box.x + box.width / 2
        return [(x, above), (x, box.y)]

    def _forward(self, source: Box, target: Box) -> list[Point]:
        start, end = self.home[source.name], self.home[target.name]
        begin = self._leave(source, start, rightward=True)
        finish = self._enter(target, end)
        first = self._lane(start.layer, source.name)
        if end.layer == start.layer + 1:
            return [*begin, (first, begin[-1][1]), (first, finish[0][1]), *finish]
        # Over the layers between: through the gap between rows that is nearest.
        across = self._gap(start.layer + 1, end.layer - 1, finish[0][1])
        last = self._lane(end.layer - 1, source.name)
        return [
            *begin,
            (first, begin[-1][1]),
            (first, across),
            (last, across),
            (last, finish[0][1]),
            *finish,
        ]

    def _gap(self, first: int, last: int, wanted: float) -> float:
        """Return a height at which no group stands in some layers, close to the wanted one."""
        groups = [g for layer in self.layout.layers[first : last + 1] for g in layer]
        edges = [g.y - 2.2 * _CLEAR for g in groups]
        edges += [g.y + g.height + 2.4 * _CLEAR for g in groups]

        def free(y: float) -> bool:
            return all(not g.y - _CLEAR < y < g.y + g.height + _CLEAR for g in groups)

        return min((y for y in edges if free(y)), key=lambda y: abs(y - wanted))

    def _backward(self, source: Box, target: Box) -> list[Point]:
        """Return a way below everything, which arrows to one target share."""
        start, end = self.home[source.name], self.home[target.name]
        begin = self._leave(source, start, rightward=False)
        down = self._lane(start.layer - 1, f"to {target.name}")
        if target.name not in self.under:
            self.under.append(target.name)
        floor = self.layout.height - LANE + LANE * self.under.index(target.name)
        x = target.x + target.width * 0.4
        bottom = end.y + end.height if len(end.boxes) == 1 else target.y + target.height
        return [*begin, (down, begin[-1][1]), (down, floor), (x, floor), (x, bottom)]

    @property
    def height(self) -> float:
        """The height of the picture with the lanes below."""
        return self.layout.height + LANE * (len(self.under) + 1)


def _within(group: Group, source: Box, target: Box, dashed: bool) -> list[Point]:
    """Return the way between two boxes of one group: across, or in an arch above."""
    places = group.boxes.index(source), group.boxes.index(target)
    shift = 8.0 if dashed else 0.0
    y = source.y + source.height / 2 + shift
    if abs(places[0] - places[1]) == 1:
        if places[0] < places[1]:
            return [(source.x + source.width, y), (target.x, y)]
        return [(source.x, y), (target.x + target.width, y)]
    top = source.y - 5.0 - shift / 2
    ends = source.x + source.width * 0.6, target.x + target.width * 0.4
    return [(ends[0], source.y), (ends[0], top), (ends[1], top), (ends[1], target.y)]
