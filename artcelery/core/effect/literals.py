"""Values written in a source text as literals, worked out without running it."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Literals", "NotLiteral"]

# Names may stand for lists of names: without an end a few lines could keep this busy for years.
_MOST_STEPS = 10_000
_TYPES: dict[str, type] = {"float": float, "int": int, "bool": bool, "str": str}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}


class NotLiteral(Exception):
    """Something that only running the file could tell; `node` is where it stands."""

    def __init__(self, node: ast.expr) -> None:
        super().__init__(f"`{ast.unparse(node)[:60]}` is not a literal; META is read without running the file")
        self.node = node


class Literals:
    """Evaluates literals, arithmetic on numbers, and names that the file assigns literals to."""

    def __init__(self, constants: Mapping[str, ast.expr]) -> None:
        self.constants = constants
        self.steps = 0

    def resolve(self, node: ast.expr) -> ast.expr:
        """What a name stands for; any other expression itself."""
        for _ in range(len(self.constants)):
            if not (isinstance(node, ast.Name) and node.id in self.constants):
                break
            node = self.constants[node.id]
        return node

    def evaluate(self, node: ast.expr) -> Any:
        """The value of an expression; NotLiteral when it has to be computed."""
        node = self.resolve(node)
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise NotLiteral(node)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and node.id in _TYPES:
            return _TYPES[node.id]
        if isinstance(node, ast.Tuple | ast.List):
            return tuple(self.evaluate(item) for item in node.elts)
        if isinstance(node, ast.UnaryOp) and type(node.op) in _SIGNS:
            return _SIGNS[type(node.op)](self._number(node.operand))
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            return self._arithmetic(node)
        raise NotLiteral(node)

    def _arithmetic(self, node: ast.BinOp) -> float:
        left, right = self._number(node.left), self._number(node.right)
        try:
            result: float = _ARITHMETIC[type(node.op)](left, right)
        except (ZeroDivisionError, OverflowError):
            raise NotLiteral(node) from None
        return result

    def _number(self, node: ast.expr) -> Any:
        value = self.evaluate(node)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise NotLiteral(node)
        return value
