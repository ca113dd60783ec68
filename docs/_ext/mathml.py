"""Render mathematics as MathML, which browsers show without a script or a font from outside."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

LOGGER = logging.getLogger(__name__)
LINES = re.compile(r"\\(begin|end)\{(aligned|align|gathered|gather)\*?\}")
NOT_UNDERSTOOD = re.compile(r"<m[ion]>(\\[^<]*|&)</m[ion]>")


def to_mathml(latex: str, display: str) -> str:
    """Return LaTeX as MathML, or raise ValueError if the converter passes over a part of it.

    The converter knows one environment for lines set one below another, ``align*``; a bare
    double backslash between lines asks for the same.
    """
    latex = LINES.sub(r"\\\1{align*}", latex)
    if r"\\" in latex and r"\begin" not in latex:
        latex = rf"\begin{{align*}}{latex}\end{{align*}}"
    mathml = convert(latex, display=display)
    found = NOT_UNDERSTOOD.search(mathml)
    if found:
        raise ValueError(f"{found[1]} is not understood")
    return mathml


def _convert(node: nodes.Element, display: str) -> str:
    try:
        return to_mathml(node.astext(), display)
    except Exception as error:  # the converter raises a class of its own for each mistake
        LOGGER.warning("no MathML for %r: %s", node.astext(), error, location=node)
        return ""


def visit_inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(_convert(node, "inline"))
    raise nodes.SkipNode


def visit_block(translator: Any, node: nodes.math_block) -> None:
    is_wrapped = node.parent is not None and node.parent.get("ids") == node["ids"]
    shown = nodes.math_block() if is_wrapped else node  # an id may stand once in a page
    translator.body.append(translator.starttag(shown, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(_convert(node, "block") + "</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
