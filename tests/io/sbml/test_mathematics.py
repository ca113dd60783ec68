"""Functions of MathML, by libSBML's formulas, against Python's own; compiled and by NumPy."""

import math

import numpy as np
import pytest

from theratwin.io.sbml import sbml_model

X = 0.7
CASES = {
    "abs(-x)": X,
    "ceil(x) + floor(-x) * 10": 1.0 - 10.0,
    "exp(x) * ln(x)": math.exp(X) * math.log(X),
    "log10(x) + log(3, x)": math.log10(X) + math.log(X, 3),
    "sqrt(x) + root(3, x) + x^2.5": math.sqrt(X) + X ** (1 / 3) + X**2.5,
    "sin(x) + 10 * cos(x) + 100 * tan(x)": math.sin(X) + 10 * math.cos(X) + 100 * math.tan(X),
    "sec(x) + 10 * csc(x) + 100 * cot(x)": 1 / math.cos(X) + 10 / math.sin(X) + 100 / math.tan(X),
    "arcsin(x) + 10 * arccos(x) + 100 * arctan(x)": math.asin(X)
    + 10 * math.acos(X)
    + 100 * math.atan(X),
    "arcsec(2 * x) + 10 * arccsc(2 * x) + 100 * arccot(x)": math.acos(1 / 1.4)
    + 10 * math.asin(1 / 1.4)
    + 100 * math.atan(1 / X),
    "sinh(x) + 10 * cosh(x) + 100 * tanh(x)": math.sinh(X) + 10 * math.cosh(X) + 100 * math.tanh(X),
    "sech(x) + 10 * csch(x) + 100 * coth(x)": 1 / math.cosh(X)
    + 10 / math.sinh(X)
    + 100 / math.tanh(X),
    "arcsinh(x) + 10 * arccosh(2 * x) + 100 * arctanh(x)": math.asinh(X)
    + 10 * math.acosh(1.4)
    + 100 * math.atanh(X),
    "arcsech(x) + 10 * arccsch(x) + 100 * arccoth(2 * x)": math.acosh(1 / X)
    + 10 * math.asinh(1 / X)
    + 100 * math.atanh(1 / 1.4),
    "min(x, 2, 0.5) + 10 * max(x, 0.1)": 0.5 + 7.0,
    "quotient(-7 * x, 2) + 10 * rem(-7 * x, 2)": -2.0 + 10 * -0.9,
    "factorial(ceil(4.5 * x))": 24.0,
    "piecewise(1, x > 1, 2, x > 0.5, 3)": 2.0,
    "piecewise(1, x == 0.7 && x != 0.6 && !(x < 0.1) || false, 0)": 1.0,
    "piecewise(1, xor(x > 0, x > 0.5), 0) + piecewise(2, implies(x > 1, false), 0)": 2.0,
    "x * avogadro / 1e23": X * 6.02214179,
    "exponentiale * pi * x": math.e * math.pi * X,
}


@pytest.mark.parametrize("law", CASES)
def test_function(sbml, law):
    model = sbml_model(
        sbml(
            parameters={"p": X, "x": X, "y": 0.0, "z": 0.0},
            rates={"z": law.replace("x)", "x)"), "x": "0"},
            rules={"y": law},
        )
    )
    found = model.simulate([0.0, 1.0], ["y", "z"])
    np.testing.assert_allclose(found["y"][0], CASES[law], rtol=1e-13)
    # By the compiled code as well; the law is still, so one step integrates it exactly.
    np.testing.assert_allclose(found["z"][0, 1], CASES[law], rtol=1e-9)


def test_function_definitions_are_written_out(sbml):
    text = sbml(parameters={"k": 2.0, "y": 0.0}, rules={"y": "twice(k + 1)"})
    made = (
        '<listOfFunctionDefinitions><functionDefinition id="twice">'
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><lambda><bvar><ci>k</ci></bvar>'
        "<apply><times/><cn>2</cn><ci>k</ci></apply></lambda></math></functionDefinition>"
        "</listOfFunctionDefinitions><listOfParameters>"
    )
    model = sbml_model(text.replace("<listOfParameters>", made))
    assert model.simulate([0.0], ["y"])["y"][0, 0] == 6.0
