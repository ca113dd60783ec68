"""Pictures: every part is shown once, boxes do not overlap, arrows keep clear of other boxes."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from theratwin.dynamics.diagrams.diagram import diagram
from theratwin.dynamics.diagrams.graph import Group, arrows_of, boxes_of, groups_of
from theratwin.dynamics.diagrams.layout import Layout, arrange, measure
from theratwin.dynamics.diagrams.routes import Router
from theratwin.dynamics.models import model, model_names
from theratwin.dynamics.models.tumor_feedback import growth, uptake
from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.network import Network

SVG = "{http://www.w3.org/2000/svg}"
NETWORKS = [model(name) for name in model_names() if name != "benchmark-1017"]
NETWORKS += [growth(), uptake()]


def laid_out(network: Network) -> tuple[Layout, Router, list]:
    boxes = boxes_of(network)
    groups, arrows = groups_of(boxes.values()), arrows_of(network, boxes)
    for group in groups:
        measure(group)
    layout = arrange(groups, arrows)
    return layout, Router(layout), arrows


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_every_species_is_shown_once(network: Network) -> None:
    root = ET.fromstring(diagram(network))
    titles = [node.text for node in root.iter(f"{SVG}title")]
    for species in network.species:
        assert titles.count(species.name) == 1
    for variable in network.variables:
        assert titles.count(variable.name) == 1
    told = "\n".join(filter(None, titles))
    assert all(f"{reaction.name}: " in told for reaction in network.reactions)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_groups_do_not_overlap_and_lie_in_the_picture(network: Network) -> None:
    layout, router, arrows = laid_out(network)
    corners = [point for arrow in arrows for point in router.route(arrow)]
    assert all(0 <= x <= layout.width and 0 <= y <= router.height for x, y in corners)
    for group in layout.groups:
        assert group.x >= 0
        assert group.x + group.width <= layout.width
        assert group.y + group.height <= layout.height
    assert not [
        (a.name, b.name)
        for a, b in combinations(layout.groups, 2)
        if a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    ]


def crosses(group: Group, start: tuple, end: tuple) -> bool:
    """Whether a part of an arrow, upright or level, runs through the inside of a group."""
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return (
        left < group.x + group.width - 1
        and right > group.x + 1
        and top < group.y + group.height - 1
        and bottom > group.y + 1
    )


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_arrows_keep_clear_of_other_groups(network: Network) -> None:
    layout, router, arrows = laid_out(network)
    for arrow in arrows:
        ends = (router.home[arrow.source], router.home[arrow.target])
        for start, end in pairwise(router.route(arrow)):
            hit = [g.name for g in layout.groups if g not in ends and crosses(g, start, end)]
            assert not hit, f"{arrow.source} to {arrow.target} runs through {hit}"


def test_blood_runs_from_left_to_right_and_back() -> None:
    layout, router, arrows = laid_out(model("benchmark-88"))
    layers = {group.name: group.layer for group in layout.groups}
    assert layers["vein"] < layers["lung"] < layers["artery"] < layers["gi"]
    assert layers["gi"] == layers["kidney"] < layers["liver"]
    back = {arrow.target for arrow in arrows if router.goes_back(arrow)}
    assert back == {"vein"}


def test_labels_are_escaped_and_an_empty_network_is_drawn() -> None:
    b = NetworkBuilder("a < b & c")
    assert "a &lt; b &amp; c" in diagram(b.freeze())


def test_the_picture_in_the_documentation_is_current() -> None:
    """Made by ``diagram(model("tumor-feedback"))``."""
    page = Path(__file__).parents[3] / "docs" / "methods" / "tumor-feedback.svg"
    assert page.read_text(encoding="utf-8") == diagram(model("tumor-feedback")) + "\n"
