"""The texts of the errors that a module raises, read from its syntax tree: one for each branch that makes them."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path


HOLE: Final = "\N{WHITE SQUARE}"
"""What stands for a value that only the run knows."""
_DEEPEST: Final = 6
_SENTENCE: Final = 5
"""The words of the shortest sentence."""
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Bound: TypeAlias = Mapping[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Raised:
    """One error that a module raises.

    Attributes:
        line: Its line.
        kind: The class, as the module writes it.
        source: The argument, as the module writes it.
        texts: Its texts, with HOLE for each value.
    """

    line: int
    kind: str
    source: str
    texts: tuple[str, ...]


class Module:
    """One file of the library."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text(encoding="utf-8"))

    @cached_property
    def functions(self) -> dict[str, list[Function]]:
        """The functions and methods by name: several classes can have a method of one name."""
        found: dict[str, list[Function]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                found.setdefault(node.name, []).append(node)
        return found

    @cached_property
    def scopes(self) -> list[Function | None]:
        """Every function, and None for the module itself."""
        return [*itertools.chain.from_iterable(self.functions.values()), None]

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        return dict(_assignments(self.tree.body))

    def raised(self) -> Iterator[Raised]:
        """Yield the errors with the texts of their first argument, or of the function that makes them."""
        for function in self.scopes:
            for node in _own(function or self.tree):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    yield self._raised(node.exc, function)

    def remedies(self) -> Iterator[Raised]:
        """Yield the remedies that the module hands to another: those of `check_limits`, and tables of them."""
        for function in self.scopes:
            for node in _own(function or self.tree):
                if isinstance(node, ast.keyword) and node.arg == "write":
                    yield self._made(node.value, function, "remedy")
        for name, value in self.constants.items():
            if isinstance(value, ast.Dict) and name in {"_REMEDIES", "_ADDRESSES"}:
                pairs = zip(value.keys, value.values, strict=True)
                yield from (self._made(each, None, "remedy") for key, each in pairs if isinstance(key, ast.Constant))

    def validated(self) -> Iterator[Raised]:
        """Yield the errors that a validation of a construct returns."""
        for function in (each for name in ("validate", "_message") for each in self.functions.get(name, ())):
            yield from (self._made(each, function, "validation") for each in _texts_of(function))

    def _raised(self, call: ast.Call, function: Function | None) -> Raised:
        name = ast.unparse(call.func)
        made = call if name in self.functions else call.args[0] if call.args else call
        return self._made(made, function, name)

    def _made(self, node: ast.expr, function: Function | None, kind: str) -> Raised:
        texts = tuple(dict.fromkeys(self._texts(node, function, {}, 0)))
        return Raised(line=node.lineno, kind=kind, source=ast.unparse(node), texts=texts)

    def _texts(self, node: ast.expr, function: Function | None, bound: Bound, depth: int) -> list[str]:
        """Return what an expression can be; HOLE for what only the run knows."""
        if depth > _DEEPEST:
            return [HOLE]
        found = [HOLE]
        match node:
            case ast.Constant(value=str(text)):
                found = [text]
            case ast.JoinedStr(values=parts):
                found = self._joined(parts, function, bound, depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                found = self._joined([left, right], function, bound, depth)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                found = self._texts(value, function, bound, depth + 1)
            case ast.IfExp(body=one, orelse=other):
                found = [*self._texts(one, function, bound, depth), *self._texts(other, function, bound, depth)]
            case ast.BoolOp(op=ast.Or(), values=values):
                found = [text for value in values for text in self._texts(value, function, bound, depth) if text]
            case ast.Name(id=name):
                found = self._named(name, function, bound, depth)
            case ast.Call():
                found = self._called(node, function, bound, depth)
        return found

    def _joined(self, parts: Iterable[ast.expr], function: Function | None, bound: Bound, depth: int) -> list[str]:
        each = [self._texts(part, function, bound, depth) for part in parts]
        return ["".join(texts) for texts in itertools.product(*each)]

    def _called(self, node: ast.Call, function: Function | None, bound: Bound, depth: int) -> list[str]:
        match node:
            case ast.Call(func=ast.Name(id="next"), args=[ast.Call() as first, *_]):
                return self._texts(first, function, bound, depth)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in self.functions:
                made = (self._returned(node, each, function, bound, depth) for each in self.functions[name])
                return [*itertools.chain.from_iterable(made)]
            case ast.Call(func=ast.Name(id=name), args=[text, *_]) if name.endswith("Error"):
                return self._texts(text, function, bound, depth)
        return [HOLE]

    def _named(self, name: str, function: Function | None, bound: Bound, depth: int) -> list[str]:
        if name in bound:
            return bound[name]
        given = [value for known, value in _assignments(_own(function)) if known == name] if function else []
        if not given and name in self.constants:
            given = [self.constants[name]]
        found = [text for value in given for text in self._texts(value, function, bound, depth + 1)]
        return found or [HOLE]

    def _returned(
        self, node: ast.Call, called: Function, function: Function | None, bound: Bound, depth: int
    ) -> list[str]:
        """Return what a function of the module returns or yields; an empty text stands for no error."""
        names = [each.arg for each in (*called.args.posonlyargs, *called.args.args) if each.arg not in {"self", "cls"}]
        given = dict(zip(names, node.args, strict=False)) | {each.arg: each.value for each in node.keywords if each.arg}
        inner = {name: self._texts(value, function, bound, depth + 1) for name, value in given.items()}
        results = [each.value for each in _own(called) if isinstance(each, ast.Return | ast.Yield) and each.value]
        found = [text for value in results for text in self._texts(value, called, inner, depth + 1) if text]
        return found or [HOLE]


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a module or function without those of the functions in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function):
            yield child
            yield from _own(child)


def _assignments(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                yield name, value


def _texts_of(function: Function) -> Iterator[ast.expr]:
    """Yield the sentences that a function makes; of fewer words are the parts of one."""
    for node in _own(function):
        if isinstance(node, ast.JoinedStr):
            written = " ".join(
                str(getattr(part, "value", "")) for part in node.values if isinstance(part, ast.Constant)
            )
            if len(written.split()) >= _SENTENCE:
                yield node
