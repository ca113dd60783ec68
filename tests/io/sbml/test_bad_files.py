"""Files that are wrong: each is a clear error of ours, never a crash, a hang or a traceback."""

import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.io.sbml import converted, read_sbml, sbml_model

MATHML = 'xmlns="http://www.w3.org/1998/Math/MathML"'


def rate_of_x(law: str, before: str = "", level: int = 3) -> str:
    """Return a model whose x changes at a rate given as MathML."""
    return (
        f'<sbml xmlns="http://www.sbml.org/sbml/level{level}/version2/core" level="{level}" '
        f'version="2"><model id="m">{before}<listOfParameters><parameter id="x" value="1" '
        'constant="false"/><parameter id="k" value="1" constant="true"/></listOfParameters>'
        f'<listOfRules><rateRule variable="x"><math {MATHML}>{law}</math></rateRule></listOfRules>'
        "</model></sbml>"
    )


def functions(*laws: str) -> str:
    """Return definitions of functions f0, f1 and so on, of one argument a."""
    made = (
        f'<functionDefinition id="f{i}"><math {MATHML}><lambda><bvar><ci>a</ci></bvar>{law}'
        "</lambda></math></functionDefinition>"
        for i, law in enumerate(laws)
    )
    return f"<listOfFunctionDefinitions>{''.join(made)}</listOfFunctionDefinitions>"


GOOD = '<?xml version="1.0" encoding="UTF-8"?>' + rate_of_x("<ci>k</ci>")
DEEP = "<apply><minus/>" * 20_000 + "<ci>k</ci>" + "</apply>" * 20_000
FILES = {
    "empty": (b"", "well-formed"),
    "no XML": (b"S1 -> S2; k*S1", "well-formed"),
    "cut off": (GOOD.encode()[:-20], "well-formed"),
    "another encoding than it says": (GOOD.replace('id="m"', 'name="é"').encode("latin-1"), "well"),
    "no characters at all": (bytes(range(256)), "well-formed"),
    "no SBML": (b"<html><body/></html>", "no SBML"),
    "no model": (
        b'<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"/>',
        "no SBML",
    ),
    "entities": (
        GOOD.replace("?>", '?><!DOCTYPE sbml [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>').encode(),
        "declares an entity",
    ),
    "a file of ours": (
        GOOD.replace("?>", '?><!DOCTYPE sbml [<!ENTITY a SYSTEM "/etc/hostname">]>').encode(),
        "declares an entity",
    ),
    "nested": (rate_of_x(DEEP).encode(), "deep"),
    "an unknown encoding": (GOOD.replace("UTF-8", "UTF-80").encode(), "well-formed"),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("read", [read_sbml, converted])
def test_what_cannot_be_read_is_told(tmp_path, kind, read):
    data, words = FILES[kind]
    path = tmp_path / "model.xml"
    path.write_bytes(data)
    with pytest.raises(InputError, match=words) as caught:
        read(path)
    assert caught.value.field == str(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("read", [read_sbml, converted])
def test_a_folder_and_a_missing_file_are_told(tmp_path, read):
    with pytest.raises(InputError, match="a folder"):
        read(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "model.xml")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_are_read(tmp_path, encoding):
    path = tmp_path / "model.xml"
    text = GOOD.replace('id="m"', 'id="m" name="é"')
    says = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "latin-1": "ISO-8859-1"}[encoding]
    path.write_text(text.replace("UTF-8", says), encoding=encoding)
    assert read_sbml(path).document.name == "é"


def test_a_level_of_the_future_is_refused_by_name():
    with pytest.raises(UnsupportedError, match="SBML level 4"):
        sbml_model(rate_of_x("<ci>k</ci>", level=4))


@pytest.mark.parametrize(
    ("law", "before", "words"),
    [
        ("<apply><divide/><ci>k</ci></apply>", "", "number of operands"),
        ("<apply><sin/><ci>k</ci><ci>k</ci></apply>", "", "number of operands"),
        ("<apply><factorial/></apply>", "", "number of operands"),
        ("<apply><max/></apply>", "", "number of operands"),
        ("<ci>nothing</ci>", "", "no such id"),
        ("<apply><ci>f</ci><ci>k</ci></apply>", "", "not defined"),
        (
            "<apply><ci>f0</ci><ci>x</ci></apply>",
            functions("<apply><ci>f0</ci><ci>a</ci></apply>"),
            "nested too deeply",
        ),
        (
            "<apply><ci>f40</ci><ci>x</ci></apply>",
            functions(
                "<ci>a</ci>",
                *(
                    f"<apply><plus/><apply><ci>f{i}</ci><apply><times/><ci>a</ci><cn>2</cn></apply>"
                    f"</apply><apply><ci>f{i}</ci><apply><plus/><ci>a</ci><cn>1</cn></apply>"
                    "</apply></apply>"
                    for i in range(40)
                ),
            ),
            "more than",
        ),
    ],
)
def test_mathematics_that_cannot_be_is_told(law, before, words, monkeypatch):
    monkeypatch.setattr("theratwin.io.sbml.mathematics.MOST_CALLS", 200)
    with pytest.raises(InputError, match=words):
        sbml_model(rate_of_x(law, before)).simulate([0.0, 1.0])


def test_functions_that_call_each_other_twice_are_written_out_once():
    twice = (
        f"<apply><plus/><apply><ci>f{i}</ci><ci>a</ci></apply><apply><ci>f{i}</ci><ci>a</ci>"
        "</apply></apply>"
        for i in range(40)
    )
    text = rate_of_x("<apply><ci>f40</ci><ci>k</ci></apply>", functions("<ci>a</ci>", *twice))
    found = sbml_model(text).simulate([0.0, 1.0], ["x"])["x"][0, 1]
    assert found == pytest.approx(1.0 + 2.0**40, rel=1e-12)


@pytest.mark.parametrize("kind", ["rules", "initial"])
def test_a_long_chain_is_followed(sbml, kind):
    laws = {f"p{i}": f"p{i - 1} + 1" for i in range(1, 100)}
    numbers = {f"p{i}": 1.0 for i in range(100)}
    found = sbml_model(sbml(parameters=numbers, **{kind: laws})).simulate([0.0], ["p99"])
    assert found["p99"].tolist() == [[100.0]]


@pytest.mark.parametrize("target", ["nothing", "ruled"])
def test_an_event_that_sets_what_it_cannot_is_named(sbml, target):
    event = {"trigger": "time > 1", "priority": "1", "set": {target: "2"}}
    text = sbml(parameters={"ruled": 1.0, "k": 1.0}, rules={"ruled": "k"}, events=(event,))
    with pytest.raises(InputError, match="the event sets"):
        sbml_model(text).simulate([0.0, 2.0], ["k"])


def test_numbers_that_are_none_end_in_a_status(sbml):
    from theratwin.core.errors import FitError

    for law in ("1 / 0", "log(-1)", "notanumber", "infinity", "x / 0"):
        with pytest.raises(FitError, match="not a finite number"):
            sbml_model(sbml(parameters={"x": 1.0}, rates={"x": law})).simulate([0.0, 1.0])
