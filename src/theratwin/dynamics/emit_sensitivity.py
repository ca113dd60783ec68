"""Sensitivities as IR."""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.dynamics.ir_text import Code, Width, function
from theratwin.dynamics.layout import Layout
from theratwin.dynamics.operations import Environment, Operations
from theratwin.dynamics.tableau import Tableau

_HOOKS = {
    "start_slopes": "ptr %context, ptr %scratch",
    "step_slopes": "ptr %context, ptr %scratch",
    "keep_slopes": "ptr %context, ptr %scratch, i64 %lane, i64 %place",
    "event_slope": "ptr %context, ptr %scratch, i64 %lane, i64 %event, i64 %target",
}


@dataclass(frozen=True)
class Slopes:
    directions: tuple[str, ...] = ()

    @classmethod
    def of(cls, system, operations, directions):
        return cls(directions)

    def environment(self, operations: Operations) -> Environment:
        return operations.environment

    def programs(self, operations: Operations, width: Width) -> tuple[list[str], int]:
        return [], 0

    def add_rows(self, layout: Layout, operations: Operations, method: Tableau) -> None:
        pass

    def functions(self, operations: Operations, method: Tableau, layout: Layout) -> str:
        texts = []
        for name, arguments in _HOOKS.items():
            code = Code(Width(1))
            code.line("ret void")
            texts.append(function(name, arguments, code))
        return "".join(texts)
