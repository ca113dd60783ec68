"""Mathematics of SBML as expressions: ids resolved, function definitions written out."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import (
    TIME,
    Binding,
    Expression,
    constant,
)
from theratwin.io.sbml.document import libsbml, unsupported
from theratwin.io.sbml.functions import operations
from theratwin.io.sbml.parts import Math

#: Avogadro's number as SBML level 3 fixes it.
AVOGADRO = 6.02214179e23
#: Calls of function definitions, each with other arguments, after which a model is given up.
MOST_CALLS = 20_000

Resolve = Callable[[str], Expression]


class Mathematics:
    """Turns trees into expressions.

    Parameters
    ----------
    functions
        Function definitions by id.
    resolve
        From an id to what it stands for.
    rate_of, rate
        From an id, and from an expression, to its rate of change.
    time
        What the time stands for.
    """

    def __init__(
        self,
        functions: Mapping[str, Math],
        resolve: Resolve,
        rate_of: Resolve,
        rate: Callable[[Expression], Expression],
        time: Expression = TIME,
    ) -> None:
        self._functions, self._resolve = functions, resolve
        self._rate_of, self._rate = rate_of, rate
        self._time = time
        self._calls: dict[tuple[str, tuple[Expression, ...]], Expression] = {}
        self._named = operations(libsbml())

    def __call__(self, tree: Math, local: Mapping[str, Expression] | None = None) -> Expression:
        """Return a tree as an expression; local names go before the model's.

        Raises
        ------
        UnsupportedError
            For whatever we do not know.
        """
        try:
            return self._of(tree, local or {})
        except RecursionError:
            raise InputError(
                "the laws are nested too deeply, or refer to one another too often in a row",
                field="mathematics",
                remedy="Write some of them out",
            ) from None

    def _of(self, tree: Math, local: Mapping[str, Expression]) -> Expression:
        if tree is None:
            raise InputError("a formula lacks a part", field="mathematics")
        library, kind = libsbml(), tree.getType()
        leaf = self._leaf(tree, local)
        if leaf is not None:
            return leaf
        if kind == library.AST_FUNCTION_RATE_OF:
            name = _only_child(tree).getName()
            return self._rate(local[name]) if name in local else self._rate_of(name)
        args = [self._of(tree.getChild(i), local) for i in range(tree.getNumChildren())]
        if kind == library.AST_FUNCTION:
            return self._defined(tree.getName(), args)
        if kind not in self._named:
            raise unsupported(tree.getName() or tree.getOperatorName() or f"MathML node {kind}")
        return settled(_called(self._named[kind], tree, args))

    def _leaf(self, tree: Math, local: Mapping[str, Expression]) -> Expression | None:
        library, kind = libsbml(), tree.getType()
        if tree.isNumber():
            return constant(tree.getValue())
        if kind == library.AST_NAME:
            name = tree.getName()
            return local[name] if name in local else self._resolve(name)
        if kind == library.AST_NAME_TIME:
            return self._time
        known = {
            library.AST_NAME_AVOGADRO: AVOGADRO,
            library.AST_CONSTANT_E: math.e,
            library.AST_CONSTANT_PI: math.pi,
            library.AST_CONSTANT_TRUE: 1.0,
            library.AST_CONSTANT_FALSE: 0.0,
        }
        return constant(known[kind]) if kind in known else None

    def _defined(self, name: str, args: list[Expression]) -> Expression:
        """Return a call of a function definition, written out."""
        if name not in self._functions:
            raise InputError(
                "the function is not defined",
                field="function",
                value=name,
                allowed=sorted(self._functions),
            )
        tree = self._functions[name]
        count = tree.getNumChildren() - 1
        if len(args) != count:
            raise InputError(
                "the function is called with another number of arguments",
                field=f"function {name}",
                value=len(args),
                allowed=f"{count}",
            )
        names = [tree.getChild(i).getName() for i in range(count)]
        call = name, tuple(args)
        if len(self._calls) > MOST_CALLS:
            raise InputError(
                f"function definitions are called with more than {MOST_CALLS:,} arguments",
                field=f"function {name}",
                remedy="Make rules of what the definitions repeat",
            )
        if call not in self._calls:
            self._calls[call] = self._of(tree.getChild(count), dict(zip(names, args, strict=True)))
        return self._calls[call]


def _only_child(tree: Math) -> Math:
    if tree.getNumChildren() != 1:
        raise _miscounted(tree, tree.getNumChildren())
    return tree.getChild(0)


def _called(made: Callable[..., Expression], tree: Math, args: list[Expression]) -> Expression:
    """Return an operation on its operands, of which there must be as many as it takes."""
    code = made.__code__
    most = math.inf if code.co_flags & inspect.CO_VARARGS else code.co_argcount
    if not code.co_argcount - len(made.__defaults__ or ()) <= len(args) <= most:
        raise _miscounted(tree, len(args))
    return made(*args)


def _miscounted(tree: Math, count: int) -> InputError:
    name = tree.getName() or tree.getOperatorName() or "an operation"
    return InputError(f"{name} has another number of operands", field="mathematics", value=count)


def settled(found: Expression) -> Expression:
    """Return what has no symbols as its value, be it infinite or no number."""
    if found.binding is not Binding.CONSTANT or found.op == "constant":
        return found
    return constant(float(evaluate([found], {})[0]))
