"""``theratwin doctor``: whether this machine can run the engine, and how well it does."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from theratwin.cli.options import Force, Json, Out


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("doctor")(doctor)


def doctor(
    as_json: Json = False,
    quick: Annotated[bool, typer.Option("--quick", help="Leave the engine's test out.")] = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Examine the machine: processor, compiler, cache, versions, and a test of the engine."""
    from theratwin.cli.doctor_findings import examined
    from theratwin.cli.output import emit

    found = examined(self_test=not quick)
    problems = diagnosed(found)
    value = {"healthy": not problems, "problems": problems, **found}
    emit("doctor/1", value, text=_text(value), as_json=as_json, out=out, force=force)
    if problems:
        raise typer.Exit(1)


def diagnosed(found: dict[str, Any]) -> list[dict[str, str]]:
    """Return what is wrong, and what to do about it."""
    problems = []

    def add(what: str, remedy: str) -> None:
        problems.append({"problem": what, "remedy": remedy})

    missing = [name for name, version in found["versions"].items() if version is None]
    if missing:
        add(f"not installed: {', '.join(missing)}", "Install theratwin anew from its lock.")
    if found["llvm"]["refusal"]:
        add(found["llvm"]["refusal"], "Run on a 64-bit x86 processor with fma, or on 64-bit ARM.")
    cache = found["cache"]
    if cache["folder"] is None or not cache["writable"]:
        add(
            "compiled code cannot be kept, so that every process compiles anew",
            "Set XDG_CACHE_HOME to a folder of yours that nobody else may write to.",
        )
    for name, result in (found["self_test"] or {}).items():
        for what in _wrong(result):
            add(f"self-test, {name}: {what}", "Report it, with this output as JSON.")
    joint = found["jax"] or {}
    if "failure" in joint:
        add(f"JAX: {joint['failure']}", "Report it, with this output as JSON.")
    elif not joint.get("same_bytes", True):
        add(
            "the engine gives other results when JAX calls it",
            'Give jax_solver road="callback", and report it, with this output as JSON.',
        )
    return problems


def _wrong(result: dict[str, Any]) -> list[str]:
    from theratwin.cli.self_test import ALLOWED

    if "failure" in result:
        return [result["failure"]]
    tests = {
        f"{result['solved']} of {result['patients']} patients solved": (
            result["solved"] == result["patients"]
        ),
        f"the error is {result['error']:.1e}, {ALLOWED:g} is allowed": result["error"] <= ALLOWED,
        "subnormal numbers are not flushed inside the engine": result["flushed_inside"],
        "the engine leaves subnormal numbers flushed": result["restored_after"],
    }
    return [what for what, passed in tests.items() if not passed]


def _text(value: dict[str, Any]) -> str:
    processor, llvm, cache = value["processor"], value["llvm"], value["cache"]
    fma = {True: "yes", False: "no", None: "not known"}[processor["fma"]]
    kept = f"{cache['objects']} objects, {cache['bytes'] / 1e6:.1f} MB"
    lines = [
        ("python", f"{value['python']['version']}, {value['python']['executable']}"),
        ("platform", value["platform"]),
        ("processor", f"{processor['name']} ({processor['llvm_name']})"),
        ("features", ", ".join(processor["features"]) or "none known"),
        ("fma", fma),
        ("threads", str(processor["threads"])),
        ("LLVM", f"{llvm['llvm']}, llvmlite {llvm['llvmlite']}"),
        ("code for", llvm["target"] or "nothing"),
        ("cache", f"{cache['folder']}: {kept}" if cache["folder"] else "none"),
        ("versions", ", ".join(f"{k} {v or 'missing'}" for k, v in value["versions"].items())),
        *_self_test_lines(value["self_test"]),
        ("JAX", _joint_words(value["jax"])),
    ]
    width = max(len(name) for name, _ in lines)
    words = [f"{name:<{width}}  {found}" for name, found in lines]
    words += ["", "healthy" if value["healthy"] else "NOT HEALTHY"]
    words += [f"  {entry['problem']}. {entry['remedy']}" for entry in value["problems"]]
    return "\n".join(words)


def _self_test_lines(results: dict[str, Any] | None) -> list[tuple[str, str]]:
    if results is None:
        return [("self-test", "left out")]
    cold, cached = results["cold"], results["cached"]
    if "failure" in cold or "failure" in cached:
        return [("self-test", "FAILED")]
    state = "flushed inside the engine" if cold["flushed_inside"] else "NOT flushed inside"
    after = "as before after it" if cold["restored_after"] else "still flushed after it"
    return [
        ("self-test", f"largest error {cold['error']:.1e} of a known solution"),
        (
            "compiling",
            f"{1e3 * cold['compile_s']:.0f} ms, cached {1e3 * cached['compile_s']:.0f} ms",
        ),
        ("subnormals", f"{state}, {after}"),
    ]


def _joint_words(joint: dict[str, Any] | None) -> str:
    if joint is None:
        return "left out"
    if "failure" in joint:
        return "FAILED"
    road = "calls the engine itself" if joint["road"] == "foreign" else "calls through Python"
    why = f" ({joint['reason']})" if joint["reason"] else ""
    same = "the engine's bytes" if joint["same_bytes"] else "OTHER bytes than the engine"
    return f"{road}{why}: {same}"
