"""The foreign road into the engine: when it is taken, and that it gives what the callback gives."""

from __future__ import annotations

import ctypes
import re
import resource
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from theratwin.core._jax import jax, jnp
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Bolus, Engine, Infusion, Jump, State, StateEvent, System
from theratwin.dynamics.expressions.expression import ONE, Binding, symbol
from theratwin.dynamics.jax import jax_solver
from theratwin.dynamics.jax_joint import foreign, foreign_plan
from theratwin.dynamics.llvm import foreign_frame

TIMES = np.array([0.0, 0.7, 2.0, 5.0, 9.0, 12.0])
OUTPUTS = ("b", "area", "squared", "a")
DOSES = (
    Bolus("a", 1.0, 3.0, name="first"),
    Infusion("rate", 2.0, 3.0, 2.5, name="infused"),
    Infusion("rate", 4.0, 3.0, 1.1, name="again"),
    Infusion("rate", 4.5, 0.3, 0.7),
    Bolus("b", 8.5, 0.5),
    Bolus("b", float("inf"), 0.5),
)


@pytest.fixture(scope="module")
def engine(systems: ModuleType) -> Engine:
    return Engine(systems.chain())


def both(engine: Engine, times: Any = TIMES, outputs: Any = OUTPUTS, **more: Any) -> list[Any]:
    """Return the function by either road."""
    return [
        jax_solver(engine, times, outputs, road=road, **more) for road in ("foreign", "callback")
    ]


def given(patients: int) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(5).uniform
    names = ("k", "m", "a0", "rate", "first", "infused", "again")
    return {name: draw(0.1, 3.0, patients) for name in names}


def same(functions: list[Any], *arguments: Any) -> None:
    """Assert that functions give the same bytes, compiled."""
    first, *others = [jax.tree.leaves(jax.jit(f)(*arguments)) for f in functions]
    for other in others:
        for left, right in zip(first, other, strict=True):
            assert np.asarray(left).tobytes() == np.asarray(right).tobytes()


@pytest.mark.parametrize("patients", [1, 2, 7, 33, 200])
def test_roads_give_the_same_bytes(engine: Engine, patients: int) -> None:
    same(both(engine, doses=DOSES), given(patients))


@pytest.mark.parametrize("patients", [1, 7])
def test_roads_give_the_same_slopes(engine: Engine, patients: int) -> None:
    def slopes(solve: Any) -> Any:
        return jax.jacfwd(lambda p: jax.tree.map(lambda x: jnp.sum(x, 0), solve(p)))

    same([slopes(solve) for solve in both(engine, doses=DOSES)], given(patients))


def test_a_dose_with_the_name_of_a_parameter(engine: Engine) -> None:
    """It gives the values to both, and no derivative."""
    functions = both(engine, doses=[*DOSES, Bolus("a", 1.0, 0.1, name="k")])
    same(functions, given(3))
    for solve in functions:
        with pytest.raises(InputError, match="name of something else"):
            jax.grad(lambda k, solve=solve: solve({"k": k})["b"][-1])(1.0)


def test_nothing_given(engine: Engine) -> None:
    same(both(engine, doses=DOSES), {})


def test_parts_of_a_large_batch(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """With little room, patients are solved some at a time, and the last part is smaller."""
    monkeypatch.setattr(foreign_plan, "LEAST_CHUNK", 8)
    monkeypatch.setattr(foreign_plan, "_ROOM", 1)
    fast, slow = both(engine, doses=DOSES)
    same([fast, slow], given(21))
    slopes = [jax.vmap(jax.grad(lambda p, s=s: s(p)["b"][-1])) for s in (fast, slow)]
    same(slopes, {"k": given(21)["k"], "first": given(21)["first"]})


def test_jumps_and_settings(engine: Engine) -> None:
    doses = [Bolus("a", 0.5, 1.0), Jump("rate", 3.0, 0.4, name="later"), Jump("rate", 3.0, 0.9)]
    options = {"rtol": 1e-9, "atol": 1e-12, "largest_step": 0.5, "most_steps": 1e4, "end": 20.0}
    same(both(engine, doses=doses, threads=1, **options), {"later": np.array([1.0, 2.0])})


def test_no_observables_and_no_doses() -> None:
    x, k = symbol("x", Binding.STATE), symbol("k")
    engine = Engine(System((State("x", ONE, -k * x),), {"k": 1.0}))
    same(both(engine, outputs=["x"]), {"k": np.array([0.5, 2.0, 3.0])})


def test_state_events() -> None:
    x, k = symbol("x", Binding.STATE), symbol("k")
    event = StateEvent("refill", 0.5 - x, {"x": ONE})
    engine = Engine(System((State("x", ONE, -k * x),), {"k": 1.0}, events=(event,)))
    same(both(engine, outputs=["x"]), {"k": np.array([0.5, 2.0, 3.0])})


def test_failed_patients_are_nan_alike(engine: Engine) -> None:
    k = np.array([0.5, np.nan, 0.9, np.inf, -1e4])
    fast, slow = both(engine, doses=DOSES, most_steps=300)
    same([fast, slow], {"k": k})
    same([jax.vmap(jax.grad(lambda one, s=s: s({"k": one})["b"][-1])) for s in (fast, slow)], k)
    assert np.isnan(fast({"k": k})["b"][1, 1:]).all()


def test_the_caller_keeps_its_floating_point_control(engine: Engine) -> None:
    fast = jax.jit(jax_solver(engine, TIMES, OUTPUTS, road="foreign"))
    jax.block_until_ready(fast({"a0": 1.0}))
    tiny = np.full(3, 1e-310)
    assert np.all(0.5 * tiny > 0.0)


def test_many_threads_at_once(engine: Engine) -> None:
    """Each thread has functions of its own size, some with slopes; XLA runs them side by side."""
    fast = jax_solver(engine, TIMES, OUTPUTS, doses=DOSES, road="foreign")
    value = jax.jit(lambda p: fast(p)["b"])
    slope = jax.jit(jax.vmap(jax.grad(lambda p: fast(p)["b"][-1])))
    sizes = (1, 3, 8, 20)
    values = {n: given(n) for n in sizes}
    alone = {(f, n): jax.tree.leaves(f(values[n])) for f in (value, slope) for n in sizes}
    wrong: list[Any] = []

    def work(key: Any) -> None:
        function, n = key
        for _ in range(30):
            found = jax.tree.leaves(function(values[n]))
            for one, expected in zip(found, alone[key], strict=True):
                if np.asarray(one).tobytes() != np.asarray(expected).tobytes():
                    wrong.append(key)

    threads = [threading.Thread(target=work, args=(key,)) for key in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_python_runs_meanwhile(engine: Engine) -> None:
    """The call holds no lock of Python's: another thread counts on while it runs."""
    count = [0]
    fast = jax_solver(engine, TIMES, ["b"], road="foreign", threads=1, rtol=1e-10)
    function = jax.jit(lambda k: fast({"k": k, "a0": 1.0})["b"])
    values = jnp.linspace(0.5, 1.0, 3000)
    jax.block_until_ready(function(values))
    running = True

    def counting() -> None:
        while running:
            count[0] += 1

    thread = threading.Thread(target=counting)
    thread.start()
    before = count[0]
    found = function(values)
    waiting = count[0]
    jax.block_until_ready(found)
    after = count[0]
    running = False
    thread.join()
    # Counting takes microseconds, the call a tenth of a second.
    assert after - before > 1000, (before, waiting, after)


def test_memory_does_not_grow(engine: Engine) -> None:
    fast = jax_solver(engine, TIMES, ["b"], road="foreign")
    function = jax.jit(jax.vmap(jax.grad(lambda k: fast({"k": k, "a0": 1.0})["b"][-1])))
    k = jnp.linspace(0.5, 1.0, 4)

    def highest(calls: int) -> int:
        for _ in range(calls):
            function(k).block_until_ready()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = highest(500)
    # Kilobytes; each call takes six of working memory, which kept would be 60,000.
    assert highest(10_000) - before < 8_000


def test_what_outlives_its_function(engine: Engine) -> None:
    """JAX may keep compiled code when all that it was made from is gone."""
    compiled = jax.jit(jax_solver(engine, TIMES, ["b"], road="foreign")).lower({"a0": 1.0})
    expected = engine.solve({"a0": 1.0}, TIMES)["b"][0]
    made = compiled.compile()
    del compiled
    jax.clear_caches()
    assert np.asarray(made({"a0": 1.0})["b"]).tobytes() == expected.tobytes()


PROGRAM = """
import sys
import numpy as np
from theratwin.core._jax import jax
from theratwin.dynamics import Engine, model
from theratwin.dynamics.jax import jax_solver
jax.config.update("jax_compilation_cache_dir", sys.argv[1])
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
engine = Engine(model("one-compartment").system())
solve = jax_solver(engine, [1.0, 24.0], ["concentration"], road="foreign")
found = jax.jit(solve)({"clearance": 4000.0})["concentration"]
print(np.asarray(found).tobytes().hex())
assert np.asarray(found).tobytes() == engine.solve({"clearance": 4000.0}, [1.0, 24.0])[
    "concentration"][0].tobytes()
"""


def test_code_that_jax_keeps_on_disk(tmp_path: Path) -> None:
    """A second process takes it from there and reaches its own engine."""
    found = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert found[0] == found[1]
    assert any(tmp_path.iterdir())


# Where the road is closed.


def test_few_go_fast_and_many_by_threads(engine: Engine) -> None:
    solve = jax_solver(engine, TIMES, ["b"])
    assert solve.callback_reason is None

    def target(patients: int) -> str:
        text = jax.jit(solve).lower({"k": np.ones(patients)}).as_text()
        return re.findall(r"custom_call @(\w+)", text.replace('"', ""))[0]

    assert target(32) == "theratwin"
    assert target(33) != "theratwin"


def test_a_start_from_rest_goes_through_python(engine: Engine) -> None:
    solve = jax_solver(engine, TIMES, ["b"], steady=True)
    assert "rest" in str(solve.callback_reason)
    with pytest.raises(UnsupportedError, match="from rest"):
        jax_solver(engine, TIMES, ["b"], steady=True, road="foreign")


def test_no_such_road(engine: Engine) -> None:
    with pytest.raises(InputError, match="nearest match 'foreign'"):
        jax_solver(engine, TIMES, ["b"], road="foreing")


@pytest.fixture
def fresh() -> Any:
    """Ask again whether XLA can call; forget the answer afterwards."""
    caches = (foreign.interface_refusal, foreign.interface_version)
    for each in caches:
        each.cache_clear()
    yield
    for each in caches:
        each.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("ffi", None, "no typed foreign functions"),
        ("version", (1, 0), "version 1.0"),
    ],
)
@pytest.mark.usefixtures("fresh")
def test_another_jax_goes_through_python(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str, value: Any, match: str
) -> None:
    if name == "ffi":
        monkeypatch.delattr(jax, "ffi")
    else:
        monkeypatch.setattr(foreign, "interface_version", lambda: value)
    solve = jax_solver(engine, TIMES, ["b"])
    assert match in str(solve.callback_reason)
    direct = engine.solve({"a0": 1.0}, TIMES)["b"][0]
    assert np.asarray(jax.jit(solve)({"a0": 1.0})["b"]).tobytes() == direct.tobytes()


def test_a_handler_that_xla_refuses(systems: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("of another version")

    monkeypatch.setattr(jax.ffi, "register_ffi_target", refuse)
    engine = Engine(systems.chain(), lanes=2)
    solve = jax_solver(engine, TIMES, ["b"])
    assert "of another version" in str(solve.callback_reason)
    assert np.isfinite(jax.jit(solve)({"a0": 1.0})["b"]).all()


def test_a_driver_that_is_told_more(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_plan, "CONTEXT", (*foreign_plan.CONTEXT, "something new"))
    assert "something new" in str(jax_solver(engine, TIMES, ["b"]).callback_reason)


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan[:5],
        lambda plan: plan[:-1],
        lambda plan: plan.astype(np.int32),
        lambda plan: float(plan[0]),
    ],
)
def test_a_call_that_does_not_fit_is_an_error(engine: Engine, change: Any) -> None:
    joint = jax_solver(engine, TIMES, ["b"])._joint
    plan = foreign_plan.foreign_plan(joint, (), (), 1)
    call = jax.ffi.ffi_call(foreign.registered(engine, ()), joint.results(1, ()))
    assert np.isnan(np.asarray(call(jnp.empty((1, 0)), plan=plan)[0])).sum() == 0
    with pytest.raises(Exception, match="does not know"):
        jax.block_until_ready(call(jnp.empty((1, 0)), plan=change(plan)))


def test_shapes_that_do_not_fit_are_an_error(engine: Engine) -> None:
    joint = jax_solver(engine, TIMES, ["b"])._joint
    plan = foreign_plan.foreign_plan(joint, ("k",), (), 1)
    name = foreign.registered(engine, ())
    for array, shapes in (
        (jnp.ones((1, 2)), joint.results(1, ())),
        (jnp.ones((1, 1), jnp.float32), joint.results(1, ())),
        (jnp.ones(1), joint.results(1, ())),
        (jnp.ones((2, 1)), joint.results(1, ())),
        (jnp.ones((1, 1)), joint.results(1, ("k",))),
        (jnp.ones((1, 1)), joint.results(1, ())[:1]),
    ):
        with pytest.raises(Exception, match="does not know"):
            jax.block_until_ready(jax.ffi.ffi_call(name, shapes)(array, plan=plan))


# The structures, against the declarations that JAX brings along.

_SIZES = {"int64_t": 8, "size_t": 8, "int": 4, "XLA_FFI_ExecutionStage": 4, "XLA_FFI_DataType": 4}
_SIZES |= {"XLA_FFI_Error_Code": 4, "XLA_FFI_Extension_Type": 4, "XLA_FFI_Handler_Traits": 4}


def declared() -> dict[str, list[tuple[str, str]]]:
    """Return structure to (type, field) as the header has them."""
    text = (Path(jax.ffi.include_dir()) / "xla/ffi/api/c_api.h").read_text(encoding="utf-8")
    text = re.sub(r"//.*", "", text)
    text = re.sub(r"_XLA_FFI_API_STRUCT_FIELD\((\w+)\);", r"void* \1;", text)
    return {
        name: re.findall(r"(?:const )?(?:struct )?(\w+\*{0,2}) (\w+);", body)
        for name, body in re.findall(r"struct (XLA_FFI_\w+) \{(.*?)\n\}", text, re.DOTALL)
    }


def place(structures: dict[str, list[tuple[str, str]]], name: str) -> tuple[dict[str, int], int]:
    """Return where each field of a structure lies, and the size of the whole."""
    at, places = 0, {}
    for kind, field in structures[name]:
        size = 8 if kind.endswith("*") else _SIZES.get(kind) or place(structures, kind)[1]
        align = 4 if size == 4 else 8
        at = -(-at // align) * align
        places[field] = at
        at += size
    return places, -(-at // 8) * 8


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Version", "Api_Version"),
        ("Args", "Args"),
        ("Rets", "Rets"),
        ("Attrs", "Attrs"),
        ("Buffer", "Buffer"),
        ("CallFrame", "CallFrame"),
        ("Api", "Api"),
        ("ErrorCreate", "Error_Create_Args"),
        ("Metadata", "Metadata"),
        ("Array", "Array"),
    ],
)
def test_structures_are_those_of_the_header(ours: str, theirs: str) -> None:
    structures = declared()
    structure: type[ctypes.Structure] = getattr(foreign_frame, ours)
    expected, _ = place(structures, f"XLA_FFI_{theirs}")
    for field, *_ in structure._fields_:
        assert getattr(structure, field).offset == expected[field], field


def test_enumerations_are_those_of_the_header() -> None:
    text = (Path(jax.ffi.include_dir()) / "xla/ffi/api/c_api.h").read_text(encoding="utf-8")
    for name, value in {
        "ExecutionStage_EXECUTE": foreign_frame.EXECUTE,
        "ArgType_BUFFER": foreign_frame.BUFFER,
        "RetType_BUFFER": foreign_frame.BUFFER,
        "AttrType_ARRAY": foreign_frame.ARRAY,
        "Extension_Metadata": foreign_frame.METADATA,
        "DataType_F64": foreign_frame.REAL,
        "DataType_S64": foreign_frame.WHOLE,
        "Error_Code_INVALID_ARGUMENT": foreign_frame.INVALID_ARGUMENT,
        "Error_Code_RESOURCE_EXHAUSTED": foreign_frame.RESOURCE_EXHAUSTED,
    }.items():
        assert f"XLA_FFI_{name} = {value}," in text
    assert foreign.interface_version()[0] == foreign_frame.VERSION[0]
