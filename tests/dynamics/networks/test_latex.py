"""LaTeX of expressions and networks: brackets where they are needed, and it can be rendered."""

from __future__ import annotations

import re

import pytest
from latex2mathml.converter import convert

from theratwin.dynamics.expressions import expression as ex
from theratwin.dynamics.expressions.expression import TIME, Expression, constant, symbol
from theratwin.dynamics.models import model
from theratwin.dynamics.networks.latex import equations, network_latex, symbol_latex, to_latex

# What the converter passes over, it shows as it was written.
NOT_UNDERSTOOD = re.compile(r"<m[ion]>(\\[^<]*|&)</m[ion]>")

A, B, C = symbol("a"), symbol("b"), symbol("c")


@pytest.mark.parametrize(
    ("root", "latex"),
    [
        (A * B + C, r"a \cdot b + c"),
        (A * (B + C), r"a \cdot \left(b + c\right)"),
        (A - (B - C), r"a - \left(b - c\right)"),
        (A - (B + C), r"a - \left(b + c\right)"),
        (A + B - C, "a + b - c"),
        ((A + B) / C, r"\frac{a + b}{c}"),
        (A / B * C, r"\frac{a}{b} \cdot c"),
        (A * (B / C), r"a \cdot \frac{b}{c}"),
        ((A / B) ** C, r"{\left(\frac{a}{b}\right)}^{c}"),
        (symbol("k_on") ** 3, r"{k_{\text{on}}}^{3}"),
        (-(A + B), r"-\left(a + b\right)"),
        (-(A * B), r"-a \cdot b"),
        (A * (-B), r"a \cdot \left(-b\right)"),
        (A + B * -2.0, r"a + b \cdot \left(-2\right)"),
        (ex.exp(-A * TIME), r"e^{-a \cdot t}"),
        (ex.exp(-(A * TIME)), r"e^{-a \cdot t}"),
        (ex.exp(A / B), r"\exp\left(\frac{a}{b}\right)"),
        (ex.log(A), r"\ln\left(a\right)"),
        (ex.minimum(A, 0.0), r"\min\left(a, 0\right)"),
        (
            ex.select(ex.less(A, B), A, C),
            r"\begin{cases} a & \text{if } a < b \\ c & \text{otherwise} \end{cases}",
        ),
        (ex.both(A, ex.either(B, C)), r"a \wedge \left(b \vee c\right)"),
        (ex.negation(ex.less_equal(A, B)), r"\neg \left(a \le b\right)"),
        (constant(0.6931471805599453) / A, r"\frac{\ln(2)}{a}"),
        (2.5e-7 * A, r"2.5 \times 10^{-7} \cdot a"),
        (1e9 * A, r"10^{9} \cdot a"),
        (A - 1e-9, r"a - 10^{-9}"),
    ],
)
def test_latex_of_expressions(root: Expression, latex: str) -> None:
    assert to_latex(root) == latex
    assert not NOT_UNDERSTOOD.search(convert(latex))


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("lambda", r"\lambda"),
        ("alpha_beta", r"\alpha_{\text{beta}}"),
        ("V", "V"),
        ("tumor.k_off", r"k_{\text{off},\,\text{tumor}}"),
        ("salivary_glands.flow", r"\text{flow}_{\text{salivary glands}}"),
    ],
)
def test_latex_of_names(name: str, latex: str) -> None:
    assert symbol_latex(name) == latex


def test_latex_of_a_network() -> None:
    rows = dict(equations(model("receptor-binding")))
    assert rows[r"\frac{d n_{\text{ligand}}}{dt}"] == (
        r"- v_{\text{binding}} + v_{\text{unbinding}} - v_{\text{elimination}}"
    )
    assert rows[r"v_{\text{unbinding}}"] == r"k_{\text{off}} \cdot n_{\text{bound}}"
    rows = dict(equations(model("tumor-feedback")))
    assert rows[r"\text{tumor volume}_{\text{uptake}}"] == r"\text{volume}_{\text{growth}}"
    assert r"\ln\left(" in rows[r"\frac{d \text{volume}_{\text{growth}}}{dt}"]


@pytest.mark.parametrize("name", ["receptor-binding", "tumor-feedback", "benchmark-88"])
def test_networks_can_be_rendered(name: str) -> None:
    rendered = convert(network_latex(model(name)))
    assert not NOT_UNDERSTOOD.search(rendered)
    assert rendered.count("<mtr>") == len(equations(model(name)))
